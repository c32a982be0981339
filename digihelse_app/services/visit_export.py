"""A visit to take along in one's own calendar, as a file."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import CancellationStatus, LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.visit import Cancellation, Visit, VisitChange
from digihelse_app.services import access_log, visit_calendar
from digihelse_app.services.visit_calendar import Entry
from digihelse_app.services.visits import visit_of


async def export(acting: ActingContext, visit_id: str, language: str) -> str:
    """One visit of the represented person's as a text/calendar document. Raises NotFoundError."""
    acting.require(Permission.SEE_VISITS)
    async with unit_of_work() as session:
        visit = await visit_of(session, acting, visit_id)
        access_log.record(session, acting, LogAction.VISIT_CALENDAR, "Visit", visit.id)
        return visit_calendar.document(await entries(session, [visit]), language)


async def entries(session: AsyncSession, visits: Sequence[Visit]) -> list[Entry]:
    """What a calendar is told of the visits, in their order; two queries however many they are."""
    ids = [visit.id for visit in visits]
    granted = select(Cancellation).where(
        col(Cancellation.visit_id).in_(ids), Cancellation.status == CancellationStatus.ACCEPTED
    )
    granted_at = {
        row.visit_id: row.answered_at or row.requested_at
        for row in await session.exec(granted.order_by(col(Cancellation.requested_at)))
    }
    changes: dict[str, list[VisitChange]] = defaultdict(list)
    for change in await session.exec(select(VisitChange).where(col(VisitChange.visit_id).in_(ids))):
        changes[change.visit_id].append(change)
    return [visit_calendar.entry(visit, changes[visit.id], granted_at.get(visit.id)) for visit in visits]
