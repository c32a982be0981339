"""Dates and times in words: Oslo, three languages, across midnight, new year and changes of the clock."""

from datetime import UTC, date, datetime

import pytest

from digihelse_app.text import dates

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def plain(text: str) -> str:
    """The text with an underscore for each space that holds a line together."""
    return text.replace("\N{NO-BREAK SPACE}", "_")


def oslo(text: str) -> datetime:
    """An instant, given with its offset, as UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(("language", "text"), [("nb", "10.05"), ("nn", "10.05"), ("en", "10:05")])
def test_clock_time_is_in_oslo(language: str, text: str) -> None:
    assert dates.clock_time(language, oslo("2026-11-23T09:05+00:00")) == text


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        ("2026-10-25T00:30+00:00", "02.30"),
        ("2026-10-25T01:30+00:00", "02.30"),
        ("2027-03-28T00:59+00:00", "01.59"),
        ("2027-03-28T01:00+00:00", "03.00"),
    ],
)
def test_clock_time_follows_the_clock_when_it_changes(instant: str, text: str) -> None:
    assert dates.clock_time("nb", oslo(instant)) == text


@pytest.mark.parametrize(
    ("language", "long", "short"),
    [
        ("nb", "tirsdag 1._desember", "1._desember"),
        ("nn", "tysdag 1._desember", "1._desember"),
        ("en", "Tuesday 1_December", "1_December"),
    ],
)
def test_dates_are_in_the_language_and_kept_together(language: str, long: str, short: str) -> None:
    day = date(2026, 12, 1)
    assert (plain(dates.long_date(language, day)), plain(dates.short_day(language, day))) == (long, short)


@pytest.mark.parametrize(
    ("day", "nb", "nn", "en"),
    [
        (date(2026, 11, 23), "I dag", "I dag", "Today"),
        (date(2026, 11, 22), "I går", "I går", "Yesterday"),
        (date(2026, 11, 21), "Lørdag 21._november", "Laurdag 21._november", "Saturday 21_November"),
        (date(2026, 11, 24), "Tirsdag 24._november", "Tysdag 24._november", "Tuesday 24_November"),
        (
            date(2025, 12, 31),
            "Onsdag 31._desember 2025",
            "Onsdag 31._desember 2025",
            "Wednesday 31_December 2025",
        ),
    ],
)
def test_day_heading_says_today_yesterday_or_the_date(day: date, nb: str, nn: str, en: str) -> None:
    headings = [plain(dates.day_heading(language, day, TODAY)) for language in ("nb", "nn", "en")]
    assert headings == [nb, nn, en]


def test_day_heading_over_new_year_is_yesterday() -> None:
    assert dates.day_heading("nb", date(2025, 12, 31), date(2026, 1, 1)) == "I går"


@pytest.mark.parametrize(
    ("instant", "nb", "en"),
    [
        ("2026-11-23T00:00+01:00", "00.00", "00:00"),
        ("2026-11-22T23:59+01:00", "søndag", "Sunday"),
        ("2026-11-17T12:00+01:00", "tirsdag", "Tuesday"),
        ("2026-11-16T12:00+01:00", "16. nov.", "16 Nov"),
        ("2026-11-24T12:00+01:00", "24. nov.", "24 Nov"),
        ("2025-11-23T12:00+01:00", "23. nov. 2025", "23 Nov 2025"),
    ],
)
def test_list_time_is_as_short_as_it_can_be(instant: str, nb: str, en: str) -> None:
    told = [dates.list_time(language, oslo(instant), NOW) for language in ("nb", "en")]
    assert told == [nb, en]


def test_the_day_is_the_one_in_oslo() -> None:
    just_after_midnight = oslo("2026-07-01T00:30+02:00")
    assert just_after_midnight.date() == date(2026, 6, 30)
    assert dates.list_time("nb", oslo("2026-07-01T00:10+02:00"), just_after_midnight) == "00.10"


@pytest.mark.parametrize(
    ("instant", "nb", "nn", "en"),
    [
        ("2026-11-23T09:14+01:00", "i dag kl._09.14", "i dag kl._09.14", "today at_09:14"),
        ("2026-11-22T09:14+01:00", "i går kl._09.14", "i går kl._09.14", "yesterday at_09:14"),
        (
            "2026-11-20T09:14+01:00",
            "fredag 20._november kl._09.14",
            "fredag 20._november kl._09.14",
            "Friday 20_November at_09:14",
        ),
    ],
)
def test_day_and_time_stands_within_a_sentence(instant: str, nb: str, nn: str, en: str) -> None:
    told = [plain(dates.day_and_time(language, oslo(instant), NOW)) for language in ("nb", "nn", "en")]
    assert told == [nb, nn, en]


@pytest.mark.parametrize(
    ("language", "text"), [("nb", "A, B og C"), ("nn", "A, B og C"), ("en", "A, B and C")]
)
def test_listed_joins_names(language: str, text: str) -> None:
    assert dates.listed(language, ["A", "B", "C"]) == text


def test_listed_takes_one_name_or_none() -> None:
    assert (dates.listed("nb", ["A"]), dates.listed("nb", [])) == ("A", "")


def test_sami_is_read_with_norwegian_dates_until_it_has_its_own() -> None:
    assert plain(dates.long_date("se", date(2026, 12, 1))) == "tirsdag 1._desember"


def test_kept_together_holds_a_phone_number_on_one_line() -> None:
    assert plain(dates.kept_together("62 48 90 00")) == "62_48_90_00"


@pytest.mark.parametrize(("text", "large"), [("", ""), ("åpen i Alvdal", "Åpen i Alvdal")])
def test_capitalised_touches_the_first_letter_alone(text: str, large: str) -> None:
    assert dates.capitalised(text) == large
