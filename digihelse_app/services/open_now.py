"""Whether a service answers its phone now, and when that changes. Pure; days and hours are Europe/Oslo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from digihelse_app.outside.clock import OSLO
from digihelse_app.services.working_days import is_public_holiday

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOKS_AHEAD = 15
"""Days: longer than any row of public holidays."""


@dataclass(frozen=True, slots=True)
class OpenNow:
    """Whether it is open, and when that changes (UTC); None: not within a fortnight."""

    open: bool
    changes_at: datetime | None


def status(opening_hours: Sequence[dict[str, Any]], now: datetime) -> OpenNow | None:
    """How it stands at `now` (aware) by `CareService.opening_hours`; None where no hours are told.

    A public holiday counts as a Sunday, whatever day of the week it is.
    """
    if not opening_hours:
        return None
    today = now.astimezone(OSLO).date()
    days = [today + timedelta(days=number) for number in range(_LOOKS_AHEAD)]
    spans = _joined(sorted(span for day in days for span in _spans(opening_hours, day)))
    for begins, ends in spans:
        if begins <= now < ends:
            return OpenNow(True, None if ends >= _begins(days[-1]) else ends)
        if now < begins:
            return OpenNow(False, begins)
    return OpenNow(False, None)


def _spans(opening_hours: Sequence[dict[str, Any]], day: date) -> list[tuple[datetime, datetime]]:
    name = "sun" if is_public_holiday(day) else _DAYS[day.weekday()]
    told = [entry for entry in opening_hours if name in entry["days"]]
    return [(_instant(day, entry["from"]), _instant(day, entry["to"])) for entry in told]


def _joined(spans: list[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """Spans in order, those that touch made into one."""
    joined: list[tuple[datetime, datetime]] = []
    for begins, ends in spans:
        if joined and begins <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], ends))
        else:
            joined.append((begins, ends))
    return joined


def _instant(day: date, clock: str) -> datetime:
    """`clock` is HH:MM, up to 24:00."""
    return _begins(day + timedelta(days=1)) if clock == "24:00" else _at(day, time.fromisoformat(clock))


def _begins(day: date) -> datetime:
    return _at(day, time())


def _at(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, OSLO).astimezone(UTC)
