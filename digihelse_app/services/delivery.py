"""The outbox: what must reach another system is written with the act itself, and crossed off on its receipt.

A row is claimed for a while (a lease), tried, and then completed, put off or given up. A worker that dies
lets go by the clock, so a row may be tried twice; its id is the idempotency key: once in effect.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import OutboxKind, OutboxStatus
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.services import (
    cancellation_outcome,
    delegation_outcome,
    message_outcome,
    notice_outcome,
)

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
        item = await locked(session, claimed.id)
        if item.status is OutboxStatus.DONE:
            return
        item.status, item.done_at, item.claimed_until, item.last_error = (
            OutboxStatus.DONE,
            clock.now(),
            None,
            "",
        )
        session.add(item)
        await _follow(session, item)


async def retry_later(claimed: OutboxItem, reason: str, at: datetime) -> None:
    """Not delivered: try again at the instant `at` (UTC). `reason` is a code, never a text from outside."""
    async with unit_of_work() as session:
        item = await locked(session, claimed.id)
        if not _still_claimed(item, claimed):
            return
        item.next_at, item.claimed_until, item.last_error = at, None, reason[:_ERROR_LIMIT]
        session.add(item)


async def let_go(claimed: Sequence[OutboxItem]) -> None:
    """Not tried to the end: whoever comes next may have them at once."""
    if not claimed:
        return
    async with unit_of_work() as session:
        for one in sorted(claimed, key=lambda each: each.id):
            item = await locked(session, one.id)
            if _still_claimed(item, one):
                item.claimed_until = None
                session.add(item)


async def give_up(claimed: OutboxItem, reason: str) -> None:
    """Not delivered and not to be tried again, until an operator says so: the sender is told."""
    async with unit_of_work() as session:
        item = await locked(session, claimed.id)
        if not _still_claimed(item, claimed):
            return
        item.status, item.claimed_until, item.last_error = OutboxStatus.DEAD, None, reason[:_ERROR_LIMIT]
        session.add(item)
        await _follow(session, item)


async def dead_items() -> list[OutboxItem]:
    """What was given up, oldest first: for an operator to look into."""
    given_up = select(OutboxItem).where(OutboxItem.status == OutboxStatus.DEAD)
    async with unit_of_work(reading=True) as session:
        return list(await session.exec(given_up.order_by(col(OutboxItem.created_at), col(OutboxItem.id))))


async def revive(item_id: str) -> None:
    """Try a row that was given up once more, at once; raises NotFoundError for any other."""
    async with unit_of_work() as session:
        if not await revive_item(session, await locked(session, item_id)):
            raise NotFoundError


async def revive_all(session: AsyncSession, kind: OutboxKind, subject_id: str) -> bool:
    """Try all that was given up of one message or request once more, at once; whether anything had been."""
    given_up = select(OutboxItem).where(
        OutboxItem.subject_id == subject_id, OutboxItem.kind == kind, OutboxItem.status == OutboxStatus.DEAD
    )
    items = list(await session.exec(given_up.order_by(col(OutboxItem.id)).with_for_update()))
    for item in items:
        await revive_item(session, item)
    return bool(items)


async def revive_item(session: AsyncSession, item: OutboxItem) -> bool:
    """Try the row (which is locked) once more, at once, if it was given up; whether it had been.

    It is the same row, and so the same key to the receiver.
    """
    if item.status is not OutboxStatus.DEAD:
        return False
    item.status, item.next_at = OutboxStatus.PENDING, clock.now()
    # The time it may take counts from here: otherwise one more failure would end it at once.
    item.created_at, item.attempts = item.next_at, 0
    session.add(item)
    await _follow(session, item)
    return True


async def locked(session: AsyncSession, item_id: str) -> OutboxItem:
    """The row, locked for a change; raises NotFoundError when there is no such."""
    item = await session.get(OutboxItem, item_id, with_for_update=True)
    if item is None:
        raise NotFoundError
    return item


def _still_claimed(item: OutboxItem, claimed: OutboxItem) -> bool:
    """Whether the row is as it was claimed; not when the lease ran out and another worker took it."""
    return item.status is OutboxStatus.PENDING and item.attempts == claimed.attempts


async def _follow(session: AsyncSession, item: OutboxItem) -> None:
    """Let what the row delivers be what the row has become."""
    for outcome in (message_outcome, cancellation_outcome, delegation_outcome, notice_outcome):
        await outcome.follow(session, item)
