"""Whether a service answers its phone now: weekdays, nights, holidays. Pure."""

from datetime import UTC, datetime
from typing import Any

import pytest

from digihelse_app.outside.clock import OSLO
from digihelse_app.services import open_now
from digihelse_app.services.open_now import OpenNow
from digihelse_app.state import call
from tests.answers import plain

WEEKDAYS: list[dict[str, Any]] = [
    {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "15:30"}
]
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
ALWAYS: list[dict[str, Any]] = [{"days": EVERY_DAY, "from": "00:00", "to": "24:00"}]
EVENINGS: list[dict[str, Any]] = [{"days": EVERY_DAY, "from": "16:00", "to": "24:00"}]


def oslo(text: str) -> datetime:
    """A time of day in Oslo, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=OSLO).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "is_open", "changes_at"),
    [
        ("2026-11-23T07:59", False, "2026-11-23T08:00"),
        ("2026-11-23T08:00", True, "2026-11-23T15:30"),
        ("2026-11-23T15:30", False, "2026-11-24T08:00"),
        ("2026-11-27T16:00", False, "2026-11-30T08:00"),
        ("2026-12-24T16:00", False, "2026-12-28T08:00"),  # Christmas Day is a Friday
        ("2026-05-14T10:00", False, "2026-05-15T08:00"),  # Ascension Day, a Thursday
        ("2026-10-23T16:00", False, "2026-10-26T08:00"),  # over the night the clock is put back
    ],
)
def test_hours_follow_the_clock_in_oslo_and_the_holidays(now: str, is_open: bool, changes_at: str) -> None:
    assert open_now.status(WEEKDAYS, oslo(now)) == OpenNow(is_open, oslo(changes_at))


def test_day_and_night_never_changes() -> None:
    assert open_now.status(ALWAYS, oslo("2026-12-25T03:00")) == OpenNow(True, None)


def test_hours_until_midnight_end_with_the_day() -> None:
    assert open_now.status(EVENINGS, oslo("2026-11-23T23:59")) == OpenNow(True, oslo("2026-11-24T00:00"))
    assert open_now.status(EVENINGS, oslo("2026-11-24T00:00")) == OpenNow(False, oslo("2026-11-24T16:00"))


def test_without_hours_nothing_is_said() -> None:
    assert open_now.status([], oslo("2026-11-23T10:00")) is None


@pytest.mark.parametrize(
    ("hours", "now", "told"),
    [
        (WEEKDAYS, "2026-11-23T10:00", "Åpent nå – til kl. 15.30"),
        (WEEKDAYS, "2026-11-23T07:00", "Stengt nå – åpner i dag kl. 08.00"),
        (WEEKDAYS, "2026-11-23T16:00", "Stengt nå – åpner i morgen kl. 08.00"),
        (WEEKDAYS, "2026-11-27T16:00", "Stengt nå – åpner mandag 30. november kl. 08.00"),
        (ALWAYS, "2026-11-27T16:00", "Åpent hele døgnet"),
    ],
)
def test_it_is_said_in_words(hours: list[dict[str, Any]], now: str, told: str) -> None:
    status = open_now.status(hours, oslo(now))
    assert status is not None
    assert plain(call.in_words("nb", status.changes_at, oslo(now), is_open=status.open)) == told
