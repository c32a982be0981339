"""The clock: the one way to know what time it is, so that tests can say it.

Instants are UTC; days, opening hours and deadlines are Europe/Oslo.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


_clock_in_use: list[Clock] = [system_clock]


def use(clock: Clock) -> None:
    """Take the time from `clock` (aware, UTC) from now on."""
    _clock_in_use[0] = clock


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _clock_in_use[0]()


def today() -> date:
    """Today's date in Europe/Oslo."""
    return now().astimezone(OSLO).date()
