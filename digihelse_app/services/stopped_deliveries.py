"""What a record system did not get, for its operator: which, and once more."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.services import access_log, delivery


@dataclass(frozen=True, slots=True)
class StoppedDelivery:
    """A message that was given up, without what it says; times are UTC, `reason` is a code."""

    id: str
    message_id: str
    written_at: datetime
    stopped_at: datetime
    attempts: int
    reason: str


async def stopped(organisation_id: str, limit: int) -> list[StoppedDelivery]:
    """What this organisation's record system did not get, the oldest first: for its operator."""
    query = (
        select(OutboxItem, Message)
        .join(Message, col(Message.id) == col(OutboxItem.subject_id))
        .where(
            OutboxItem.organisation_id == organisation_id,
            OutboxItem.kind == OutboxKind.MESSAGE,
            OutboxItem.status == OutboxStatus.DEAD,
        )
        .order_by(col(OutboxItem.created_at), col(OutboxItem.id))
        .limit(limit)
    )
    async with unit_of_work() as session:
        rows = (await session.exec(query)).all()
        for person_id in {message.person_id for _, message in rows} or {None}:
            access_log.record_organisation(
                session,
                organisation_id,
                LogAction.DELIVERIES_READ,
                represented_id=person_id,
                object_type="Message",
            )
    return [_stopped(item, message) for item, message in rows]


def _stopped(item: OutboxItem, message: Message) -> StoppedDelivery:
    stopped_at = message.failed_at or item.next_at
    return StoppedDelivery(item.id, message.id, message.sent_at, stopped_at, item.attempts, item.last_error)


async def retry(organisation_id: str, item_id: str) -> OutboxStatus:
    """Try a message of this organisation's that was given up once more, at once; how it stands now.

    What is on its way or has arrived is left as it is. Raises NotFoundError for any other.
    """
    async with unit_of_work() as session:
        item = await delivery.locked(session, item_id)
        if item.organisation_id != organisation_id or item.kind is not OutboxKind.MESSAGE:
            raise NotFoundError
        message = await session.get_one(Message, item.subject_id)
        if await delivery.revive_item(session, item):
            access_log.record_organisation(
                session,
                organisation_id,
                LogAction.DELIVERY_RETRY,
                represented_id=message.person_id,
                object_type="Message",
                object_id=message.id,
            )
        return item.status
