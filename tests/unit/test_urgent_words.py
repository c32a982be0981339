"""The words that raise the notice of what may be urgent: in the page whatever language it is read in."""

import pytest

from digihelse_app.components.urgent_words import urgent_notice, watched, words
from digihelse_app.pages.compose import compose
from digihelse_app.text.catalogue import LANGUAGES, lookup


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_has_the_words_of_every_language(language: str) -> None:
    assert set(lookup(language, "urgent.words").split(", ")) <= set(words())


@pytest.mark.parametrize("word", ["svarer ikke", "svarar ikkje", "svarer ikkje", "kvelst", "can't get up"])
def test_people_write_as_they_speak_and_each_word_is_there_once(word: str) -> None:
    assert words().count(word) == 1
    assert urgent_notice("some-notice").custom_attrs["data-words"] == ", ".join(words())


def test_subject_and_message_raise_the_same_notice() -> None:
    (watching,) = watched("compose-urgent").items()
    assert str(compose().render()).count(f'"{watching[0]}":"{watching[1]}"') == 2
