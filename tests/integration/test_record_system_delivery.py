"""Handing a citizen's message over to a record system, over a real socket."""

import httpx
import pytest

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import unit_of_work
from digihelse_app.outside.outgoing_communication import OutgoingMessage
from digihelse_app.outside.record_system import FhirRecordSystem, RefusedError, UnavailableError
from digihelse_app.services.outgoing_messages import outgoing_message
from tests.conftest import MovableClock
from tests.fhir_world import World, header, message, rows, service, write
from tests.outbox_worker import FixedToken
from tests.people import INGRID, KARI
from tests.receiver import Receiver, receiver


async def _load(message_id: str) -> OutgoingMessage:
    async with unit_of_work(reading=True) as session:
        return await outgoing_message(session, message_id)


async def _deliver(to: Receiver, written: OutgoingMessage, key: str = "key") -> None:
    async with httpx.AsyncClient() as client:
        await FhirRecordSystem(FixedToken(), client).deliver_message(to.base_url, written, key)


async def test_header_comes_before_the_message_with_its_own_key(api: World) -> None:
    await api.alvdal.put(service())
    asked = await write(KARI, "Kan dere komme senere?")
    with receiver() as record_system:
        await _deliver(record_system, await _load(asked.id), "outbox-1")
    [(first_key, first), (second_key, second)] = record_system.received
    assert (first_key, second_key) == ("outbox-1-header", "outbox-1")
    assert (first["id"], first["topic"], "partOf" in first) == (asked.thread_id, {"text": "Besøk"}, False)
    assert (second["id"], second["partOf"]) == (
        asked.id,
        [{"reference": f"Communication/{asked.thread_id}"}],
    )


async def test_what_is_delivered_is_what_can_be_read_back(api: World) -> None:
    await api.alvdal.put(service())
    asked = await write(KARI, "Hei", author=INGRID, role=RepresentationRole.FU)
    with receiver() as record_system:
        await _deliver(record_system, await _load(asked.id))
    read = [
        (await api.alvdal.get(f"/fhir/Communication/{name}")).json() for name in (asked.thread_id, asked.id)
    ]
    for resource in read:
        del resource["meta"]
    assert [resource for _, resource in record_system.received] == read


async def test_conversation_the_service_began_goes_by_its_id_and_without_header(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(header(KARI, "theirs"))
    await api.alvdal.put(message(KARI, "m1", "theirs"))
    asked = await write(KARI, "Takk", thread="theirs")
    with receiver() as record_system:
        await _deliver(record_system, await _load(asked.id))
    assert [(resource["id"], resource["partOf"]) for _, resource in record_system.received] == [
        (asked.id, [{"reference": "Communication/theirs"}])
    ]


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "17"}, 17),
        (429, {"Retry-After": "Mon, 23 Nov 2026 09:00:30 GMT"}, 30),
        (503, {"Retry-After": "99999999999999"}, 3600),
        (503, {"Retry-After": "soon"}, None),
        (500, {}, None),
        (408, {}, None),
        (403, {}, None),
    ],
)
async def test_receiver_that_cannot_now_is_tried_again(
    clock: MovableClock, small_api: World, status: int, headers: dict[str, str], seconds: int | None
) -> None:
    written = await _written(small_api)
    with receiver() as record_system:
        record_system.answers = [(status, headers)]
        with pytest.raises(UnavailableError) as raised:
            await _deliver(record_system, written)
    assert (raised.value.reason, raised.value.retry_after) == (f"http-{status}", seconds)


@pytest.mark.parametrize("status", [400, 404, 409, 410, 422, 301, 307])
async def test_receiver_that_will_not_is_not_tried_for_ever(small_api: World, status: int) -> None:
    written = await _written(small_api)
    with receiver() as record_system:
        record_system.answers = [(status, {"Location": "http://127.0.0.1:9/"})]
        with pytest.raises(RefusedError) as raised:
            await _deliver(record_system, written)
    assert raised.value.reason == f"http-{status}"


async def test_refused_token_is_replaced_once(small_api: World) -> None:
    written = await _written(small_api)
    with receiver() as record_system:
        record_system.answers = [(401, {})]
        await _deliver(record_system, written)
        record_system.answers = [(401, {}), (401, {})]
        with pytest.raises(UnavailableError):
            await _deliver(record_system, written)
    assert len(record_system.received) == 2


async def test_receiver_that_is_not_there_is_tried_again(small_api: World) -> None:
    written = await _written(small_api)
    with receiver() as record_system:
        pass
    with pytest.raises(UnavailableError) as raised:
        await _deliver(record_system, written)
    assert raised.value.reason == "ConnectError"


async def test_only_citizens_messages_go_out(small_api: World) -> None:
    await small_api.alvdal.put(service())
    await small_api.alvdal.put(header(KARI))
    await small_api.alvdal.put(message(KARI))
    [theirs] = await rows(Message)
    with pytest.raises(NotFoundError):
        await _load(theirs.id)


async def _written(api: World) -> OutgoingMessage:
    await api.alvdal.put(service())
    return await _load((await write(KARI, "Hei")).id)
