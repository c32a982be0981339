"""When the night run is due: at 02:00 in Norway, winter and summer."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digihelse_app.standins.record_system.tables import NightRun

OSLO = ZoneInfo("Europe/Oslo")
NIGHT_RUN_AT = time(2)
RETRY_AFTER = timedelta(minutes=5)
DONE = "done"
FAILED = "failed"


def next_run(now: datetime, at: time = NIGHT_RUN_AT) -> datetime:
    """The first night run after `now` (aware), in UTC: one a night, at `at` by the clock on a Norwegian wall.

    The hour that is lost in March is run when it would have been, an hour later on the wall; of the hour that
    comes twice in October the first one counts.
    """
    today = now.astimezone(OSLO).date()
    due = datetime.combine(today, at, OSLO).astimezone(UTC)
    if due <= now:
        due = datetime.combine(today + timedelta(days=1), at, OSLO).astimezone(UTC)
    return due


def due_at(latest: NightRun | None, installed_at: datetime, at: time = NIGHT_RUN_AT) -> datetime:
    """When the scheduler shall run next. A run that failed or died is taken up again after a few minutes."""
    if latest is None:
        return next_run(installed_at, at)
    if latest.outcome != DONE:
        return latest.started_at + RETRY_AFTER
    return next_run(latest.started_at, at)
