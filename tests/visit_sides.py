"""How requests to cancel stand at Digihelse and at the record system, and where the two do not agree."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from digihelse_app.models.codes import CancellationStatus, CancelReason, VisitStatus
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.standins.record_system.visit_tables import RequestState, VisitState

GONE = "not in force"
GRANTED = "granted"
_AS_ASKED = (CancelReason.BY_CITIZEN.value, CancelReason.FOR_CITIZEN.value)
_HERE = {
    CancellationStatus.REQUESTED: RequestState.WAITING,
    CancellationStatus.ACCEPTED: GRANTED,
    CancellationStatus.DECLINED: RequestState.DECLINED,
    CancellationStatus.TAKEN_BACK: GONE,
    CancellationStatus.OVERTAKEN: GONE,
}


@dataclass(frozen=True)
class TheirRequest:
    """A request at the record system."""

    status: str
    version: int
    visit_id: str
    answer: str


@dataclass(frozen=True)
class TheirVisit:
    """A visit at the record system; times are UTC."""

    status: str
    cancel_reason: str
    starts_at: datetime
    ends_at: datetime
    begun_at: datetime | None
    done_at: datetime | None


@dataclass(frozen=True)
class TheirSide:
    """What the record system has, by id, read from its own database."""

    requests: dict[str, TheirRequest]
    visits: dict[str, TheirVisit]


def rows_of(file: Path, query: str) -> list[tuple[Any, ...]]:
    """Rows of a stand-in's own SQLite database."""
    with closing(sqlite3.connect(file, timeout=10)) as connection:
        return connection.execute(query).fetchall()


def their_side(file: Path) -> TheirSide:
    """What stands in the record system's database."""
    asked = rows_of(file, "SELECT id, status, version, visit_id, answer FROM fagsystem_cancel_request")
    visits = rows_of(
        file, "SELECT id, status, cancel_reason, starts_at, ends_at, begun_at, done_at FROM fagsystem_visit"
    )
    return TheirSide(
        {row[0]: TheirRequest(*row[1:]) for row in asked},
        {row[0]: TheirVisit(*row[1:3], *map(_instant, row[3:])) for row in visits},  # pyright: ignore[reportArgumentType]
    )


def _instant(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored).replace(tzinfo=UTC)


def disagreements(theirs: TheirSide, visits: Sequence[Visit], requests: Sequence[Cancellation]) -> list[str]:
    """What stands otherwise here than there, of visits told of and requests made. Empty when they agree."""
    ours = {visit.id: visit for visit in visits}
    found: list[str] = []
    for visit in visits:
        if differs := _differ(visit, theirs):
            found.append(f"visit {visit.external_id}: {differs[0]} here, {differs[1]} there")
    for asked in requests:
        visit = ours[asked.visit_id]
        here, there = _HERE[asked.status], _outcomes(theirs, asked.id, visit.external_id)
        if here not in there:
            found.append(f"request {asked.id}: {here} here, {there} there")
        known = theirs.requests.get(asked.id)
        if known is not None and asked.delivered_version > known.version:
            found.append(
                f"request {asked.id}: a receipt for {asked.delivered_version}, known is {known.version}"
            )
        if known is not None and known.answer != asked.answer:
            found.append(f"request {asked.id}: other words")
    strangers = theirs.requests.keys() - {asked.id for asked in requests}
    return found + [f"request {stranger}: nobody made it" for stranger in strangers]


def _outcomes(theirs: TheirSide, request_id: str, visit_id: str) -> tuple[str, ...]:
    """What the request may be called here, as it stands there.

    Whether it was taken back before or after the visit went another way is the same: it is not in force.
    One that nobody answered before the visit was cancelled as another had asked may be called granted too.
    """
    known, visit = theirs.requests.get(request_id), theirs.visits[visit_id]
    status = known.status if known else RequestState.OVERTAKEN
    if status == RequestState.ACCEPTED:
        return (GRANTED,)
    if status == RequestState.OVERTAKEN and visit.cancel_reason in _AS_ASKED:
        return (GRANTED, GONE)
    return (GONE,) if status in (RequestState.OVERTAKEN, RequestState.TAKEN_BACK) else (status,)


def _differ(visit: Visit, theirs: TheirSide) -> tuple[object, object] | None:
    there = theirs.visits.get(visit.external_id)
    here = (
        _state(visit),
        (visit.cancel_reason or ""),
        visit.starts_at,
        visit.ends_at,
        visit.begun_at,
        visit.done_at,
    )
    if there is None:
        return here, "unknown"
    told = (there.status, there.cancel_reason, there.starts_at, there.ends_at, there.begun_at, there.done_at)
    return None if here == told else (here, told)


def _state(visit: Visit) -> VisitState:
    if visit.status is VisitStatus.CANCELLED:
        return VisitState.CANCELLED
    if visit.status is VisitStatus.ENTERED_IN_ERROR:
        return VisitState.IN_ERROR
    if visit.status is VisitStatus.FULFILLED:
        return VisitState.DONE
    return VisitState.PLANNED if visit.begun_at is None else VisitState.BEGUN
