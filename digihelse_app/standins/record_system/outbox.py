"""The way out: what the service wrote is kept until Digihelse has taken it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from digihelse_app.standins.record_system.digihelse import RefusedError, UnavailableError
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Outgoing

PENDING = "pending"
DELIVERED = "delivered"
REFUSED = "refused"
CLAIMED_FOR = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=5)


def queue(session: AsyncSession, resource: dict[str, Any], thread_id: str, now: datetime) -> None:
    """Put a resource in the way out, in the same transaction as what it tells of."""
    session.add(
        Outgoing(
            resource_id=resource["id"],
            thread_id=thread_id,
            body=resource,
            status=PENDING,
            next_attempt_at=now,
        )
    )


async def deliver_due(system: System) -> int:
    """Try everything that is due, oldest first; gives how many Digihelse took."""
    delivered = 0
    while (row := await _claim(system)) is not None:
        delivered += await _deliver(system, row)
    return delivered


async def _claim(system: System) -> Outgoing | None:
    """The next row, moved into the future so that no other worker tries it at the same time."""
    now = system.now()
    earlier = aliased(Outgoing)
    must_wait = (
        select(earlier.number)
        .where(
            earlier.thread_id == Outgoing.thread_id,
            earlier.status == PENDING,
            earlier.number < Outgoing.number,
        )
        .exists()
    )
    due = select(Outgoing).where(Outgoing.status == PENDING, Outgoing.next_attempt_at <= now, ~must_wait)
    async with system.store.transaction() as session:
        row = await session.scalar(due.order_by(Outgoing.number).limit(1).with_for_update(skip_locked=True))
        if row is not None:
            row.next_attempt_at = now + CLAIMED_FOR
            row.attempts += 1
        return row


async def _deliver(system: System, row: Outgoing) -> bool:
    try:
        await system.digihelse.put(row.body)
    except UnavailableError as failure:
        wait = min(timedelta(seconds=2**row.attempts), LONGEST_WAIT)
        await _mark(system, row, next_attempt_at=system.now() + wait, failure=str(failure))
        return False
    except RefusedError as failure:
        await _mark(system, row, status=REFUSED, failure=str(failure.status))
        return False
    await _mark(system, row, status=DELIVERED, delivered_at=system.now(), failure="")
    return True


async def _mark(system: System, row: Outgoing, **values: Any) -> None:
    async with system.store.transaction() as session:
        await session.execute(update(Outgoing).where(Outgoing.number == row.number).values(**values))


async def try_again(system: System) -> None:
    """Everything that is waiting or was refused is due now."""
    async with system.store.transaction() as session:
        await session.execute(
            update(Outgoing)
            .where(Outgoing.status.in_((PENDING, REFUSED)))
            .values(status=PENDING, next_attempt_at=system.now())
        )
    system.something_to_deliver.set()
