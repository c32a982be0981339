"""Messages that never arrived: told of, seen by the operator, and sent again exactly once."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction, OutboxStatus
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import Organisation
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.services import inbox, sending
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft
from tests.conftest import MovableClock
from tests.fhir_world import World, episode, organisation_id, person_id, rows, service
from tests.outbox_worker import FixedToken
from tests.people import KARI, OLA
from tests.receiver import Receiver, receiver

STOPPED = "/api/leveranser/stoppet"


@pytest.fixture
def record_system() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
async def dispatcher() -> AsyncIterator[Dispatcher]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Dispatcher(to_record_systems(FhirRecordSystem(FixedToken(), client)))


async def kari_is_refused(
    api: World, dispatcher: Dispatcher, record_system: Receiver
) -> tuple[ActingContext, Message, OutboxItem]:
    """Kari's message is refused by Alvdal's record system, and given up."""
    await api.alvdal.put(service())
    await api.alvdal.put(episode(KARI))
    alvdal = await organisation_id("80001")
    async with unit_of_work() as session:
        (await session.get_one(Organisation, alvdal)).fhir_base_url = record_system.base_url
    acting = await acting_context(await person_id(KARI))
    [recipient] = await inbox.list_recipients(acting)
    await sending.send_new(acting, Draft("Hemmelig", "first-key", recipient.id, "Besøk"))
    record_system.answers = [(422, {})]
    await dispatcher.dispatch_due()
    return acting, *(await message_and_item())


async def message_and_item() -> tuple[Message, OutboxItem]:
    """The one message, and its way out."""
    [written] = await rows(Message)
    [item] = [row for row in await rows(OutboxItem) if row.subject_id == written.id]
    return written, item


async def logged(action: LogAction) -> list[tuple[str | None, str]]:
    """Whose data, and which object."""
    return [(row.represented_id, row.object_id) for row in await rows(AccessLogEntry) if row.action is action]


async def test_failed_message_has_no_promise_until_it_is_sent_again(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    acting, written, _ = await kari_is_refused(api, dispatcher, record_system)
    [thread] = await rows(Thread)
    assert (written.failed_at, thread.reply_due_on) == (clock(), None)
    assert await sending.send_again(acting, written.id) == thread.id
    [thread], (written, item) = await rows(Thread), await message_and_item()
    assert (written.failed_at, item.status) == (None, OutboxStatus.PENDING)
    assert thread.reply_due_on == written.reply_due_on is not None
    assert await logged(LogAction.MESSAGE_SEND_AGAIN) == [(written.person_id, written.id)]


async def failed_in_list(acting: ActingContext) -> list[bool]:
    """What the list says of each conversation."""
    return [summary.failed for summary in (await inbox.list_threads(acting)).threads]


async def test_list_says_it_until_it_is_sent_again(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    acting, written, _ = await kari_is_refused(api, dispatcher, record_system)
    assert await failed_in_list(acting) == [True]
    assert await failed_in_list(await acting_context(await person_id(OLA))) == []
    await sending.send_again(acting, written.id)
    assert await failed_in_list(acting) == [False]
    record_system.answers = [(422, {})]
    await dispatcher.dispatch_due()
    assert await failed_in_list(acting) == [True]
    # A newer one is on its way: now that is what one waits for.
    clock.advance(minutes=1)
    await sending.reply(acting, written.thread_id, Draft("En gang til", "second-key"))
    assert await failed_in_list(acting) == [False]


async def test_citizen_and_operator_who_try_again_at_once_send_one_message_with_one_key(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    acting, written, item = await kari_is_refused(api, dispatcher, record_system)
    retry = f"/api/leveranser/{item.id}/provigjen"
    await asyncio.gather(
        *(sending.send_again(acting, written.id) for _ in range(4)),
        *(api.alvdal.call("POST", retry) for _ in range(4)),
    )
    assert await dispatcher.dispatch_due() == 1
    await sending.send_again(acting, written.id)
    assert await dispatcher.dispatch_due() == 0
    assert record_system.keys == [f"{item.id}-header", item.id]
    tried = [*await logged(LogAction.MESSAGE_SEND_AGAIN), *await logged(LogAction.DELIVERY_RETRY)]
    assert tried == [(written.person_id, written.id)]
    assert (await message_and_item())[0].delivered_at == clock()


async def test_operator_sees_what_stopped_without_what_it_says(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    _, written, item = await kari_is_refused(api, dispatcher, record_system)
    answer = await api.alvdal.get(STOPPED)
    assert answer.json() == {
        "leveranser": [
            {
                "id": item.id,
                "melding": written.id,
                "skrevet": "2026-11-23T09:00:00.000Z",
                "stoppet": "2026-11-23T09:00:00.000Z",
                "forsok": 1,
                "feilkode": "http-422",
            }
        ],
        "flere": False,
    }
    assert answer.headers["content-type"] == "application/json"
    assert await logged(LogAction.DELIVERIES_READ) == [(written.person_id, "")]


async def test_operator_tries_again_and_then_there_is_nothing_left(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    _, _, item = await kari_is_refused(api, dispatcher, record_system)
    retry = f"/api/leveranser/{item.id}/provigjen"
    answers = [await api.alvdal.call("POST", retry)]
    await dispatcher.dispatch_due()
    answers.append(await api.alvdal.call("POST", retry))
    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"id": item.id, "status": "venter"}),
        (200, {"id": item.id, "status": "levert"}),
    ]
    assert (await api.alvdal.get(STOPPED)).json() == {"leveranser": [], "flere": False}


async def test_another_organisation_sees_and_touches_nothing(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    _, _, item = await kari_is_refused(api, dispatcher, record_system)
    assert (await api.tynset.get(STOPPED)).json() == {"leveranser": [], "flere": False}
    answers = [
        await api.tynset.call("POST", f"/api/leveranser/{name}/provigjen") for name in (item.id, "no-such")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert (await message_and_item())[1].status is OutboxStatus.DEAD


async def test_deliveries_need_a_token(small_api: World) -> None:
    answers = [await small_api.client.get(STOPPED)]
    answers += [await small_api.client.post("/api/leveranser/any/provigjen")]
    assert [answer.status_code for answer in answers] == [401, 401]


async def test_only_ones_own_messages_can_be_sent_again(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    _, written, _ = await kari_is_refused(api, dispatcher, record_system)
    ola = await acting_context(await person_id(OLA))
    for name in (written.id, "no-such"):
        with pytest.raises(NotFoundError):
            await sending.send_again(ola, name)
    assert (await message_and_item())[1].status is OutboxStatus.DEAD
