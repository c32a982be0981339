"""Finds the visits that did not come as planned: late beyond their time, and not registered as done."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from digihelse_app.models.codes import COMING, CancellationStatus, NoticeKind
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside import clock
from digihelse_app.services import visit_notices

LOOKS_BACK = timedelta(hours=48)
"""A visit that ended longer ago is history: nobody is told of it after a day on which nothing ran."""
_BATCH = 100

Query = SelectOfScalar[Visit]
Mark = Callable[[AsyncSession, Visit], Awaitable[None]]


async def find_late() -> int:
    """Mark what is late or missed by now, each once, and have people told; gives how many marks were set.

    Late: its time is over, and it has neither begun nor been done. Missed: the service's
    `missed_after_minutes` have gone by too, and it is not registered as done. A visit whose cancelling was
    granted is neither. Harmless when several workers do it at once.
    """
    now = clock.now()
    late = select(Visit).where(col(Visit.late_at).is_(None), col(Visit.begun_at).is_(None))
    marked = await _mark_all(_over(late, now, now), _mark_late)
    for minutes in await _delays():
        services = select(CareService.id).where(CareService.missed_after_minutes == minutes)
        missed = select(Visit).where(col(Visit.missed_at).is_(None), col(Visit.service_id).in_(services))
        marked += await _mark_all(_over(missed, now, now - timedelta(minutes=minutes)), _mark_missed)
    return marked


def _over(query: Query, now: datetime, ended_by: datetime) -> Query:
    """Of the query's visits those that were to end by then, and are neither done nor cancelled."""
    granted = select(Cancellation.id).where(
        Cancellation.visit_id == Visit.id, Cancellation.status == CancellationStatus.ACCEPTED
    )
    return query.where(
        col(Visit.status).in_(COMING),
        col(Visit.done_at).is_(None),
        col(Visit.ends_at) <= ended_by,
        col(Visit.ends_at) > now - LOOKS_BACK,
        ~granted.exists(),
    ).order_by(col(Visit.ends_at), col(Visit.id))


async def _delays() -> Sequence[int]:
    """The delays that services have: a handful."""
    async with unit_of_work(reading=True) as session:
        return (await session.exec(select(CareService.missed_after_minutes).distinct())).all()


async def _mark_all(query: Query, mark: Mark) -> int:
    """Mark every visit that the query finds, a batch at a time; what another worker holds is left to it."""
    marked, batch = 0, _BATCH
    while batch == _BATCH:
        async with unit_of_work() as session:
            locked = query.limit(_BATCH).with_for_update(skip_locked=True)
            visits = (await session.exec(locked)).all()
            for visit in visits:
                await mark(session, visit)
                session.add(visit)
                mark_changed(session, visit.person_id)
        batch = len(visits)
        marked += batch
    return marked


async def _mark_late(_session: AsyncSession, visit: Visit) -> None:
    visit.late_at = clock.now()


async def _mark_missed(session: AsyncSession, visit: Visit) -> None:
    visit.missed_at = clock.now()
    await visit_notices.notify_visit(session, NoticeKind.VISIT_MISSED, visit.person_id, visit.id)
