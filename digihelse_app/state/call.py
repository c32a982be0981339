"""Whom to call, and whether anyone answers now, as a page shows it."""

from dataclasses import dataclass
from datetime import datetime

from digihelse_app.models.organisation import CareService
from digihelse_app.services import open_now
from digihelse_app.text import dates, visit_times
from digihelse_app.text.catalogue import lookup


@dataclass(frozen=True)
class CallRow:
    """A service with its phone; `hours` says whether it is open. Both are empty when not known."""

    service: str = ""
    phone: str = ""
    hours: str = ""
    open: bool = False

    @classmethod
    def of(cls, service: CareService, language: str, now: datetime) -> "CallRow":
        """The row for a service at `now` (UTC)."""
        told = open_now.status(service.opening_hours, now)
        is_open = told is not None and told.open
        words = in_words(language, told.changes_at, now, is_open=told.open) if told else ""
        return cls(service.name, dates.kept_together(service.phone), words, is_open)


def in_words(language: str, changes_at: datetime | None, now: datetime, *, is_open: bool) -> str:
    """`Åpent nå – til kl. 15.30`, `Stengt nå – åpner i morgen kl. 08.00`; None: no change is in sight."""
    if changes_at is None:
        return lookup(language, "helpline.always" if is_open else "helpline.closed_long")
    time = dates.clock_time(language, changes_at)
    if is_open:
        return lookup(language, "helpline.open", time=time)
    local = changes_at.astimezone(dates.OSLO).date()
    return lookup(language, "helpline.closed", day=visit_times.day(language, local, now), time=time)
