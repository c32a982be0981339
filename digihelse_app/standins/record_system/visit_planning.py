"""Planning visits: one, or one on each of some weekdays for some weeks."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select

from digihelse_app.standins.record_system import visit_telling
from digihelse_app.standins.record_system.schedule import OSLO
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Care, Patient, Service
from digihelse_app.standins.record_system.visit_tables import Visit, VisitState

LONGEST_WEEKS = 26


@dataclass(frozen=True)
class Hours:
    """From when to when a visit is, in Europe/Oslo; past midnight when the end is not later."""

    start: time
    end: time
    is_window: bool = True

    def on(self, day: date) -> tuple[datetime, datetime]:
        """The two moments of a visit on `day`, in UTC."""
        ends_on = day if self.end > self.start else day + timedelta(days=1)
        start = datetime.combine(day, self.start, OSLO).astimezone(UTC)
        return start, datetime.combine(ends_on, self.end, OSLO).astimezone(UTC)


@dataclass(frozen=True)
class Plan:
    """What is planned, for whom; fields as in `visit_tables.Visit`."""

    patient_id: str
    service_id: str
    title: str
    hours: Hours
    instruction: str = ""
    role: str = ""
    carer: str = ""
    essential: bool = False
    cancel_right: str = ""


@dataclass(frozen=True)
class Went:
    """How a visit went that was over before it was written in: by whom, when, or why it was not (7621)."""

    carer: str = ""
    begun_at: datetime | None = None
    done_at: datetime | None = None
    cancel_reason: str = ""


def occurrences(first: date, weekdays: Sequence[int], weeks: int) -> list[date]:
    """The days of a series (Monday is 0) in the `weeks` from `first` on; without weekdays `first` alone."""
    if not weekdays or weeks < 1:
        return [first]
    days = (first + timedelta(days=ahead) for ahead in range(7 * min(weeks, LONGEST_WEEKS)))
    return [day for day in days if day.weekday() in weekdays]


async def receivers(system: System) -> list[tuple[Patient, Service]]:
    """Whom one can plan for, and in which service: who receives one that has visits, by name."""
    today = system.today()
    query = (
        select(Patient, Service)
        .join(Care, Care.patient_id == Patient.id)
        .join(Service, Service.id == Care.service_id)
        .where(Service.shows_visits.is_(True), Care.until.is_(None) | (Care.until > today))
        .order_by(Patient.name, Service.name)
    )
    async with system.store.transaction() as session:
        return [(patient, service) for patient, service in await session.execute(query)]


async def plan(
    system: System, planned: Plan, days: Sequence[date], went: dict[date, Went] | None = None
) -> list[str]:
    """Plan a visit on each of the days (Europe/Oslo), as a series when they are several; their ids in order.

    `went` is for days that are over: how it went then.
    """
    series = str(uuid.uuid4()) if len(days) > 1 else ""
    visits = [_visit(planned, day, series, (went or {}).get(day)) for day in days]
    async with system.store.transaction() as session:
        session.add_all(visits)
        # Held on to, so that the session knows them for every visit without asking again.
        _ = await session.get(Patient, planned.patient_id), await session.get(Service, planned.service_id)
        for visit in visits:
            await visit_telling.tell_plan(session, system, visit)
            await visit_telling.tell_progress(session, system, visit)
    system.something_to_deliver.set()
    return [visit.id for visit in visits]


def _visit(planned: Plan, day: date, series: str, went: Went | None) -> Visit:
    starts_at, ends_at = planned.hours.on(day)
    visit = Visit(
        id=str(uuid.uuid4()),
        patient_id=planned.patient_id,
        service_id=planned.service_id,
        series_id=series,
        title=planned.title,
        instruction=planned.instruction,
        starts_at=starts_at,
        ends_at=ends_at,
        is_window=planned.hours.is_window,
        role=planned.role,
        carer=planned.carer,
        essential=planned.essential,
        cancel_right=planned.cancel_right,
        status=VisitState.PLANNED,
        cancel_reason="",
    )
    if went is not None:
        visit.carer = went.carer or planned.carer
        visit.begun_at, visit.done_at = went.begun_at, went.done_at
        visit.status = VisitState.CANCELLED if went.cancel_reason else VisitState.DONE
        visit.cancel_reason = went.cancel_reason
    return visit
