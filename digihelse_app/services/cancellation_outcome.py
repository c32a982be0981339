"""What became of handing a request to cancel over: decided by its outbox row, told to the one who asked.

That it was received is told by the delivery itself, which knows what was sent (`outgoing_cancellations`).
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import OutboxKind, OutboxStatus
from digihelse_app.models.database import mark_changed
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.visit import Cancellation
from digihelse_app.outside import clock


async def follow(session: AsyncSession, item: OutboxItem) -> None:
    """Let a request be given up, or on its way again, as its outbox row has become."""
    if item.kind is not OutboxKind.CANCELLATION or item.status is OutboxStatus.DONE:
        return
    asked = await session.get_one(Cancellation, item.subject_id, with_for_update=True)
    if asked.delivered_version >= asked.version:
        return
    asked.failed_at = clock.now() if item.status is OutboxStatus.DEAD else None
    session.add(asked)
    mark_changed(session, asked.person_id)
