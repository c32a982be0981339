"""The clock: the one way to know what time it is, so that tests can say it.

Instants are UTC; days, opening hours and deadlines are Europe/Oslo.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


_clock_in_use: list[Clock] = [system_clock]
_instant: ContextVar[datetime | None] = ContextVar("instant", default=None)


def use(clock: Clock) -> None:
    """Take the time from `clock` (aware, UTC) from now on."""
    _clock_in_use[0] = clock


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _instant.get() or _clock_in_use[0]()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let it be `instant` (aware) for what this task does in the block: for telling what happened before."""
    token = _instant.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _instant.reset(token)


def today() -> date:
    """Today's date in Europe/Oslo."""
    return now().astimezone(OSLO).date()
