"""What became of a message to a record system: decided by its outbox row, told to the one who wrote it."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import mark_changed
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.services import access_log, reply_promise


async def follow(session: AsyncSession, item: OutboxItem) -> None:
    """Let a message be what its outbox row has become: delivered, given up, or on its way again."""
    if item.kind is not OutboxKind.MESSAGE:
        return
    if item.status is OutboxStatus.DONE:
        await _deliver(session, item)
    else:
        await _mark_failed(session, item, clock.now() if item.status is OutboxStatus.DEAD else None)


async def _deliver(session: AsyncSession, item: OutboxItem) -> None:
    message = await session.get(Message, item.subject_id, with_for_update=True)
    if message is None or message.delivered_at is not None or item.organisation_id is None:
        return
    message.delivered_at, message.failed_at = item.done_at, None
    session.add(message)
    mark_changed(session, message.person_id)
    access_log.record_organisation(
        session,
        item.organisation_id,
        LogAction.MESSAGE_DELIVER,
        represented_id=message.person_id,
        object_type="Message",
        object_id=message.id,
    )


async def _mark_failed(session: AsyncSession, item: OutboxItem, at: datetime | None) -> None:
    message = await session.get_one(Message, item.subject_id)
    # The conversation before its messages, as when an answer comes: neither may wait for the other.
    thread = await session.get_one(Thread, message.thread_id, with_for_update=True)
    await session.refresh(message, with_for_update=True)
    message.failed_at = at
    session.add(message)
    await session.flush()
    await reply_promise.settle(session, thread)
    mark_changed(session, message.person_id)
