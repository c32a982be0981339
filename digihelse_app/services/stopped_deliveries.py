"""What a record system did not get, for its operator: which, and once more."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.visit import Cancellation
from digihelse_app.services import access_log, delivery

_SUBJECTS: dict[OutboxKind, type[Message | Cancellation]] = {
    OutboxKind.MESSAGE: Message,
    OutboxKind.CANCELLATION: Cancellation,
}


@dataclass(frozen=True, slots=True)
class StoppedDelivery:
    """What was given up, without what it says; times are UTC, `reason` is a code.

    `subject_id` is the message's id, or the request's to cancel a visit.
    """

    id: str
    kind: OutboxKind
    subject_id: str
    written_at: datetime
    stopped_at: datetime
    attempts: int
    reason: str


async def stopped(organisation_id: str, limit: int) -> list[StoppedDelivery]:
    """What this organisation's record system did not get, the oldest first: for its operator."""
    query = (
        select(OutboxItem)
        .where(
            OutboxItem.organisation_id == organisation_id,
            col(OutboxItem.kind).in_(_SUBJECTS),
            OutboxItem.status == OutboxStatus.DEAD,
        )
        .order_by(col(OutboxItem.created_at), col(OutboxItem.id))
        .limit(limit)
    )
    async with unit_of_work() as session:
        items = (await session.exec(query)).all()
        subjects = [await _subject(session, item) for item in items]
        read = {(subject.person_id, type(subject).__name__) for subject in subjects}
        for person_id, object_type in read or {(None, "Message")}:
            access_log.record_organisation(
                session,
                organisation_id,
                LogAction.DELIVERIES_READ,
                represented_id=person_id,
                object_type=object_type,
            )
    return [_stopped(item, subject) for item, subject in zip(items, subjects, strict=True)]


async def _subject(session: AsyncSession, item: OutboxItem) -> Message | Cancellation:
    return await session.get_one(_SUBJECTS[item.kind], item.subject_id)


def _stopped(item: OutboxItem, subject: Message | Cancellation) -> StoppedDelivery:
    written_at = subject.sent_at if isinstance(subject, Message) else subject.requested_at
    stopped_at = subject.failed_at or item.next_at
    return StoppedDelivery(
        item.id, item.kind, subject.id, written_at, stopped_at, item.attempts, item.last_error
    )


async def retry(organisation_id: str, item_id: str) -> OutboxStatus:
    """Try something of this organisation's that was given up once more, at once; how it stands now.

    What is on its way or has arrived is left as it is. Raises NotFoundError for any other.
    """
    async with unit_of_work() as session:
        item = await delivery.locked(session, item_id)
        if item.organisation_id != organisation_id or item.kind not in _SUBJECTS:
            raise NotFoundError
        subject = await _subject(session, item)
        if await delivery.revive_item(session, item):
            access_log.record_organisation(
                session,
                organisation_id,
                LogAction.DELIVERY_RETRY,
                represented_id=subject.person_id,
                object_type=type(subject).__name__,
                object_id=subject.id,
            )
        return item.status
