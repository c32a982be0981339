"""A day that is played: today's visits one after the other, one late, one that nobody registers.

It is laid out as steps, each of them one change of one visit, told as always. A step is taken at a time; when
the day plays by itself, the record system's own task takes one every few seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from digihelse_app.standins.record_system import visits
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Patient
from digihelse_app.standins.record_system.visit_tables import PlayedDay, PlayedStep, Visit, VisitState

PACE = timedelta(seconds=4)
DELAY = timedelta(minutes=45)
THERE_SINCE = timedelta(minutes=20)


class Deed(StrEnum):
    """What a step does with its visit. MISS: its time has been, and nobody says that it is done."""

    DELAY = "delay"
    START = "start"
    COMPLETE = "complete"
    MISS = "miss"


@dataclass(frozen=True)
class Line:
    """A step with the visit it is about."""

    step: PlayedStep
    visit: Visit
    patient: Patient


async def lay_out(system: System) -> int:
    """Lay out today's open visits of those who are connected, anew; how many steps it came to."""
    lines = [
        line
        for line in await visits.of_day(system, system.today())
        if line.patient.connected
        and line.service.shows_visits
        and line.visit.status in (VisitState.PLANNED, VisitState.BEGUN)
    ]
    steps = [
        PlayedStep(visit_id=line.visit.id, deed=deed, skipped=False)
        for place, line in enumerate(lines)
        for deed in _deeds(place, line.visit)
    ]
    async with system.store.transaction() as session:
        await session.execute(delete(PlayedStep))
        session.add_all(steps)
        (await _day(session, system)).playing = False
    return len(steps)


def _deeds(place: int, visit: Visit) -> Sequence[Deed]:
    """The first comes late, the second is missed, the others are as they should be."""
    if visit.status == VisitState.BEGUN:
        return (Deed.COMPLETE,)
    if place == 0:
        return (Deed.DELAY, Deed.START, Deed.COMPLETE)
    return (Deed.MISS,) if place == 1 else (Deed.START, Deed.COMPLETE)


async def lines(system: System) -> list[Line]:
    """The day as it is laid out, what is done included."""
    query = (
        select(PlayedStep, Visit, Patient)
        .join(Visit, Visit.id == PlayedStep.visit_id)
        .join(Patient, Patient.id == Visit.patient_id)
        .order_by(PlayedStep.number)
    )
    async with system.store.transaction() as session:
        return [Line(*found) for found in await session.execute(query)]


async def is_playing(system: System) -> bool:
    """Whether it plays by itself."""
    async with system.store.transaction() as session:
        return (await _day(session, system)).playing


async def play(system: System, on: bool) -> None:
    """Let it play by itself, or stop it."""
    async with system.store.transaction() as session:
        day = await _day(session, system)
        day.playing, day.next_at = on, system.now()


async def step(system: System) -> bool:
    """Take the next step; whether there was one. A visit that has gone another way is left alone."""
    async with system.store.transaction() as session:
        taken = await _take(session, system)
    if taken is not None:
        await _do(system, taken)
    return taken is not None


async def step_when_due(system: System) -> None:
    """What the task does each time it wakes: at most one step. After the last one the day stops."""
    async with system.store.transaction() as session:
        day = await _day(session, system)
        if not day.playing or day.next_at > system.now():
            return
        day.next_at = system.now() + PACE
        taken = await _take(session, system)
        day.playing = taken is not None
    if taken is not None:
        await _do(system, taken)


async def _take(session: AsyncSession, system: System) -> PlayedStep | None:
    left = select(PlayedStep).where(PlayedStep.done_at.is_(None)).order_by(PlayedStep.number)
    taken = await session.scalar(left.limit(1).with_for_update(skip_locked=True))
    if taken is not None:
        taken.done_at = system.now()
    return taken


async def _do(system: System, taken: PlayedStep) -> None:
    try:
        if taken.deed == Deed.START:
            await visits.start(system, taken.visit_id, system.now() - THERE_SINCE)
        elif taken.deed == Deed.COMPLETE:
            await visits.complete(system, taken.visit_id)
        else:
            await _shift(system, taken)
    except (LookupError, visits.NotNowError):
        async with system.store.transaction() as session:
            await session.execute(
                update(PlayedStep).where(PlayedStep.number == taken.number).values(skipped=True)
            )


async def _shift(system: System, taken: PlayedStep) -> None:
    """Later today; or, to be missed, so early that it should have been done by now."""
    found = await visits.read(system, taken.visit_id)
    if found is None:
        raise LookupError("no such visit")
    visit = found.visit
    if taken.deed == Deed.DELAY:
        ahead = DELAY
    else:
        should_be_done = system.now() - timedelta(minutes=found.service.missed_after_minutes + 1)
        ahead = min(should_be_done - visit.ends_at, timedelta())
    if ahead:
        await visits.move(system, visit.id, visit.starts_at + ahead, visit.ends_at + ahead)


async def _day(session: AsyncSession, system: System) -> PlayedDay:
    day = await session.get(PlayedDay, 1, with_for_update=True)
    if day is None:
        day = PlayedDay(id=1, playing=False, next_at=system.now())
        session.add(day)
        await session.flush()
    return day
