"""The outbox: what must reach another system is written with the act itself, and crossed off on its receipt.

A row is claimed for a while (a lease), tried, and then completed, put off or given up. A worker that dies
lets go by the clock, so a row may be tried twice; its id is the idempotency key: once in effect.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.services import access_log, notice_outcome, reply_promise

_ERROR_LIMIT = 80


def enqueue(
    session: AsyncSession,
    kind: OutboxKind,
    subject_id: str,
    organisation_id: str | None = None,
    *,
    at: datetime | None = None,
) -> None:
    """Have the row `subject_id` delivered, if and when this transaction commits, and not before `at` (UTC).

    A message goes to an organisation, a notice to a person.
    """
    now = clock.now()
    session.add(
        OutboxItem(
            kind=kind,
            subject_id=subject_id,
            organisation_id=organisation_id,
            next_at=at or now,
            created_at=now,
        )
    )


async def claim_due(limit: int, lease: timedelta) -> list[OutboxItem]:
    """At most `limit` rows that are due, longest waiting first, for the caller alone until the lease is out.

    Each claim counts as an attempt, so that one which kills its worker is counted too.
    """
    now = clock.now()
    due = (
        select(OutboxItem)
        .where(
            OutboxItem.status == OutboxStatus.PENDING,
            OutboxItem.next_at <= now,
            or_(col(OutboxItem.claimed_until).is_(None), col(OutboxItem.claimed_until) <= now),
        )
        .order_by(col(OutboxItem.next_at), col(OutboxItem.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    async with unit_of_work() as session:
        items = list(await session.exec(due))
        for item in items:
            item.attempts += 1
            item.claimed_until = now + lease
            session.add(item)
    return items


async def complete(claimed: OutboxItem) -> None:
    """The receiver has it. Also true when the lease ran out meanwhile: a receipt is a receipt."""
    async with unit_of_work() as session:
        item = await _locked(session, claimed.id)
        if item.status is OutboxStatus.DONE:
            return
        item.status, item.done_at, item.claimed_until, item.last_error = (
            OutboxStatus.DONE,
            clock.now(),
            None,
            "",
        )
        session.add(item)
        await notice_outcome.follow(session, item)
        message = await _message(session, item)
        if message is not None and message.delivered_at is None and item.organisation_id is not None:
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


async def retry_later(claimed: OutboxItem, reason: str, at: datetime) -> None:
    """Not delivered: try again at the instant `at` (UTC). `reason` is a code, never a text from outside."""
    async with unit_of_work() as session:
        item = await _locked(session, claimed.id)
        if not _still_claimed(item, claimed):
            return
        item.next_at, item.claimed_until, item.last_error = at, None, reason[:_ERROR_LIMIT]
        session.add(item)


async def give_up(claimed: OutboxItem, reason: str) -> None:
    """Not delivered and not to be tried again, until an operator says so: the sender is told."""
    async with unit_of_work() as session:
        item = await _locked(session, claimed.id)
        if not _still_claimed(item, claimed):
            return
        item.status, item.claimed_until, item.last_error = OutboxStatus.DEAD, None, reason[:_ERROR_LIMIT]
        session.add(item)
        await notice_outcome.follow(session, item)
        await _mark_failed(session, item, clock.now())


async def dead_items() -> list[OutboxItem]:
    """What was given up, oldest first: for an operator to look into."""
    given_up = select(OutboxItem).where(OutboxItem.status == OutboxStatus.DEAD)
    async with unit_of_work(reading=True) as session:
        return list(await session.exec(given_up.order_by(col(OutboxItem.created_at), col(OutboxItem.id))))


async def revive(item_id: str) -> None:
    """Try a row that was given up once more, at once; raises NotFoundError for any other."""
    async with unit_of_work() as session:
        if not await _revive(session, await _locked(session, item_id)):
            raise NotFoundError


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
        item = await _locked(session, item_id)
        if item.organisation_id != organisation_id or item.kind is not OutboxKind.MESSAGE:
            raise NotFoundError
        message = await session.get_one(Message, item.subject_id)
        if await _revive(session, item):
            access_log.record_organisation(
                session,
                organisation_id,
                LogAction.DELIVERY_RETRY,
                represented_id=message.person_id,
                object_type="Message",
                object_id=message.id,
            )
        return item.status


async def revive_message(session: AsyncSession, message_id: str) -> bool:
    """Try a message that was given up once more, at once; whether it had been given up."""
    query = select(OutboxItem).where(
        OutboxItem.subject_id == message_id, OutboxItem.kind == OutboxKind.MESSAGE
    )
    item = (await session.exec(query.with_for_update())).one_or_none()
    return item is not None and await _revive(session, item)


async def _revive(session: AsyncSession, item: OutboxItem) -> bool:
    """The same row, and so the same key to the receiver. The row is locked."""
    if item.status is not OutboxStatus.DEAD:
        return False
    item.status, item.next_at = OutboxStatus.PENDING, clock.now()
    # The time it may take counts from here: otherwise one more failure would end it at once.
    item.created_at, item.attempts = item.next_at, 0
    session.add(item)
    await notice_outcome.follow(session, item)
    await _mark_failed(session, item, None)
    return True


async def _locked(session: AsyncSession, item_id: str) -> OutboxItem:
    item = await session.get(OutboxItem, item_id, with_for_update=True)
    if item is None:
        raise NotFoundError
    return item


def _still_claimed(item: OutboxItem, claimed: OutboxItem) -> bool:
    """Whether the row is as it was claimed; not when the lease ran out and another worker took it."""
    return item.status is OutboxStatus.PENDING and item.attempts == claimed.attempts


async def _message(session: AsyncSession, item: OutboxItem) -> Message | None:
    if item.kind is not OutboxKind.MESSAGE:
        return None
    return await session.get(Message, item.subject_id, with_for_update=True)


async def _mark_failed(session: AsyncSession, item: OutboxItem, at: datetime | None) -> None:
    if item.kind is not OutboxKind.MESSAGE:
        return
    message = await session.get_one(Message, item.subject_id)
    # The conversation before its messages, as when an answer comes: neither may wait for the other.
    thread = await session.get_one(Thread, message.thread_id, with_for_update=True)
    await session.refresh(message, with_for_update=True)
    message.failed_at = at
    session.add(message)
    await session.flush()
    await reply_promise.settle(session, thread)
    mark_changed(session, message.person_id)
