"""Looking text up: values, bokmål for what a language lacks, and spaces that must not break."""

import pytest

from digihelse_app.text import catalogue

LANGUAGES = [*catalogue.LANGUAGES, "xx", ""]


def test_lookup_fills_in_values() -> None:
    assert catalogue.lookup("nb", "home.hello", name="Kari") == "Hei, Kari"


def test_lookup_takes_what_people_wrote_as_it_is() -> None:
    assert catalogue.lookup("nb", "home.hello", name="{0.__class__} %d") == "Hei, {0.__class__} %d"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_key_is_an_error_in_every_language(language: str) -> None:
    with pytest.raises(KeyError):
        catalogue.lookup(language, "no.such.key")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_can_be_read_whole(language: str) -> None:
    assert catalogue.whole(language).keys() == catalogue.whole("nb").keys()


@pytest.mark.parametrize("language", ["se", "xx", "", "../nb"])
def test_a_language_without_a_catalogue_reads_as_bokmal(language: str) -> None:
    assert catalogue.whole(language) == catalogue.whole("nb")


@pytest.mark.parametrize("language", ["nn", "en"])
def test_a_language_reads_its_own_text(language: str) -> None:
    own = {key for key in catalogue.keys(language) if catalogue.whole(language)[key]}
    assert own == catalogue.whole("nb").keys()


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("date.at", "kl._{time}"),
        ("helpline.hours", "Hverdager kl._08.00–15.30"),
        ("compose.replies_in", "Svarer innen {n}_virkedager"),
        ("compose.replies_in_one", "Svarer innen 1_virkedag"),
    ],
)
def test_what_belongs_together_stays_on_one_line(key: str, text: str) -> None:
    assert catalogue.lookup("nb", key).replace(catalogue.HARD_SPACE, "_") == text


@pytest.mark.parametrize(
    ("language", "other_name"),
    [("en", "of attorney"), ("en", "page Delegations"), ("nn", "yrkedag"), ("nn", "helsa di enn")],
)
def test_one_thing_has_one_name(language: str, other_name: str) -> None:
    assert [key for key, text in catalogue.whole(language).items() if other_name in text] == []


@pytest.mark.parametrize(
    ("language", "one"), [("nb", ", 1 ulest"), ("nn", ", 1 ulesen"), ("en", ", 1 unread")]
)
def test_one_unread_conversation_is_counted_as_one(language: str, one: str) -> None:
    assert catalogue.lookup(language, "nav.unread_one") == one
