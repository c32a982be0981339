"""Where a visit stands, in the one word that matters most of it now. Pure."""

from enum import StrEnum

from digihelse_app.models.codes import CancellationStatus, CancelReason, VisitStatus
from digihelse_app.services.visit_list import VisitSummary


class Standing(StrEnum):
    """Where a visit stands, as a person would say it: the one thing that matters most of it now."""

    PLANNED = "planned"
    UNDER_WAY = "under_way"
    LATE = "late"
    MISSED = "missed"
    DONE = "done"
    NOT_HOME = "not_home"
    CALLED_OFF = "called_off"
    CANCELLED = "cancelled"
    REQUESTED = "requested"
    FAILED = "failed"
    DECLINED = "declined"


NOBODY_COMES = frozenset({Standing.CALLED_OFF, Standing.CANCELLED})
_CANCELLED_AS = {
    CancelReason.BY_CITIZEN: Standing.CANCELLED,
    CancelReason.FOR_CITIZEN: Standing.CANCELLED,
    CancelReason.NOT_AT_HOME: Standing.NOT_HOME,
    CancelReason.DID_NOT_MEET: Standing.NOT_HOME,
}


def standing(one: VisitSummary) -> Standing:
    """Where the visit stands."""
    visit = one.visit
    if visit.status is VisitStatus.CANCELLED:
        return _CANCELLED_AS.get(visit.cancel_reason or CancelReason.BY_SERVICE, Standing.CALLED_OFF)
    if visit.status is VisitStatus.NO_SHOW:
        return Standing.NOT_HOME
    if visit.status is VisitStatus.FULFILLED or visit.done_at:
        return Standing.DONE
    return _standing_of_planned(one)


def _standing_of_planned(one: VisitSummary) -> Standing:
    asked = one.cancellation.status if one.cancellation else None
    if asked is CancellationStatus.ACCEPTED:
        return Standing.CANCELLED
    if one.visit.missed_at:
        return Standing.MISSED
    if one.visit.begun_at:
        return Standing.UNDER_WAY
    if one.cancellation and asked is CancellationStatus.REQUESTED:
        return Standing.FAILED if one.cancellation.failed_at else Standing.REQUESTED
    if one.visit.late_at:
        return Standing.LATE
    return Standing.DECLINED if asked is CancellationStatus.DECLINED else Standing.PLANNED
