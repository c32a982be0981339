"""The promise of an answer: never on a day off, never earlier for being written later, whatever the hours."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.outside.clock import OSLO
from digihelse_app.services.reply_promise import WEEK, due_on
from digihelse_app.services.working_days import is_working_day

BEGINNING = datetime(2024, 1, 1, tzinfo=UTC)
WEEKDAYS = [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "15:30"}]
TIMES = st.sampled_from(["00:00", "07:30", "08:00", "12:00", "15:30", "24:00"])
ENTRY = st.fixed_dictionaries(
    {
        "days": st.lists(st.sampled_from(WEEK), min_size=1, unique=True),
        "from": st.just("00:00"),
        "to": TIMES.filter(lambda time: time != "00:00"),
    }
)
HOURS = st.lists(ENTRY, max_size=3)
INSTANT = st.integers(0, 9 * 366 * 24 * 60).map(lambda minutes: BEGINNING + timedelta(minutes=minutes))
DAYS = st.integers(1, 15)


def at(day: int, time: str, month: int = 11, year: int = 2026) -> datetime:
    """A time of day in Oslo."""
    hour, minute = map(int, time.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("written", "days", "due"),
    [
        (at(23, "10:00"), 1, date(2026, 11, 24)),  # a Monday
        (at(23, "06:00"), 1, date(2026, 11, 24)),  # before it opens: read the same day
        (at(23, "15:30"), 1, date(2026, 11, 25)),  # just closed
        (at(27, "10:00"), 1, date(2026, 11, 30)),  # over the weekend
        (at(27, "16:00"), 1, date(2026, 12, 1)),
        (at(28, "10:00"), 1, date(2026, 12, 1)),  # a Saturday
        (at(29, "23:59"), 2, date(2026, 12, 2)),
        (at(23, "10:00", 12), 2, date(2026, 12, 28)),  # the first and second day of Christmas are days off
        (at(31, "10:00", 12), 1, date(2027, 1, 4)),
        (at(31, "10:00", 3), 1, date(2026, 4, 1)),
        (at(1, "10:00", 4), 1, date(2026, 4, 7)),  # Maundy Thursday to Easter Monday
    ],
)
def test_promise_counts_from_the_day_it_is_read(written: datetime, days: int, due: date) -> None:
    assert due_on(written, days, WEEKDAYS) == due


def test_service_without_opening_hours_closes_at_the_end_of_the_day() -> None:
    assert due_on(at(23, "23:59"), 1, []) == date(2026, 11, 24)


def test_day_is_the_one_in_oslo() -> None:
    assert due_on(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), 1, []) == date(2026, 11, 25)


def test_service_that_promises_nothing_has_no_date() -> None:
    assert due_on(at(23, "10:00"), None, WEEKDAYS) is None


def test_service_that_is_open_two_days_a_week_counts_those() -> None:
    hours = [{"days": ["mon", "fri"], "from": "08:00", "to": "15:30"}]
    assert due_on(at(23, "10:00"), 2, hours) == date(2026, 11, 30)


def test_service_that_is_open_in_weekends_alone_counts_working_days() -> None:
    hours = [{"days": ["sat", "sun"], "from": "08:00", "to": "15:30"}]
    assert due_on(at(23, "10:00"), 2, hours) == date(2026, 11, 25)


@given(INSTANT, DAYS, HOURS)
def test_promise_is_never_a_day_off_nor_a_day_the_service_is_closed(
    written: datetime, days: int, hours: list[dict]
) -> None:
    due = due_on(written, days, hours)
    assert due is not None
    assert is_working_day(due)
    open_days = {day for entry in hours for day in entry["days"]} & set(WEEK[:5])
    assert not open_days or WEEK[due.weekday()] in open_days


@given(INSTANT, INSTANT, DAYS, HOURS)
def test_what_is_written_later_is_never_promised_earlier(
    one: datetime, other: datetime, days: int, hours: list[dict]
) -> None:
    first, second = due_on(min(one, other), days, hours), due_on(max(one, other), days, hours)
    assert first is not None
    assert second is not None
    assert first <= second


@given(INSTANT, DAYS, HOURS)
def test_one_day_more_is_a_later_date_and_every_promise_gives_its_days(
    written: datetime, days: int, hours: list[dict]
) -> None:
    due, next_due = due_on(written, days, hours), due_on(written, days + 1, hours)
    assert due is not None
    assert next_due is not None
    today = written.astimezone(OSLO).date()
    between = [today + timedelta(days=n) for n in range(1, (due - today).days + 1)]
    assert sum(map(is_working_day, between)) >= days
    assert due < next_due
