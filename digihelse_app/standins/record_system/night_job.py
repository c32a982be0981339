"""The night run (docs/integration.md §4): tell of the services, then of all who became digitally active.

It may die anywhere: the offset is stored after each page, and a PUT of what is known changes nothing.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from digihelse_app.standins.record_system import faults, leases, resources, visit_telling
from digihelse_app.standins.record_system.digihelse import RefusedError, UnavailableError
from digihelse_app.standins.record_system.offered_services import put_service
from digihelse_app.standins.record_system.schedule import DONE, FAILED, due_at
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Care, Feed, NightRun, Patient, Service

LEASE = "night-run"
BY_SCHEDULE = "schedule"
BY_OPERATOR = "operator"


class NightRunDiedError(RuntimeError):
    """The run ended as if the machine had lost its power: nothing is tidied up after it."""


class LeaseLostError(RuntimeError):
    """Another worker has taken the run over."""


@dataclass
class _Run:
    system: System
    number: int
    holder: str
    lives: int | None
    seen: int = 0
    matched: int = 0
    put: int = 0
    errors: int = 0
    detail: str = ""

    def counts(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("seen", "matched", "put", "errors", "detail")}


async def run(system: System, started_by: str = BY_OPERATOR) -> NightRun | None:
    """One run, from start to end; its line in the journal, or None when another one is under way.

    Raises NightRunDiedError when the fault switch says so. A run that cannot reach Digihelse ends as failed.
    """
    holder = uuid.uuid4().hex
    async with system.store.transaction() as session:
        if not await leases.take(session, LEASE, holder, system.now()):
            return None
        await feed(session, system.now())
        journal = NightRun(started_by=started_by, started_at=system.now())
        session.add(journal)
    this = _Run(system, journal.number, holder, await faults.matches_to_live(system))
    try:
        await _put_services(this)
        await _read_changes(this)
        await _put_changed_care(this)
    except (UnavailableError, RefusedError, LeaseLostError) as failure:
        this.detail = str(failure)
        return await _end(this, FAILED)
    return await _end(this, DONE)


async def is_running(system: System) -> bool:
    """Whether a run is under way somewhere."""
    async with system.store.transaction() as session:
        return await leases.is_taken(session, LEASE, system.now())


async def next_due(system: System) -> datetime:
    """When the scheduler shall run next (UTC)."""
    async with system.store.transaction() as session:
        row = await feed(session, system.now())
        latest = await session.scalar(select(NightRun).order_by(NightRun.number.desc()).limit(1))
        return due_at(latest, row.installed_at, system.night_run_at)


async def run_when_due(system: System) -> None:
    """What the scheduler does each time it wakes."""
    if await next_due(system) <= system.now():
        await run(system, BY_SCHEDULE)


async def feed(session: AsyncSession, now: datetime) -> Feed:
    """How far the feed has been read; the first call begins at the beginning."""
    row = await session.get(Feed, 1)
    if row is None:
        row = Feed(id=1, offset=0, installed_at=now)
        session.add(row)
        await session.flush()
    return row


async def _put_services(this: _Run) -> None:
    async with this.system.store.transaction() as session:
        service_ids = (await session.scalars(select(Service.id).order_by(Service.id))).all()
    for service_id in service_ids:
        if await put_service(this.system, service_id):
            this.put += 1
        else:
            this.errors += 1


async def _read_changes(this: _Run) -> None:
    """Page by page until nothing is left: the empty page tells Digihelse that the last one was dealt with."""
    while True:
        async with this.system.store.transaction() as session:
            offset = (await feed(session, this.system.now())).offset
        page = await this.system.digihelse.changes(offset, this.system.page_size)
        this.seen += len(page["endringer"])
        newest = {change["nin"]: change["aktiv"] for change in page["endringer"]}
        for national_id, active in newest.items():
            await _deal_with(this, national_id, active)
        await _remember(this, page["nesteOffset"])
        if not page["endringer"]:
            return


async def _remember(this: _Run, offset: int) -> None:
    async with this.system.store.transaction() as session:
        (await feed(session, this.system.now())).offset = offset
        await session.execute(update(NightRun).where(NightRun.number == this.number).values(**this.counts()))


async def _deal_with(this: _Run, national_id: str, active: bool) -> None:
    async with this.system.store.transaction() as session:
        if not await leases.take(session, LEASE, this.holder, this.system.now()):
            raise LeaseLostError("taken over")
        patient = await session.scalar(select(Patient).where(Patient.national_id == national_id))
        if patient is None:
            return
        patient.connected = active
        care = (
            await session.scalars(select(Care).where(Care.patient_id == patient.id).order_by(Care.id))
        ).all()
    if this.lives is not None and this.matched >= this.lives:
        raise NightRunDiedError
    this.matched += 1
    for episode in care:
        await _put_care(this, episode, patient)
    if active:
        await visit_telling.tell_all_coming(this.system, patient.id)


async def _put_changed_care(this: _Run) -> None:
    """What has changed in the care of those who were connected before: begun, ended."""
    query = select(Care, Patient).join(Patient, Patient.id == Care.patient_id)
    async with this.system.store.transaction() as session:
        connected = (await session.execute(query.where(Patient.connected.is_(True)))).all()
    for care, patient in connected:
        if care.put_as != _status(care, patient, this.system.today()):
            await _put_care(this, care, patient)


async def _put_care(this: _Run, care: Care, patient: Patient) -> None:
    status = _status(care, patient, this.system.today())
    body = resources.episode_of_care(care, patient, this.system.organisation.her_id, status)
    try:
        await this.system.digihelse.put(body)
    except RefusedError as refusal:
        # Someone who is no longer active may be unknown there already: then there is nothing to end.
        if status != resources.FINISHED:
            this.errors += 1
            this.detail = f"EpisodeOfCare {refusal.status}"
        return
    this.put += 1
    async with this.system.store.transaction() as session:
        await session.execute(update(Care).where(Care.id == care.id).values(put_as=status))


def _status(care: Care, patient: Patient, today: date) -> str:
    if not patient.connected or (care.until is not None and care.until <= today):
        return resources.FINISHED
    return resources.PLANNED if care.since > today else resources.ACTIVE


async def _end(this: _Run, outcome: str) -> NightRun:
    async with this.system.store.transaction() as session:
        journal = await session.get_one(NightRun, this.number)
        for name, value in this.counts().items():
            setattr(journal, name, value)
        journal.outcome, journal.finished_at = outcome, this.system.now()
        await leases.give_back(session, LEASE, this.holder)
        return journal
