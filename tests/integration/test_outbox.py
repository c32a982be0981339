"""What a citizen wrote reaches the record system, whatever happens on the way, and is told of truthfully."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from digihelse_app.access.context import NotFoundError
from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import GIVE_UP_AFTER, Deliver, Dispatcher
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus, RepresentationRole, SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import mark_changed, on_commit, unit_of_work
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside.clock import system_clock
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.services import delivery, people
from tests.conftest import MovableClock
from tests.outbox_worker import FixedToken
from tests.people import KARI
from tests.receiver import Receiver, receiver
from tests.servers import ROOT, free_port

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def record_system() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
async def deliver() -> AsyncIterator[dict[OutboxKind, Deliver]]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield to_record_systems(FhirRecordSystem(FixedToken(), client))


@pytest.fixture
def dispatcher(deliver: dict[OutboxKind, Deliver]) -> Dispatcher:
    return Dispatcher(deliver)


async def write(clock: MovableClock, fhir_base_url: str, messages: int = 1) -> list[OutboxItem]:
    """Kari's messages to home care, waiting to be delivered."""
    now = clock()
    async with unit_of_work() as session:
        kari = await people.find_or_create(session, KARI.national_id)
        home = Organisation(
            her_id="80001", organisation_number="999999999", name="Alvdal", fhir_base_url=fhir_base_url
        )
        session.add(home)
        await session.flush()
        service = CareService(organisation_id=home.id, external_id="care", name="Hjemmebasert omsorg")
        session.add(service)
        await session.flush()
        thread = Thread(
            person_id=kari.id, service_id=service.id, subject="Emne", created_at=now, last_message_at=now
        )
        session.add(thread)
        await session.flush()
        for number in range(messages):
            message = Message(
                thread_id=thread.id,
                person_id=kari.id,
                sender=SenderKind.CITIZEN,
                author_id=kari.id,
                author_role=RepresentationRole.SELF,
                author_name="Kari Nordmann",
                body=f"Melding {number}",
                sent_at=now,
            )
            session.add(message)
            await session.flush()
            delivery.enqueue(session, OutboxKind.MESSAGE, message.id, home.id)
        mark_changed(session, kari.id)
    async with unit_of_work(reading=True) as session:
        return list(await session.exec(select(OutboxItem)))


async def item_and_message() -> tuple[OutboxItem, Message]:
    async with unit_of_work(reading=True) as session:
        item = (await session.exec(select(OutboxItem))).one()
        message = (await session.exec(select(Message))).one()
    return item, message


async def delivered_log() -> list[str]:
    async with unit_of_work(reading=True) as session:
        entries = await session.exec(
            select(AccessLogEntry).where(AccessLogEntry.action == LogAction.MESSAGE_DELIVER)
        )
        return [entry.object_id for entry in entries]


async def test_delivery_is_crossed_off_told_and_logged_on_the_receipt(
    clock: MovableClock, record_system: Receiver, dispatcher: Dispatcher
) -> None:
    [written] = await write(clock, record_system.base_url)
    assert await dispatcher.dispatch_due() == 1
    item, message = await item_and_message()
    assert (item.status, item.done_at, item.claimed_until) == (OutboxStatus.DONE, clock(), None)
    assert (message.delivered_at, message.failed_at) == (clock(), None)
    assert await delivered_log() == [message.id]
    assert record_system.keys == [f"{written.id}-header", written.id]
    assert record_system.received[1][1]["payload"] == [{"contentString": "Melding 0"}]


async def test_delivery_that_meets_an_error_is_put_off_and_then_made_once(
    clock: MovableClock, record_system: Receiver, dispatcher: Dispatcher
) -> None:
    [written] = await write(clock, record_system.base_url)
    record_system.answers = [(500, {})]
    await dispatcher.dispatch_due()
    item, message = await item_and_message()
    assert (item.status, item.attempts, item.last_error) == (OutboxStatus.PENDING, 1, "http-500")
    assert timedelta(seconds=1) <= item.next_at - clock() <= timedelta(seconds=2)
    assert message.delivered_at is None
    assert await dispatcher.dispatch_due() == 0
    clock.advance(seconds=2)
    assert await dispatcher.dispatch_due() == 1
    assert record_system.keys == [f"{written.id}-header", written.id]
    assert (await item_and_message())[1].delivered_at == clock()


async def test_delivery_waits_as_long_as_the_receiver_asks(
    clock: MovableClock, record_system: Receiver, dispatcher: Dispatcher
) -> None:
    await write(clock, record_system.base_url)
    record_system.answers = [(503, {"Retry-After": "120"})]
    await dispatcher.dispatch_due()
    assert (await item_and_message())[0].next_at == clock() + timedelta(seconds=120)


async def test_delivery_to_a_receiver_that_is_down_is_put_off(
    clock: MovableClock, dispatcher: Dispatcher
) -> None:
    await write(clock, f"http://127.0.0.1:{free_port()}/fhir")
    await dispatcher.dispatch_due()
    item, message = await item_and_message()
    assert (item.status, item.last_error) == (OutboxStatus.PENDING, "ConnectError")
    assert (message.delivered_at, message.failed_at) == (None, None)


