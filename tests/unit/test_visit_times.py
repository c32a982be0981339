"""When a visit is, in words: windows and times, nights, and the days around summer time. Pure."""

from datetime import UTC, date, datetime

import pytest

from digihelse_app.outside.clock import OSLO
from digihelse_app.text import visit_times
from digihelse_app.text.visit_times import WORD_JOINER, Times
from tests.answers import plain

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Monday, 10:00 in Oslo."""


def times(start: str, end: str, *, window: bool = True) -> Times:
    """A visit by Oslo's clock; `fold` is chosen by an offset in the text."""
    first, last = (datetime.fromisoformat(text) for text in (start, end))
    if first.tzinfo is None:
        first, last = first.replace(tzinfo=OSLO), last.replace(tzinfo=OSLO)
    return Times(first.astimezone(UTC), last.astimezone(UTC), window)


def words(text: str) -> str:
    """As read: spaces that may break, and no joiners."""
    return plain(text).replace(WORD_JOINER, "")


@pytest.mark.parametrize(
    ("start", "end", "window", "short", "told"),
    [
        ("2026-11-26T12:00", "2026-11-26T14:00", True, "12–14", "kl. 12.00–14.00"),
        ("2026-11-26T14:00", "2026-11-26T15:30", True, "14–15.30", "kl. 14.00–15.30"),
        ("2026-11-26T08:15", "2026-11-26T09:45", True, "08.15–09.45", "kl. 08.15–09.45"),
        ("2026-11-26T10:00", "2026-11-26T11:00", False, "10.00", "kl. 10.00"),
        ("2026-11-26T22:00", "2026-11-27T00:00", True, "22–24", "kl. 22.00–24.00"),
        ("2026-11-26T00:00", "2026-11-26T02:00", True, "00–02", "kl. 00.00–02.00"),
        (
            "2026-11-26T22:00",
            "2026-11-27T01:00",
            True,
            "22–01",
            "kl. 22.00 til fredag 27. november kl. 01.00",
        ),
        # The night on which the clock is put back: the hour from 02 comes twice.
        ("2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00", True, "02.30–02.30", "kl. 02.30–02.30"),
        ("2026-10-25T01:00+02:00", "2026-10-25T03:00+01:00", True, "01–03", "kl. 01.00–03.00"),
        # The night on which it is put forward: from 02 to 03 there is nothing.
        ("2026-03-29T01:30+01:00", "2026-03-29T03:30+02:00", True, "01.30–03.30", "kl. 01.30–03.30"),
    ],
)
def test_a_visit_tells_its_time_by_the_clock_in_oslo(
    start: str, end: str, window: bool, short: str, told: str
) -> None:
    one = times(start, end, window=window)
    assert (visit_times.short("nb", one), words(visit_times.at("nb", one))) == (short, told)


def test_a_window_is_said_with_words_in_english() -> None:
    one = times("2026-11-26T12:00", "2026-11-26T14:00")
    assert words(visit_times.at("en", one)) == "between 12:00 and 14:00"
    night = times("2026-11-26T22:00", "2026-11-27T01:00")
    assert words(visit_times.at("en", night)) == "between 22:00 and 01:00 on Friday 27 November"


def test_midnight_belongs_to_the_day_before() -> None:
    one = times("2026-11-26T22:00", "2026-11-27T00:00")
    assert (one.day, one.last_day) == (date(2026, 11, 26), date(2026, 11, 26))
    assert times("2026-11-26T22:00", "2026-11-27T00:01").last_day == date(2026, 11, 27)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 11, 22), "i går"),
        (date(2026, 11, 23), "i dag"),
        (date(2026, 11, 24), "i morgen"),
        (date(2026, 11, 26), "torsdag 26. november"),
        (date(2027, 1, 2), "lørdag 2. januar 2027"),
    ],
)
def test_days_near_are_named_and_others_dated(day: date, told: str) -> None:
    assert words(visit_times.day("nb", day, NOW)) == told


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),  # 00:30, summer time
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),  # 23:59, winter time
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),  # 00:30, winter time
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), date(2026, 3, 29)),  # 23:59, summer time
    ],
)
def test_today_begins_and_ends_at_midnight_in_oslo_also_when_the_clock_is_changed(
    now: datetime, day: date
) -> None:
    assert words(visit_times.day("nb", day, now)) == "i dag"


def test_headings_have_a_strong_and_a_quiet_part() -> None:
    today = date(2026, 11, 23)
    told = [visit_times.heading("nb", day, today) for day in (today, date(2026, 11, 26), date(2027, 1, 2))]
    assert [(strong, words(rest)) for strong, rest in told] == [
        ("I dag", "mandag 23. november"),
        ("Torsdag", "26. november"),
        ("Lørdag", "2. januar 2027"),
    ]
    assert visit_times.month("nb", today) == "November 2026"
