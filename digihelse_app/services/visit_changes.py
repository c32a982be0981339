"""What a report changes in a visit, pure: what is written down, what is marked, what a notice is sent of."""

from dataclasses import dataclass

from digihelse_app.models.codes import COMING, CancelReason, VisitChangeKind, VisitStatus
from digihelse_app.models.visit import Visit
from digihelse_app.services.submission import VisitProgress, VisitReport

_NOTICEABLE = frozenset({VisitChangeKind.MOVED, VisitChangeKind.NOT_HOME, VisitChangeKind.REINSTATED})
_BECAME = {
    VisitStatus.FULFILLED: VisitChangeKind.DONE,
    VisitStatus.CANCELLED: VisitChangeKind.CANCELLED,
    VisitStatus.NO_SHOW: VisitChangeKind.NOT_HOME,
    VisitStatus.ENTERED_IN_ERROR: VisitChangeKind.RETRACTED,
}


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a visit, in the order it is to be told.

    `is_noticeable`: the person should see it at once in the agenda. `is_told`: a notice is sent of it too.
    """

    kinds: tuple[VisitChangeKind, ...] = ()
    is_noticeable: bool = False
    is_told: bool = False


def of_report(visit: Visit, report: VisitReport) -> Change:
    """What `report` changes in `visit`, which is as it was before."""
    kinds = tuple(_kinds(visit, report))
    by_service = VisitChangeKind.CANCELLED in kinds and report.cancel_reason is CancelReason.BY_SERVICE
    return Change(
        kinds,
        is_noticeable=by_service or not _NOTICEABLE.isdisjoint(kinds),
        is_told=by_service or VisitChangeKind.MOVED in kinds,
    )


def of_progress(visit: Visit, progress: VisitProgress) -> Change:
    """What `progress` changes in `visit`: that it is done is said once, by whichever tells of it first."""
    done = progress.done_at is not None and not _is_done(visit)
    return Change((VisitChangeKind.DONE,) if done else ())


def _kinds(visit: Visit, report: VisitReport) -> list[VisitChangeKind]:
    if report.status not in COMING:
        return _ended(visit, report)
    if visit.status not in COMING:
        return [VisitChangeKind.REINSTATED]
    kinds = [VisitChangeKind.MOVED] if _is_moved(visit, report) else []
    if report.who_key and report.who_key != visit.who_key:
        kinds.append(VisitChangeKind.ASSIGNED)
    return kinds


def _ended(visit: Visit, report: VisitReport) -> list[VisitChangeKind]:
    if report.status is visit.status:
        return []
    kind = _BECAME[report.status]
    if kind is VisitChangeKind.CANCELLED and report.cancel_reason is CancelReason.NOT_AT_HOME:
        kind = VisitChangeKind.NOT_HOME
    return [] if kind is VisitChangeKind.DONE and _is_done(visit) else [kind]


def _is_done(visit: Visit) -> bool:
    return visit.status is VisitStatus.FULFILLED or visit.done_at is not None


def _is_moved(visit: Visit, report: VisitReport) -> bool:
    """Whether it is at another time; not when a window has become narrower, or a time within it."""
    if visit.is_window:
        return not visit.starts_at <= report.starts_at <= report.ends_at <= visit.ends_at
    before = visit.starts_at, visit.ends_at, visit.is_window
    return (report.starts_at, report.ends_at, report.is_window) != before