async def test_delivery_to_a_receiver_that_is_too_slow_is_put_off(
    clock: MovableClock, record_system: Receiver, deliver: dict[OutboxKind, Deliver]
) -> None:
    await write(clock, record_system.base_url)
    record_system.may_answer.clear()
    await Dispatcher(deliver, lease=timedelta(seconds=0.4)).dispatch_due()
    item, _ = await item_and_message()
    assert (item.status, item.last_error, item.claimed_until) == (OutboxStatus.PENDING, "TimeoutError", None)


async def test_delivery_that_is_refused_is_dead_at_once_and_can_be_revived(
    clock: MovableClock, record_system: Receiver, dispatcher: Dispatcher
) -> None:
    [written] = await write(clock, record_system.base_url)
    record_system.answers = [(422, {})]
    await dispatcher.dispatch_due()
    item, message = await item_and_message()
    assert (item.status, item.last_error) == (OutboxStatus.DEAD, "http-422")
    assert message.failed_at == clock()
    assert [dead.id for dead in await delivery.dead_items()] == [written.id]
    clock.advance(days=2)
    assert await dispatcher.dispatch_due() == 0
    await delivery.revive(written.id)
    assert await dispatcher.dispatch_due() == 1
    _, message = await item_and_message()
    assert (message.delivered_at, message.failed_at) == (clock(), None)
    with pytest.raises(NotFoundError):
        await delivery.revive(written.id)


async def test_delivery_is_given_up_after_a_day(clock: MovableClock, dispatcher: Dispatcher) -> None:
    [written] = await write(clock, f"http://127.0.0.1:{free_port()}/fhir")
    while (await item_and_message())[0].status is OutboxStatus.PENDING:
        await dispatcher.dispatch_due()
        clock.advance(hours=1)
    item, message = await item_and_message()
    assert item.status is OutboxStatus.DEAD
    assert message.failed_at is not None
    assert timedelta(0) <= GIVE_UP_AFTER - (message.failed_at - written.created_at) < timedelta(hours=1)


async def test_dispatchers_side_by_side_never_deliver_the_same_row(
    clock: MovableClock, record_system: Receiver, deliver: dict[OutboxKind, Deliver]
) -> None:
    written = await write(clock, record_system.base_url, messages=24)
    tried = await asyncio.gather(*(Dispatcher(deliver, at_once=3).dispatch_due() for _ in range(3)))
    assert sum(tried) == 24
    delivered = [key for key in record_system.keys if not key.endswith("-header")]
    assert sorted(delivered) == sorted(item.id for item in written)


async def test_delivery_of_a_killed_worker_is_made_by_another_with_the_same_key(
    clock: MovableClock, record_system: Receiver, dispatcher: Dispatcher, database_url: str
) -> None:
    clock.set(system_clock())
    [written] = await write(clock, record_system.base_url)
    record_system.may_answer.clear()
    worker = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.outbox_worker", database_url, cwd=ROOT
    )
    try:
        assert await asyncio.to_thread(record_system.came.wait, 20)
    finally:
        worker.kill()
        await worker.wait()
    record_system.may_answer.set()
    assert await dispatcher.dispatch_due() == 0
    clock.advance(minutes=5)
    assert await dispatcher.dispatch_due() == 1
    item, message = await item_and_message()
    assert (item.status, item.attempts, message.delivered_at) == (OutboxStatus.DONE, 2, clock())
    assert set(record_system.keys) == {f"{written.id}-header", written.id}
    assert await delivered_log() == [message.id]


async def test_lease_that_ran_out_leaves_the_outcome_to_the_one_that_took_over(clock: MovableClock) -> None:
    await write(clock, "http://127.0.0.1/fhir")
    [first] = await delivery.claim_due(1, timedelta(minutes=2))
    clock.advance(minutes=2)
    [second] = await delivery.claim_due(1, timedelta(minutes=2))
    await delivery.give_up(first, "late")
    await delivery.retry_later(first, "late", clock())
    item, _ = await item_and_message()
    assert (item.status, item.claimed_until) == (OutboxStatus.PENDING, second.claimed_until)
    await delivery.complete(second)
    await delivery.complete(first)
    assert len(await delivered_log()) == 1


async def test_running_dispatcher_delivers_what_is_committed_and_ends_in_order(
    clock: MovableClock, record_system: Receiver, deliver: dict[OutboxKind, Deliver]
) -> None:
    dispatcher = Dispatcher(deliver, poll_seconds=3600)
    running = asyncio.create_task(dispatcher.run())
    record_system.may_answer.clear()
    on_commit(dispatcher.people_changed)
    await write(clock, record_system.base_url)
    assert await asyncio.to_thread(record_system.came.wait, 10)
    running.cancel()
    record_system.may_answer.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await item_and_message())[0].status is OutboxStatus.DONE
