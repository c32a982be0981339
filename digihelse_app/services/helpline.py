"""When the help line answers: weekdays 08:00–15:30 in Europe/Oslo, not on Norwegian public holidays."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from digihelse_app.outside.clock import OSLO
from digihelse_app.services.working_days import is_working_day

OPENS = time(8, 0)
CLOSES = time(15, 30)


@dataclass(frozen=True, slots=True)
class HelplineStatus:
    """Whether someone answers now, and when that changes (Europe/Oslo)."""

    open: bool
    changes_at: datetime


def status(now: datetime) -> HelplineStatus:
    """The help line at `now` (aware)."""
    local = now.astimezone(OSLO)
    if is_working_day(local.date()) and OPENS <= local.time() < CLOSES:
        return HelplineStatus(True, datetime.combine(local.date(), CLOSES, OSLO))
    day = local.date() if local.time() < OPENS else local.date() + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return HelplineStatus(False, datetime.combine(day, OPENS, OSLO))
