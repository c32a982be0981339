"""What citizens ask to have cancelled: taken in by version, and answered by the staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from digihelse_app.standins.record_system import visit_telling
from digihelse_app.standins.record_system.parsing import NotAcceptableError
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Patient, Service
from digihelse_app.standins.record_system.visit_tables import CancelRequest, RequestState, Visit, VisitState
from digihelse_app.standins.record_system.visits import NotNowError, overtake

ASKED = 1
TAKEN_BACK = 2


@dataclass(frozen=True)
class IncomingRequest:
    """A request as it came: asked for (`version` 1) or taken back (2)."""

    id: str
    version: int
    visit_id: str
    national_id: str
    author: str
    representative: str
    reason: str
    comment: str
    starts_at: datetime
    body: dict[str, Any]


@dataclass(frozen=True)
class Waiting:
    """A request that waits for an answer."""

    request: CancelRequest
    visit: Visit
    patient: Patient
    service: Service


async def take_in(system: System, incoming: IncomingRequest) -> tuple[CancelRequest, bool]:
    """Keep what came; the request as it stands, and whether this changed it.

    An older version than the known one changes nothing, and the same again neither. Raises NotAcceptableError
    for an unknown visit or another's, NotNowError when it is answered, or the visit has begun or is no more.
    """
    async with system.store.transaction() as session:
        visit = await _visit(session, incoming)
        known = await session.get(CancelRequest, incoming.id, with_for_update=True)
        if known is not None and known.visit_id != visit.id:
            raise NotNowError
        if known is not None and known.version >= incoming.version:
            return known, False
        if visit.status != VisitState.PLANNED or (known is not None and known.status != RequestState.WAITING):
            raise NotNowError
        request = known or _new(system, incoming)
        session.add(request)
        request.version, request.body = incoming.version, incoming.body
        request.status = RequestState.TAKEN_BACK if incoming.version == TAKEN_BACK else RequestState.WAITING
        return request, True


async def _visit(session: AsyncSession, incoming: IncomingRequest) -> Visit:
    visit = await session.get(Visit, incoming.visit_id, with_for_update=True)
    if visit is None:
        raise NotAcceptableError("AppointmentResponse.appointment", "not-found")
    patient = await session.get_one(Patient, visit.patient_id)
    if patient.national_id != incoming.national_id:
        raise NotAcceptableError("AppointmentResponse.actor", "not-found")
    return visit


def _new(system: System, incoming: IncomingRequest) -> CancelRequest:
    return CancelRequest(
        id=incoming.id,
        visit_id=incoming.visit_id,
        author=incoming.author,
        representative=incoming.representative,
        reason=incoming.reason,
        comment=incoming.comment,
        starts_at=incoming.starts_at,
        received_at=system.now(),
    )


async def answer(system: System, request_id: str, accepted: bool, words: str, staff: str) -> str:
    """Answer a request with words of one's own; accepting cancels the visit. The visit's id.

    LookupError for an unknown request, NotNowError when it no longer waits.
    """
    async with system.store.transaction() as session:
        request = await session.get(CancelRequest, request_id)
        if request is None:
            raise LookupError("no such request")
        visit = await session.get_one(Visit, request.visit_id, with_for_update=True)
        await session.refresh(request, with_for_update=True)
        if request.status != RequestState.WAITING:
            raise NotNowError
        request.status = RequestState.ACCEPTED if accepted else RequestState.DECLINED
        request.answer, request.answered_by, request.answered_at = words, staff, system.now()
        await visit_telling.tell_answer(session, system, request, visit, accepted)
        if accepted:
            visit.status, visit.cancel_reason = VisitState.CANCELLED, request.reason
            await session.flush()
            await overtake(session, visit)
            await visit_telling.tell_plan(session, system, visit)
    system.something_to_deliver.set()
    return request.visit_id


async def waiting(system: System) -> list[Waiting]:
    """What waits for an answer, the soonest visit first."""
    query = (
        select(CancelRequest, Visit, Patient, Service)
        .join(Visit, Visit.id == CancelRequest.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(Service, Service.id == Visit.service_id)
        .where(CancelRequest.status == RequestState.WAITING)
        .order_by(Visit.starts_at, CancelRequest.received_at)
    )
    async with system.store.transaction() as session:
        return [Waiting(*found) for found in await session.execute(query)]


async def read(system: System, request_id: str) -> CancelRequest | None:
    """One request; None when there is no such."""
    async with system.store.transaction() as session:
        return await session.get(CancelRequest, request_id)
