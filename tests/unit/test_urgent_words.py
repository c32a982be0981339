"""The words that raise the notice of what may be urgent: the same whatever language the page is read in."""

from pathlib import Path

import pytest

from digihelse_app.components import pwa
from digihelse_app.components.urgent_words import watched
from digihelse_app.pages.compose import compose
from digihelse_app.text.catalogue import LANGUAGES, lookup
from digihelse_app.text.urgent_words import words
from tests.servers import ROOT


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_every_language_are_there(language: str) -> None:
    assert set(lookup(language, "urgent.words").split(", ")) <= set(words())


@pytest.mark.parametrize("word", ["svarer ikke", "svarar ikkje", "svarer ikkje", "kvelst", "can't get up"])
def test_people_write_as_they_speak_and_each_word_is_there_once(word: str) -> None:
    assert words().count(word) == 1


def test_the_build_puts_each_word_into_the_script(tmp_path: Path) -> None:
    script = tmp_path / "urgent-words.js"
    script.write_text((ROOT / "assets" / script.name).read_text(encoding="utf-8"), encoding="utf-8")
    pwa.write_urgent_words(tmp_path)
    assert [word for word in words() if f'"{word}"' not in script.read_text(encoding="utf-8")] == []
    with pytest.raises(pwa.BuildError):
        pwa.write_urgent_words(tmp_path)


def test_subject_and_message_raise_the_same_notice() -> None:
    (watching,) = watched("compose-urgent").items()
    assert str(compose().render()).count(f'"{watching[0]}":"{watching[1]}"') == 2
