"""The pages of plain information say what is so."""

import pytest

from digihelse_app.pages.information import KEPT
from digihelse_app.services.export_parts import PARTS
from digihelse_app.text.catalogue import lookup

LANGUAGES = ("nb", "nn", "en")


def test_all_that_one_can_have_as_a_file_is_named_as_kept() -> None:
    assert {part.key for part in PARTS} - set(KEPT) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_line_of_what_is_kept_says_something_of_its_own(language: str) -> None:
    assert len({lookup(language, f"privacy.what_{name}") for name in KEPT}) == len(KEPT)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notes_are_told_to_come_along_in_the_file_they_come_along_in(language: str) -> None:
    assert lookup(language, "export.title") in lookup(language, "circle.notes_text")
