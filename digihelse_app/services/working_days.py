"""Working days: Monday to Friday, and no Norwegian public holiday. Dates are in Europe/Oslo."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

Calendar = Callable[[date], bool]
"""Whether a day counts."""


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no Norwegian public holiday."""
    return day.weekday() < 5 and not is_public_holiday(day)


def is_public_holiday(day: date) -> bool:
    """A Norwegian public holiday that is more than a Sunday."""
    return day in _public_holidays(day.year)


@cache
def _public_holidays(year: int) -> frozenset[date]:
    import holidays  # slow to load, and needed once a year

    return frozenset(holidays.country_holidays("NO", years=year, include_sundays=False))


def next_working_day(day: date, counts: Calendar = is_working_day) -> date:
    """`day`, or the first day after it that counts. Days that count must never end."""
    while not counts(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int, counts: Calendar = is_working_day) -> date:
    """The date `count` working days after `day`; a day off counts as the next working day."""
    day = next_working_day(day, counts)
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1), counts)
    return day


def working_days_until(today: date, day: date) -> int:
    """How many working days come after `today` up to and including `day`; 0 when it is today or past."""
    return sum(is_working_day(today + timedelta(days=n)) for n in range(1, (day - today).days + 1))
