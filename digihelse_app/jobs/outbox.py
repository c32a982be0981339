"""The dispatcher: delivers what waits in the outbox, as soon as it is written and until it is received."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from digihelse_app.models.codes import OutboxKind
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.outside.record_system import RefusedError, UnavailableError
from digihelse_app.services import delivery

logger = logging.getLogger(__name__)

Deliver = Callable[[OutboxItem], Awaitable[None]]
"""Hands a row over; returning is the receipt. Raises UnavailableError (try later) or RefusedError (never)."""

FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 600.0
GIVE_UP_AFTER = timedelta(hours=24)
"""A receiver may be down for a night and a morning; after a day the sender is told to call instead."""


def back_off(attempts: int, chance: float) -> float:
    """Seconds to wait after `attempts` failed tries: doubling from 2, at most 10 minutes.

    `chance` (0 to 1) spreads the upper half, so that what failed together does not come back together.
    """
    longest = min(FIRST_WAIT_SECONDS * 2 ** min(attempts - 1, 30), LONGEST_WAIT_SECONDS)
    return longest * (1 + chance) / 2


class Dispatcher:
    """Claims due rows and delivers up to `at_once` of them side by side. Any number may run at once.

    A delivery has half the `lease` to finish, so that nobody else has the row meanwhile.
    """

    def __init__(
        self,
        deliver: Mapping[OutboxKind, Deliver],
        *,
        at_once: int = 8,
        lease: timedelta = timedelta(minutes=2),
        poll_seconds: float = 5.0,
        stop_seconds: float = 10.0,
    ) -> None:
        self._deliver = deliver
        self._at_once = at_once
        self._lease = lease
        self._poll_seconds = poll_seconds
        self._stop_seconds = stop_seconds
        self._woken = asyncio.Event()
        self._under_way: dict[asyncio.Task[None], OutboxItem] = {}

    def wake(self) -> None:
        """Look at once: something was written. Not needed for correctness, only for speed."""
        self._woken.set()

    async def people_changed(self, _person_ids: set[str]) -> None:
        """A commit listener (`models.database.on_commit`): there may be something to deliver."""
        self.wake()

    async def run(self) -> None:
        """Deliver until cancelled; then claim no more, and give what is under way a little time to end."""
        try:
            while True:
                self._woken.clear()
                await self._start_due()
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_seconds):
                        await self._woken.wait()
        finally:
            await self._finish()

    async def dispatch_due(self) -> int:
        """Deliver what is due now, and wait for it; how many rows were tried."""
        tried = 0
        while claimed := await delivery.claim_due(self._at_once, self._lease):
            await asyncio.gather(*map(self._try, claimed))
            tried += len(claimed)
        return tried

    async def _start_due(self) -> None:
        free = self._at_once - len(self._under_way)
        if not free:
            return
        claiming = asyncio.create_task(delivery.claim_due(free, self._lease))
        try:
            claimed = await asyncio.shield(claiming)
        except asyncio.CancelledError:
            with suppress(Exception):
                await _let_go(await claiming)
            raise
        except Exception as failure:
            logger.warning("the outbox cannot be read: %s", type(failure).__name__)
            return
        for item in claimed:
            task = asyncio.create_task(self._try(item), name=f"deliver {item.id}")
            self._under_way[task] = item
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._under_way.pop(task, None)
        # A place is free: what was waiting may go.
        self.wake()

    async def _finish(self) -> None:
        if self._under_way:
            under_way = dict(self._under_way)
            _, late = await asyncio.wait(under_way, timeout=self._stop_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
            await _let_go([under_way[task] for task in late])

    async def _try(self, item: OutboxItem) -> None:
        try:
            await self._deliver_one(item)
        except Exception as failure:
            # The database is away: the lease runs out by itself, and another try is made.
            logger.warning("delivery %s is left to its lease: %s", item.id, type(failure).__name__)

    async def _deliver_one(self, item: OutboxItem) -> None:
        try:
            async with asyncio.timeout(self._lease.total_seconds() / 2):
                await self._deliver[item.kind](item)
        except RefusedError as refusal:
            logger.warning("delivery %s was refused: %s", item.id, refusal.reason)
            await delivery.give_up(item, refusal.reason)
        except UnavailableError as failure:
            await self._put_off(item, failure.reason, failure.retry_after or 0)
        except Exception as failure:
            await self._put_off(item, type(failure).__name__, 0)
        else:
            await delivery.complete(item)

    async def _put_off(self, item: OutboxItem, reason: str, asked_seconds: float) -> None:
        wait = max(back_off(item.attempts, random.random()), asked_seconds)  # noqa: S311 - no secret
        at = clock.now() + timedelta(seconds=wait)
        if at - item.created_at > GIVE_UP_AFTER:
            logger.warning("delivery %s is given up: %s", item.id, reason)
            await delivery.give_up(item, reason)
        else:
            logger.info("delivery %s is put off %.0f s: %s", item.id, wait, reason)
            await delivery.retry_later(item, reason, at)


async def _let_go(claimed: Sequence[OutboxItem]) -> None:
    # The lease is for those that die: who stops in order lets the next one try at once.
    try:
        await delivery.let_go(claimed)
    except Exception as failure:
        logger.warning("%d deliveries are left to their leases: %s", len(claimed), type(failure).__name__)
