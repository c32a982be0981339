"""Notices about visits: one of each kind a visit, until its reader has looked at the agenda."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import NoticeKind, NoticeStatus
from digihelse_app.models.notice import Notice
from digihelse_app.models.visit import Visit, VisitReading
from digihelse_app.outside import clock
from digihelse_app.services import notice_recipients, notices

KINDS = frozenset({NoticeKind.VISIT_CHANGED, NoticeKind.VISIT_MISSED, NoticeKind.CANCEL_ANSWERED})
"""What is seen in the agenda, and so not told of any more when its reader has looked there."""
_UNDER_WAY_OR_SENT = (NoticeStatus.PENDING, NoticeStatus.SENT)


async def notify_visit(
    session: AsyncSession, kind: NoticeKind, person_id: str, visit_id: str, period_id: str | None = None
) -> None:
    """Have the recipients told of a visit of the person's, in the transaction of what happened to it.

    What was asked for at once (`period_id`) is told of once. Nobody is told of what is kept from her.
    """
    visit, subject_id = await session.get_one(Visit, visit_id), period_id or visit_id
    for recipient_id in await notice_recipients.of_visit(session, visit):
        if not await is_told(session, kind, recipient_id, person_id, subject_id, _UNDER_WAY_OR_SENT):
            notices.add(session, kind, recipient_id, person_id, subject_id, clock.now())


async def is_told(
    session: AsyncSession,
    kind: NoticeKind,
    recipient_id: str,
    person_id: str,
    subject_id: str,
    standings: Sequence[NoticeStatus],
) -> bool:
    """Whether there is such a notice, of one of these standings, since the recipient looked at the agenda."""
    query = select(Notice.id).where(
        Notice.recipient_id == recipient_id,
        Notice.subject_id == subject_id,
        Notice.kind == kind,
        col(Notice.status).in_(standings),
    )
    reading = await session.get(VisitReading, (person_id, recipient_id))
    if reading is not None:
        query = query.where(Notice.created_at > reading.seen_until)
    return (await session.exec(query.limit(1))).first() is not None


async def is_seen(session: AsyncSession, notice: Notice) -> bool:
    """Whether its recipient has looked at the agenda since it was written."""
    reading = await session.get(VisitReading, (notice.person_id, notice.recipient_id))
    return reading is not None and reading.seen_until >= notice.created_at
