"""Having people told that something came of a visit."""

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import NoticeKind
from digihelse_app.outside import clock
from digihelse_app.services import notices


async def notify_visit(session: AsyncSession, kind: NoticeKind, person_id: str, visit_id: str) -> None:
    """Have those told who are told of what comes to `person_id`, in the transaction of what happened."""
    for recipient_id in await notices.recipients(session, person_id):
        notices.add(session, kind, recipient_id, person_id, visit_id, clock.now())
