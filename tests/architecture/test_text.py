"""Text lives in the catalogues, complete in each of the languages that are."""

import re
import string

import pytest

from digihelse_app.text import catalogue
from tests.repository import APP, python_files, strings, where

COMPLETE = ("nb", "nn", "en")
NORWEGIAN = re.compile("[æøåÆØÅ]")
NOT_THE_PRODUCT = ("standins", "demo")


@pytest.mark.parametrize("language", COMPLETE)
def test_catalogue_has_every_key(language: str) -> None:
    assert sorted(catalogue.keys("nb") - catalogue.keys(language)) == []
    assert sorted(catalogue.keys(language) - catalogue.keys("nb")) == []


@pytest.mark.parametrize("language", COMPLETE)
def test_text_asks_for_the_same_values_in_every_language(language: str) -> None:
    bokmal, other = catalogue.whole("nb"), catalogue.whole(language)
    different = [key for key in bokmal if _values(bokmal[key]) != _values(other[key])]
    assert different == []


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_no_norwegian_sentence_is_in_the_code() -> None:
    found = [
        where(file, node)
        for file in python_files("digihelse_app")
        if file.relative_to(APP).parts[0] not in NOT_THE_PRODUCT
        for node in strings(file)
        if NORWEGIAN.search(str(node.value))
    ]
    assert found == []
