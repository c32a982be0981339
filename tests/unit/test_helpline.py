"""The help line's hours: weekdays 08:00-15:30 in Oslo, not on public holidays."""

from datetime import UTC, date, datetime

import pytest

from digihelse_app.services import helpline
from digihelse_app.services.helpline import HelplineStatus


def oslo(text: str) -> datetime:
    """An instant in Oslo."""
    return datetime.fromisoformat(text).replace(tzinfo=helpline.OSLO)


@pytest.mark.parametrize(
    ("now", "is_open", "changes_at"),
    [
        ("2026-11-23T07:59:59", False, "2026-11-23T08:00"),
        ("2026-11-23T08:00", True, "2026-11-23T15:30"),
        ("2026-11-23T15:29:59", True, "2026-11-23T15:30"),
        ("2026-11-23T15:30", False, "2026-11-24T08:00"),
        ("2026-11-20T16:00", False, "2026-11-23T08:00"),
        ("2026-11-21T12:00", False, "2026-11-23T08:00"),
        ("2026-11-22T23:59", False, "2026-11-23T08:00"),
        # Christmas on Friday and Saturday: from Christmas Eve to Monday.
        ("2026-12-24T16:00", False, "2026-12-28T08:00"),
        # New Year's Day on a Friday, across the years.
        ("2026-12-31T16:00", False, "2027-01-04T08:00"),
        # Easter 2027: Thursday 25 to Monday 29 March; the clock changes on Sunday the 28th.
        ("2027-03-24T16:00", False, "2027-03-30T08:00"),
        ("2027-03-25T10:00", False, "2027-03-30T08:00"),
        # The clock changes back on Sunday 25 October.
        ("2026-10-23T16:00", False, "2026-10-26T08:00"),
    ],
)
def test_status_tells_when_it_changes(now: str, is_open: bool, changes_at: str) -> None:
    assert helpline.status(oslo(now).astimezone(UTC)) == HelplineStatus(is_open, oslo(changes_at))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 2),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 5, 1),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2027, 5, 17),
        date(2026, 12, 25),
        date(2025, 12, 26),
    ],
)
def test_public_holidays_are_no_working_days(day: date) -> None:
    assert day.weekday() < 5
    assert not helpline.is_working_day(day)


def test_ordinary_weeks_have_five_working_days() -> None:
    week = [date(2026, 11, day) for day in range(23, 30)]
    assert [helpline.is_working_day(day) for day in week] == [True] * 5 + [False] * 2
