"""Visits: the plan of a day, and what becomes of a visit. Digihelse is told of all of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from digihelse_app.standins.record_system import visit_resources, visit_telling
from digihelse_app.standins.record_system.schedule import OSLO
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Outgoing, Patient, Service
from digihelse_app.standins.record_system.visit_tables import CancelRequest, RequestState, Visit, VisitState


class NotNowError(Exception):
    """The visit, or the request, has come too far for this."""


@dataclass(frozen=True)
class DayLine:
    """A visit of a day. `asked`: somebody waits for an answer about it."""

    visit: Visit
    patient: Patient
    service: Service
    asked: bool


@dataclass(frozen=True)
class WholeVisit:
    """A visit with what was asked about it, oldest first, and all that was told of it."""

    visit: Visit
    patient: Patient
    service: Service
    requests: Sequence[CancelRequest]
    told: Sequence[Outgoing]


async def of_day(system: System, day: date) -> list[DayLine]:
    """The visits that begin on the day (Europe/Oslo), in order."""
    begins = datetime.combine(day, time(), OSLO)
    ends = datetime.combine(day + timedelta(days=1), time(), OSLO)
    asked = (
        select(CancelRequest.id)
        .where(CancelRequest.visit_id == Visit.id, CancelRequest.status == RequestState.WAITING)
        .exists()
    )
    query = (
        select(Visit, Patient, Service, asked)
        .join(Patient, Patient.id == Visit.patient_id)
        .join(Service, Service.id == Visit.service_id)
        .where(Visit.starts_at >= begins, Visit.starts_at < ends)
        .order_by(Visit.starts_at, Patient.name, Visit.id)
    )
    async with system.store.transaction() as session:
        return [DayLine(*found) for found in await session.execute(query)]


async def read(system: System, visit_id: str) -> WholeVisit | None:
    """One visit; None when there is no such."""
    async with system.store.transaction() as session:
        visit = await session.get(Visit, visit_id)
        if visit is None:
            return None
        asked = select(CancelRequest).where(CancelRequest.visit_id == visit_id)
        told = select(Outgoing).where(Outgoing.order_key == visit_telling.key_of(visit_id))
        return WholeVisit(
            visit=visit,
            patient=await session.get_one(Patient, visit.patient_id),
            service=await session.get_one(Service, visit.service_id),
            requests=(await session.scalars(asked.order_by(CancelRequest.received_at))).all(),
            told=(await session.scalars(told.order_by(Outgoing.number))).all(),
        )


async def assign(system: System, visit_id: str, carer: str) -> None:
    """Give the visit to an employee by number, or (empty) to nobody. Raises as `changing` does."""
    async with changing(system, visit_id, VisitState.PLANNED) as (session, visit):
        visit.carer = carer
        await visit_telling.tell_plan(session, system, visit)


async def move(
    system: System, visit_id: str, starts_at: datetime, ends_at: datetime, *, is_window: bool | None = None
) -> None:
    """Move the visit (aware times; the end is later). `is_window` is as before unless told."""
    async with changing(system, visit_id, VisitState.PLANNED) as (session, visit):
        visit.starts_at, visit.ends_at = starts_at, ends_at
        visit.is_window = visit.is_window if is_window is None else is_window
        await visit_telling.tell_plan(session, system, visit)


async def start(system: System, visit_id: str, at: datetime | None = None) -> None:
    """The employee is there, now or at a past time (aware). What was asked about it is overtaken."""
    async with changing(system, visit_id, VisitState.PLANNED) as (session, visit):
        visit.status, visit.begun_at = VisitState.BEGUN, at or system.now()
        await overtake(session, visit)
        await visit_telling.tell_progress(session, system, visit)


async def complete(system: System, visit_id: str, at: datetime | None = None) -> None:
    """The visit is done, now or at a past time (aware); one that was not started was short."""
    async with changing(system, visit_id, VisitState.PLANNED, VisitState.BEGUN) as (session, visit):
        visit.done_at = at or system.now()
        visit.status, visit.begun_at = VisitState.DONE, visit.begun_at or visit.done_at
        await overtake(session, visit)
        await visit_telling.tell_progress(session, system, visit)
        await visit_telling.tell_plan(session, system, visit)


async def cancel(system: System, visit_id: str, reason: str = visit_resources.BY_SERVICE) -> None:
    """The visit will not be: we cancel it, or nobody was at home (codes of Volven 7621)."""
    async with changing(system, visit_id, VisitState.PLANNED) as (session, visit):
        visit.status, visit.cancel_reason = VisitState.CANCELLED, reason
        await overtake(session, visit)
        await visit_telling.tell_plan(session, system, visit)


async def retract(system: System, visit_id: str) -> None:
    """The visit should never have been written in."""
    every_other = [state for state in VisitState if state is not VisitState.IN_ERROR]
    async with changing(system, visit_id, *every_other) as (session, visit):
        visit.status, visit.cancel_reason = VisitState.IN_ERROR, ""
        await overtake(session, visit)
        await visit_telling.tell_plan(session, system, visit)


@asynccontextmanager
async def changing(
    system: System, visit_id: str, *allowed: VisitState
) -> AsyncIterator[tuple[AsyncSession, Visit]]:
    """The visit, locked, to be changed. LookupError for an unknown one, NotNowError unless `allowed`."""
    async with system.store.transaction() as session:
        visit = await session.get(Visit, visit_id, with_for_update=True)
        if visit is None:
            raise LookupError("no such visit")
        if visit.status not in allowed:
            raise NotNowError
        yield session, visit
    system.something_to_deliver.set()


async def overtake(session: AsyncSession, visit: Visit) -> None:
    """What waits for an answer about the visit gets none: it has gone another way."""
    await session.execute(
        update(CancelRequest)
        .where(CancelRequest.visit_id == visit.id, CancelRequest.status == RequestState.WAITING)
        .values(status=RequestState.OVERTAKEN)
    )
