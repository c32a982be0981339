"""What became of a notice: decided by its outbox row, told in the access log."""

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import LogAction, NoticeStatus, OutboxKind, OutboxStatus
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.services import access_log

_REASON_LIMIT = 40
_OUTCOMES = {
    OutboxStatus.PENDING: NoticeStatus.PENDING,
    OutboxStatus.DONE: NoticeStatus.SENT,
    OutboxStatus.DEAD: NoticeStatus.FAILED,
}


async def follow(session: AsyncSession, item: OutboxItem) -> None:
    """Let a notice be what its outbox row has become; one that was suppressed stays so. Sent is logged."""
    if item.kind is not OutboxKind.NOTICE:
        return
    notice = await session.get_one(Notice, item.subject_id, with_for_update=True)
    if notice.status is NoticeStatus.SUPPRESSED:
        return
    notice.status = _OUTCOMES[item.status]
    notice.reason, notice.done_at = item.last_error[:_REASON_LIMIT], item.done_at
    session.add(notice)
    if notice.status is NoticeStatus.SENT:
        access_log.record_system(session, LogAction.NOTICE_SEND, notice.recipient_id, "Notice", notice.id)
