"""The rules of visits, pure: until when one can be cancelled, and why not."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from digihelse_app.models.codes import COMING, CancelRight
from digihelse_app.models.organisation import CareService
from digihelse_app.models.visit import Visit
from digihelse_app.outside.clock import OSLO
from digihelse_app.services.working_days import is_working_day


class WhyNot(StrEnum):
    """Why a visit cannot be cancelled here."""

    OVER = "over"
    UNDER_WAY = "under_way"
    PENDING = "pending"
    NO_RIGHT = "no_right"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a visit can be cancelled at an instant, and if not, why; `deadline` is UTC."""

    deadline: datetime
    why_not: WhyNot | None = None

    @property
    def allowed(self) -> bool:
        """Whether it can be cancelled."""
        return self.why_not is None


def deadline(starts_at: datetime, working_days: int, before: time | None) -> datetime:
    """The first instant (UTC) at which a visit at `starts_at` (UTC) is too late to cancel.

    It is at `before` (wall clock in Europe/Oslo; None: the visit's own time of day) on the day that is
    `working_days` Norwegian working days before the visit's, and never after the visit begins.
    """
    begins = starts_at.astimezone(OSLO)
    day = _working_days_before(begins.date(), working_days)
    # The first time, where the clock shows it twice; an hour that summer time skips is read as one later.
    hour = (before or begins.time()).replace(fold=0)
    at = datetime.combine(day, hour, OSLO)
    return min(at.astimezone(UTC), starts_at)


def _working_days_before(day: date, count: int) -> date:
    while count:
        day -= timedelta(days=1)
        count -= is_working_day(day)
    return day


def verdict(visit: Visit, service: CareService, now: datetime, *, pending: bool) -> Verdict:
    """Whether `visit` can be cancelled at `now` (UTC); `pending`: a request waits for an answer."""
    until = deadline(visit.starts_at, service.cancel_working_days, service.cancel_before)
    return Verdict(until, _why_not(visit, now, until, pending=pending))


def _why_not(visit: Visit, now: datetime, until: datetime, *, pending: bool) -> WhyNot | None:
    if visit.status not in COMING or visit.done_at is not None or now >= visit.ends_at:
        return WhyNot.OVER
    if visit.begun_at is not None or now >= visit.starts_at:
        return WhyNot.UNDER_WAY
    if pending:
        return WhyNot.PENDING
    if visit.cancel_right is CancelRight.NONE:
        return WhyNot.NO_RIGHT
    return WhyNot.TOO_LATE if now >= until else None
