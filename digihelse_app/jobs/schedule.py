"""What is done at its time: daily by the clock on the wall in Norway, or over and over.

Every worker keeps the schedule, so a job must be harmless when another runs it too.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from digihelse_app.outside import clock
from digihelse_app.outside.clock import OSLO

logger = logging.getLogger(__name__)

TICK_SECONDS = 1.0


def next_at(now: datetime, at: time) -> datetime:
    """The first instant after `now` (aware) when it is `at` in Europe/Oslo, in UTC; once on every date.

    A time that the change to summer time skips counts on from before it (02:30 becomes 03:30); of a time that
    comes twice in autumn the first counts.
    """
    day = now.astimezone(OSLO).date()
    instant = datetime.combine(day, at, OSLO).astimezone(UTC)
    if instant <= now:
        instant = datetime.combine(day + timedelta(days=1), at, OSLO).astimezone(UTC)
    return instant


@dataclass(frozen=True)
class Job:
    """Something to do, and when: `when` gives the next instant after the one it is handed (both UTC)."""

    name: str
    when: Callable[[datetime], datetime]
    run: Callable[[], Awaitable[object]]


def daily(name: str, at: time, run: Callable[[], Awaitable[object]]) -> Job:
    """A job for every day at `at` in Europe/Oslo."""
    return Job(name, lambda now: next_at(now, at), run)


def every(name: str, interval: timedelta, run: Callable[[], Awaitable[object]]) -> Job:
    """A job for every `interval`, the first time one interval from the start."""
    return Job(name, lambda now: now + interval, run)


class Schedule:
    """Jobs and when each is due next, by the app's clock: also when a test or the hour moves it."""

    def __init__(self, jobs: list[Job]) -> None:
        self._due = {job: job.when(clock.now()) for job in jobs}

    async def run(self) -> None:
        """Keep the schedule until cancelled."""
        while True:
            await self.run_due()
            await asyncio.sleep(TICK_SECONDS)

    async def run_due(self) -> list[str]:
        """Do what is due, and name it. A job that fails is tried again at its next time."""
        now = clock.now()
        due = [job for job, at in self._due.items() if at <= now]
        for job in due:
            self._due[job] = job.when(now)
            try:
                await job.run()
            except Exception as failure:
                logger.warning("the job %s failed: %s", job.name, type(failure).__name__)
        return [job.name for job in due]
