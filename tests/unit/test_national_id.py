"""Identity numbers: which are valid, and that none slips into a log."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.models import national_id
from digihelse_app.outside import log
from digihelse_app.standins.people import PEOPLE

ALL = national_id.SYNTHETIC_OFFSETS
OFFSETS = [0, *sorted(ALL)]


def with_control_digits(nine: str, remainder: int = 0) -> str | None:
    """`nine` completed so that the first control sum leaves `remainder`; None where no digit does."""
    first_weights, second_weights = (3, 7, 6, 1, 8, 9, 4, 5, 2), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    digits = [int(digit) for digit in nine]
    first = (remainder - sum(d * w for d, w in zip(digits, first_weights, strict=True))) % 11
    if first == 10:
        return None
    digits.append(first)
    second = -sum(d * w for d, w in zip(digits, second_weights, strict=True)) % 11
    return None if second == 10 else f"{nine}{first}{second}"


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, int]:
    """A valid number and the offset on its month."""
    born = draw(st.dates())
    offset = draw(st.sampled_from(OFFSETS))
    day = born.day + draw(st.sampled_from([0, 40]))
    year = born.year % 100
    # Two digits stand for 2000 to 2099, where 00 is a leap year and every fourth after it.
    day -= 1 if (born.month, born.day) == (2, 29) and year % 4 else 0
    nine = f"{day:02}{born.month + offset:02}{year:02}{draw(st.integers(0, 999)):03}"
    found = with_control_digits(nine, draw(st.integers(0, 3)))
    return (found or PEOPLE[0].national_id, offset if found else 80)


@given(numbers())
def test_is_valid_accepts_every_well_formed_number(number: tuple[str, int]) -> None:
    digits, offset = number
    assert national_id.is_valid(digits, {offset})


@given(numbers(), st.integers(0, 10), st.integers(1, 9))
def test_is_valid_catches_every_single_wrong_digit(number: tuple[str, int], at: int, by: int) -> None:
    digits, offset = number
    wrong = digits[:at] + str((int(digits[at]) + by) % 10) + digits[at + 1 :]
    caught = not national_id.is_valid(wrong, {offset})
    # From 2032 four first control digits are allowed: it alone may be another.
    assert caught or at == 9


@given(st.text())
def test_is_valid_takes_any_text(text: str) -> None:
    assert national_id.is_valid(text, ALL) in (True, False)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
def test_synthetic_people_are_valid_only_where_their_series_is_accepted(person: object) -> None:
    number = getattr(person, "national_id")  # noqa: B009 - the parameter is typed for its id alone
    accepted = [national_id.is_valid(number, offsets) for offsets in ({80}, ALL, {40}, {65}, ())]
    assert accepted == [True, True, False, False, False]


@pytest.mark.parametrize(
    "number",
    [
        "",
        "1483481363",
        "148348136388",
        "1483481363x",
        "１４８３４８１３６３８",
        "00000000000",
        "148348 13638",
    ],
)
def test_is_valid_refuses_what_is_not_eleven_digits_of_a_date(number: str) -> None:
    assert national_id.is_valid(number, ALL) is False


@given(st.integers(1, 28), st.integers(1, 12), st.integers(0, 99), st.integers(0, 999), st.integers(4, 10))
def test_is_valid_refuses_what_neither_todays_rule_nor_that_of_2032_allows(
    day: int, month: int, year: int, individual: int, remainder: int
) -> None:
    number = with_control_digits(f"{day:02}{month + 80:02}{year:02}{individual:03}", remainder)
    assert number is None or national_id.is_valid(number, {80}) is False


def test_masked_shows_the_birth_date_alone() -> None:
    assert national_id.masked("14834813638") == "148348*****"


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("14834813638", "[national-id]"),
        ("person 148348 13638, and 148348-13638.", "person [national-id], and [national-id]."),
        ("nin=14834813638&x=1", "nin=[national-id]&x=1"),
        ("message 12345678901", "message 12345678901"),
        ("a longer number 148348136381", "a longer number 148348136381"),
    ],
)
def test_redact_takes_out_identity_numbers_alone(text: str, redacted: str) -> None:
    assert national_id.redact(text) == redacted


def test_log_line_redacts_message_arguments_and_traceback() -> None:
    formatter = log.RedactingFormatter(log.FORMAT)
    try:
        raise ValueError("14834813638")
    except ValueError as error:
        record = logging.LogRecord(
            "test",
            logging.ERROR,
            "",
            0,
            "failed for %s",
            ("14834813638",),
            (ValueError, error, error.__traceback__),
        )
    with log.correlated() as correlation_id:
        line = formatter.format(record)
    assert "14834813638" not in line
    assert line.endswith("ValueError: [national-id]")
    assert f"[{correlation_id}] failed for [national-id]" in line
