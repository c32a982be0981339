"""Jobs run at their time on the wall in Norway, also on the nights when the clocks change."""

from datetime import UTC, datetime, time, timedelta

import pytest

from digihelse_app.jobs.schedule import Schedule, daily, every, next_at
from tests.conftest import MovableClock

NIGHT = time(2, 0)
IN_THE_CHANGE = time(2, 30)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "at", "expected"),
    [
        ("2026-11-23 00:00", NIGHT, "2026-11-23 01:00"),
        ("2026-11-23 01:00", NIGHT, "2026-11-24 01:00"),
        ("2026-06-01 12:00", NIGHT, "2026-06-02 00:00"),
        # Late in the evening in UTC it is already the next date in Norway.
        ("2026-06-01 23:30", NIGHT, "2026-06-02 00:00"),
        # 29 March 2026: 02:00 becomes 03:00, so that 02:30 does not come.
        ("2026-03-28 12:00", IN_THE_CHANGE, "2026-03-29 01:30"),
        ("2026-03-29 01:30", IN_THE_CHANGE, "2026-03-30 00:30"),
        # 25 October 2026: 03:00 becomes 02:00, so that 02:30 comes twice; once is enough.
        ("2026-10-24 12:00", IN_THE_CHANGE, "2026-10-25 00:30"),
        ("2026-10-25 00:30", IN_THE_CHANGE, "2026-10-26 01:30"),
    ],
)
def test_next_at_is_the_time_in_oslo(now: str, at: time, expected: str) -> None:
    assert next_at(utc(now), at) == utc(expected)


async def test_daily_job_runs_once_a_day_by_the_clock(clock: MovableClock) -> None:
    runs: list[datetime] = []

    async def job() -> None:
        runs.append(clock())

    schedule = Schedule([daily("night", NIGHT, job)])
    clock.set(utc("2026-11-24 00:59"))
    assert await schedule.run_due() == []
    clock.advance(minutes=1)
    assert await schedule.run_due() == ["night"]
    assert await schedule.run_due() == []
    clock.advance(days=1)
    assert await schedule.run_due() == ["night"]
    assert runs == [utc("2026-11-24 01:00"), utc("2026-11-25 01:00")]


async def test_job_that_fails_runs_at_its_next_time_and_stops_no_other(clock: MovableClock) -> None:
    runs: list[str] = []

    async def fails() -> None:
        runs.append("fails")
        raise LookupError

    async def works() -> None:
        runs.append("works")

    schedule = Schedule([every("a", timedelta(hours=1), fails), every("b", timedelta(hours=1), works)])
    clock.advance(hours=1)
    assert await schedule.run_due() == ["a", "b"]
    clock.advance(hours=1)
    assert await schedule.run_due() == ["a", "b"]
    assert runs == ["fails", "works", "fails", "works"]
