"""The work list: which conversations there are, whose they are, and by when they want an answer."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true

from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Patient, Service, Thread

SHOWN = 100


class Shown(StrEnum):
    """What the list is narrowed to; the values stand in addresses."""

    ALL = "alle"
    MINE = "mine"
    CLOSED = "lukkede"


@dataclass(frozen=True)
class Row:
    """A line of the work list."""

    thread: Thread
    patient: Patient
    service: Service

    def is_overdue(self, today: date) -> bool:
        """Whether the citizen was promised an answer before today (Europe/Oslo), and has none."""
        return self.thread.waiting_since is not None and (self.thread.due_on or today) < today


async def waiting(system: System, owner: str = "") -> list[Row]:
    """What waits for an answer, what is due first at the top, then the longest wait; `owner` narrows it."""
    chosen = _open(owner, Thread.waiting_since.is_not(None))
    return await _rows(system, chosen, Thread.due_on.is_(None), Thread.due_on, Thread.waiting_since)


async def answered(system: System, owner: str = "") -> list[Row]:
    """What is open and waits for nothing from us, the latest first; `owner` narrows it."""
    return await _rows(system, _open(owner, Thread.waiting_since.is_(None)), Thread.last_at.desc())


async def closed(system: System) -> list[Row]:
    """What was closed, the latest first."""
    return await _rows(system, Thread.closed_at.is_not(None), Thread.closed_at.desc())


def _open(owner: str, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(Thread.closed_at.is_(None), condition, Thread.owner == owner if owner else true())


async def _rows(system: System, chosen: ColumnElement[bool], *order: Any) -> list[Row]:
    query = (
        select(Thread, Patient, Service)
        .join(Patient, Patient.id == Thread.patient_id)
        .join(Service, Service.id == Thread.service_id)
        .where(chosen)
        .order_by(*order)
        .limit(SHOWN)
    )
    async with system.store.transaction() as session:
        return [Row(*found) for found in await session.execute(query)]
