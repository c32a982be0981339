"""Reading a form that may be any JSON at all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.state.form import text_of

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("value", [None, True, 1, 1.5, ["body"], {"body": "x"}])
def test_what_is_not_text_reads_as_empty(value: object) -> None:
    assert text_of({"body": value}, "body") == ""


@pytest.mark.parametrize("form", [None, [], "body", 1, {}])
def test_what_is_no_form_reads_as_empty(form: Any) -> None:
    assert text_of(form, "body") == ""


def test_lines_end_in_one_way_and_a_null_is_left_out() -> None:
    assert text_of({"body": "a\r\nb\x00c\n"}, "body") == "a\nbc\n"


def test_half_a_character_does_not_stop_the_rest() -> None:
    assert text_of({"body": "før \ud83d etter"}, "body") == "før ? etter"


def test_text_is_cut_at_what_no_field_may_hold() -> None:
    assert len(text_of({"body": "x" * 1_000_000}, "body")) == 100_000


@given(st.dictionaries(st.just("body"), anything) | anything)
def test_whatever_comes_reads_as_text_that_can_be_stored(form: Any) -> None:
    text = text_of(form, "body")
    assert "\x00" not in text
    assert text.encode().decode() == text


@given(st.text(st.characters(exclude_characters="\r\x00", codec="utf-8")))
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert text_of({"body": text}, "body") == text
