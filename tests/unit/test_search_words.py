"""How text becomes the words it is found by."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.models.search import WORD_LENGTH
from digihelse_app.services.search_index import words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Senere besøk på torsdager!", {"senere", "besøk", "på", "torsdager"}),
        ("ÆØÅ", {"æøå"}),
        ("René Müller", {"rene", "muller"}),
        ("Čáhcesuolu đ ŋ ŧ", {"cahcesuolu", "đ", "ŋ", "ŧ"}),
        ("kl. 14.00–15.30", {"kl", "14", "00", "15", "30"}),
        ("STRASSE straße", {"strasse"}),
        ("hjemme-tjeneste/lege", {"hjemme", "tjeneste", "lege"}),
        ("", set()),
        ("… – !", set()),
    ],
)
def test_words_are_folded_and_split(text: str, expected: set[str]) -> None:
    assert words(text) == expected


def test_letters_written_in_parts_are_the_same_letters() -> None:
    assert words(unicodedata.normalize("NFD", "Blåbær på René")) == words("Blåbær på René")


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text: str) -> None:
    found = words(text)
    assert words(" ".join(found)) == found
    assert all(0 < len(word) <= WORD_LENGTH and not any(map(str.isspace, word)) for word in found)
