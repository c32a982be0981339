"""Telling Digihelse of visits: what is told, in which order, each time with a later version than before."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from digihelse_app.standins.record_system import outbox, visit_resources
from digihelse_app.standins.record_system.resources import Resource, to_milliseconds
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Patient, Service
from digihelse_app.standins.record_system.visit_tables import CancelRequest, Visit, VisitState

TICK = timedelta(milliseconds=1)


async def tell_plan(session: AsyncSession, system: System, visit: Visit) -> None:
    """Tell where the visit stands: when, who, whether it is done or cancelled."""
    patient = await _told_patient(session, visit)
    if patient is not None:
        her_id = system.organisation.her_id
        body = visit_resources.appointment(visit, patient, her_id, _version(system, visit))
        _queue(session, system, visit, body)


async def tell_progress(session: AsyncSession, system: System, visit: Visit) -> None:
    """Tell when the visit really began, and was done, if it has."""
    patient = await _told_patient(session, visit)
    if patient is not None and visit.begun_at is not None:
        body = visit_resources.encounter(visit, patient, _version(system, visit))
        _queue(session, system, visit, body)


async def tell_answer(
    session: AsyncSession, system: System, request: CancelRequest, visit: Visit, accepted: bool
) -> None:
    """Tell the answer to a request. What comes of it for the visit is told after it."""
    if await _told_patient(session, visit) is not None:
        body = visit_resources.answer(request, visit, accepted, _version(system, visit))
        _queue(session, system, visit, body)


async def tell_all_coming(system: System, patient_id: str) -> None:
    """Tell of everything that is yet to come for a patient who has just been connected."""
    coming = select(Visit).where(
        Visit.patient_id == patient_id, Visit.ends_at > system.now(), Visit.status == VisitState.PLANNED
    )
    async with system.store.transaction() as session:
        visits = (await session.scalars(coming.order_by(Visit.starts_at))).all()
        for visit in visits:
            await tell_plan(session, system, visit)
    system.something_to_deliver.set()


def key_of(visit_id: str) -> str:
    """What all that is told of one visit is ordered within."""
    return f"{outbox.VISIT}{visit_id}"


async def _told_patient(session: AsyncSession, visit: Visit) -> Patient | None:
    """The patient, when Digihelse is told: she is connected, and the service shows its visits."""
    patient = await session.get_one(Patient, visit.patient_id)
    service = await session.get_one(Service, visit.service_id)
    return patient if patient.connected and service.shows_visits else None


def _queue(session: AsyncSession, system: System, visit: Visit, resource: Resource) -> None:
    outbox.queue(session, resource, key_of(visit.id), system.now())


def _version(system: System, visit: Visit) -> datetime:
    now = to_milliseconds(system.now())
    version = now if visit.told_at is None else max(now, visit.told_at + TICK)
    visit.told_at = version
    return version
