"""The outbox: what must reach another system is written with the act itself, and crossed off on its receipt.

A row is claimed for a while (a lease), tried, and then completed, put off or given up. A worker that dies
lets go by the clock, so a row may be tried twice; its id is the idempotency key: once in effect.
"""

from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.services import access_log

_ERROR_LIMIT = 80


def enqueue(session: AsyncSession, kind: OutboxKind, subject_id: str, organisation_id: str) -> None:
    """Have the row `subject_id` delivered to an organisation, if and when this transaction commits."""
    now = clock.now()
    session.add(
        OutboxItem(
            kind=kind, subject_id=subject_id, organisation_id=organisation_id, next_at=now, created_at=now
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
        await _mark_failed(session, item, clock.now())


async def dead_items() -> list[OutboxItem]:
    """What was given up, oldest first: for an operator to look into."""
    given_up = select(OutboxItem).where(OutboxItem.status == OutboxStatus.DEAD)
    async with unit_of_work(reading=True) as session:
        return list(await session.exec(given_up.order_by(col(OutboxItem.created_at), col(OutboxItem.id))))


async def revive(item_id: str) -> None:
    """Try a row that was given up once more, at once; raises NotFoundError for any other."""
    async with unit_of_work() as session:
        item = await _locked(session, item_id)
        if item.status is not OutboxStatus.DEAD:
            raise NotFoundError
        item.status, item.next_at = OutboxStatus.PENDING, clock.now()
        # The time it may take counts from here: otherwise one more failure would end it at once.
        item.created_at, item.attempts = item.next_at, 0
        session.add(item)
        await _mark_failed(session, item, None)


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
    message = await _message(session, item)
    if message is not None:
        message.failed_at = at
        session.add(message)
        mark_changed(session, message.person_id)
