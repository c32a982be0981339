"""A dispatcher that is stopped in order leaves nothing to wait for its lease."""

import asyncio
from datetime import timedelta

import pytest

from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models.codes import OutboxKind
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.services import delivery
from tests.world import rows

pytestmark = pytest.mark.usefixtures("database", "clock")


async def waiting() -> None:
    """Something to deliver."""
    async with unit_of_work() as session:
        delivery.enqueue(session, OutboxKind.MESSAGE, new_id())


async def stop(running: "asyncio.Task[None]") -> None:
    """End it, as the process does when it is told to."""
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_is_claimed_as_it_is_stopped_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    await waiting()
    has_claimed, claim = asyncio.Event(), delivery.claim_due

    async def slowly(limit: int, lease: timedelta) -> list[OutboxItem]:
        claimed = await claim(limit, lease)
        has_claimed.set()
        await asyncio.sleep(0)  # the loop turns once more before the claim is heard of
        return claimed

    monkeypatch.setattr(delivery, "claim_due", slowly)
    running = asyncio.create_task(Dispatcher({}).run())
    await has_claimed.wait()
    await stop(running)
    assert [(item.attempts, item.claimed_until) for item in await rows(OutboxItem)] == [(1, None)]


async def test_delivery_that_does_not_end_in_time_is_free() -> None:
    await waiting()
    has_begun = asyncio.Event()

    async def without_end(_item: OutboxItem) -> None:
        has_begun.set()
        await asyncio.Event().wait()

    dispatcher = Dispatcher({OutboxKind.MESSAGE: without_end}, stop_seconds=0)
    running = asyncio.create_task(dispatcher.run())
    await has_begun.wait()
    await stop(running)
    assert [(item.attempts, item.claimed_until) for item in await rows(OutboxItem)] == [(1, None)]
