"""Working days: Monday to Friday, and no Norwegian public holiday. Dates are in Europe/Oslo."""

from datetime import date, timedelta
from functools import cache


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no Norwegian public holiday."""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    import holidays  # slow to load, and needed once a year

    return frozenset(holidays.country_holidays("NO", years=year, include_sundays=False))


def add_working_days(day: date, count: int) -> date:
    """The date `count` working days after `day`; a day off counts as the next working day."""
    while not is_working_day(day):
        day += timedelta(days=1)
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def working_days_until(today: date, day: date) -> int:
    """How many working days come after `today` up to and including `day`; 0 when it is today or past."""
    return sum(is_working_day(today + timedelta(days=n)) for n in range(1, (day - today).days + 1))
