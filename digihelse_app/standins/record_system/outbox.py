"""The way out: what the service wrote is kept until Digihelse has taken it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from digihelse_app.standins.record_system import faults
from digihelse_app.standins.record_system.digihelse import (
    BATCH,
    TRANSACTION,
    RefusedError,
    UnavailableError,
    is_later,
    is_taken,
)
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Outgoing

PENDING = "pending"
DELIVERED = "delivered"
REFUSED = "refused"
CLAIMED_FOR = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=5)
VISIT = "visit/"
TOGETHER = 100


def queue(session: AsyncSession, resource: dict[str, Any], order_key: str, now: datetime) -> None:
    """Put a resource in the way out, in the same transaction as what it tells of.

    It waits for what was queued earlier under the same `order_key`: a conversation's id, or VISIT and the
    visit's.
    """
    session.add(
        Outgoing(
            resource_type=resource["resourceType"],
            resource_id=resource["id"],
            order_key=order_key,
            body=resource,
            status=PENDING,
            next_attempt_at=now,
        )
    )


async def deliver_due(system: System) -> int:
    """Try everything that is due, oldest first; gives how many Digihelse took.

    Two faults are for seeing that Digihelse bears them: all twice, and the newest first.
    """
    on = await faults.switched_on(system)
    times = 2 if faults.DUPLICATES in on else 1
    delivered = 0
    while rows := await _claim(system, newest_first=faults.OUT_OF_ORDER in on):
        delivered += await _deliver_together(system, rows, times)
    return delivered


async def is_on_its_way(system: System, order_key: str) -> bool:
    """Whether something queued under `order_key` has been neither taken nor refused."""
    waiting = select(Outgoing.number).where(Outgoing.order_key == order_key, Outgoing.status == PENDING)
    async with system.store.transaction() as session:
        return bool(await session.scalar(select(waiting.exists())))


async def _claim(system: System, *, newest_first: bool) -> list[Outgoing]:
    """The next row, or of several visits the next one each, for they need not wait for each other.

    Moved into the future so that no other worker tries them at the same time.
    """
    now = system.now()
    due = select(Outgoing).where(Outgoing.status == PENDING, Outgoing.next_attempt_at <= now)
    if newest_first:
        due = due.order_by(Outgoing.number.desc())
    else:
        due = due.where(~_earlier_pending(Outgoing)).order_by(Outgoing.number)
    async with system.store.transaction() as session:
        rows = list(await session.scalars(due.limit(1).with_for_update(skip_locked=True)))
        if rows and not newest_first and rows[0].order_key.startswith(VISIT):
            of_visits = due.where(Outgoing.order_key.startswith(VISIT, autoescape=True))
            rows = list(await session.scalars(of_visits.limit(TOGETHER).with_for_update(skip_locked=True)))
        for row in rows:
            row.next_attempt_at = now + CLAIMED_FOR
            row.attempts += 1
        return rows


def _earlier_pending(row: type[Outgoing] | Outgoing) -> Exists:
    """Whether something earlier of the same conversation or visit has not been delivered."""
    earlier = aliased(Outgoing)
    return (
        select(earlier.number)
        .where(earlier.order_key == row.order_key, earlier.status == PENDING, earlier.number < row.number)
        .exists()
    )


async def _deliver_together(system: System, rows: list[Outgoing], times: int) -> int:
    """One goes by itself; several in one call: all of them, or each for itself when some are not taken."""
    if len(rows) == 1:
        return await _deliver(system, rows[0], times=times)
    try:
        answers = await _put_all(system, [row.body for row in rows])
        if times > 1:
            answers = await _put_all(system, [row.body for row in rows])
    except UnavailableError as failure:
        for row in rows:
            await _put_off(system, row, str(failure))
        return 0
    except RefusedError:
        return sum([await _deliver(system, row, times=times) for row in rows])
    return await _settle(system, rows, answers)


async def _put_all(system: System, bodies: list[dict[str, Any]]) -> list[int]:
    """The status each got."""
    try:
        return await system.digihelse.put_all(bodies, TRANSACTION)
    except RefusedError:
        return await system.digihelse.put_all(bodies, BATCH)


async def _settle(system: System, rows: list[Outgoing], answers: list[int]) -> int:
    """What each row's own answer makes of it; how many were taken."""
    taken = [row.number for row, status in zip(rows, answers, strict=True) if is_taken(status)]
    async with system.store.transaction() as session:
        await session.execute(
            update(Outgoing)
            .where(Outgoing.number.in_(taken))
            .values(status=DELIVERED, delivered_at=system.now(), failure="")
        )
    for row, status in zip(rows, answers, strict=True):
        if is_later(status):
            await _put_off(system, row, str(status))
        elif not is_taken(status):
            await _mark(system, row, status=REFUSED, failure=str(status))
    return len(taken)


async def _deliver(system: System, row: Outgoing, *, times: int) -> bool:
    try:
        for _ in range(times):
            await system.digihelse.put(row.body)
    except UnavailableError as failure:
        await _put_off(system, row, str(failure))
        return False
    except RefusedError as failure:
        if await _builds_on_something_pending(system, row):
            await _put_off(system, row, str(failure.status))
        else:
            await _mark(system, row, status=REFUSED, failure=str(failure.status))
        return False
    await _mark(system, row, status=DELIVERED, delivered_at=system.now(), failure="")
    return True


async def _builds_on_something_pending(system: System, row: Outgoing) -> bool:
    """A refusal says nothing final while what the resource refers to may be missing."""
    async with system.store.transaction() as session:
        return bool(await session.scalar(select(_earlier_pending(row))))


async def _put_off(system: System, row: Outgoing, failure: str) -> None:
    wait = min(timedelta(seconds=2**row.attempts), LONGEST_WAIT)
    await _mark(system, row, next_attempt_at=system.now() + wait, failure=failure)


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
