"""When the help line answers: weekdays 08:00–15:30 in Europe/Oslo, not on Norwegian public holidays."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

from digihelse_app.outside.clock import OSLO

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


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no Norwegian public holiday."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    import holidays  # slow to load, and needed once a year

    return frozenset(holidays.country_holidays("NO", years=year, include_sundays=False))
