"""The promise that goes with a message and the category of a conversation, from the form to the wire."""

from datetime import date
from typing import Any

import pytest

from digihelse_app.access.context import ActingContext
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.outside import outgoing_communication
from digihelse_app.services import inbox, sending
from digihelse_app.services.outgoing_messages import outgoing_message
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft, Sent
from tests.conftest import MovableClock
from tests.fhir_world import World, episode, message, person_id, rows, service
from tests.people import KARI

WEEKDAYS = [
    {
        "daysOfWeek": ["mon", "tue", "wed", "thu", "fri"],
        "availableStartTime": "08:00:00",
        "availableEndTime": "15:30:00",
    }
]
WEDNESDAY, FRIDAY, MONDAY = date(2026, 11, 25), date(2026, 11, 27), date(2026, 11, 30)


async def kari_may_write(api: World, **changes: Any) -> tuple[ActingContext, str]:
    """Home care is open; who acts, and the service's id."""
    await api.alvdal.put(service(availableTime=WEEKDAYS, **changes))
    await api.alvdal.put(episode(KARI))
    acting = await acting_context(await person_id(KARI))
    [recipient] = await inbox.list_recipients(acting)
    return acting, recipient.id


def asks(recipient: str, category: str = "") -> Draft:
    """A question with a key of its own."""
    return Draft("Når kommer dere?", new_id(), recipient, "Besøk", category)


async def due() -> date | None:
    """What the one conversation shows."""
    [thread] = await rows(Thread)
    return thread.reply_due_on


async def test_promise_is_set_when_written_stands_when_written_again_and_ends_with_the_answer(
    api: World, clock: MovableClock
) -> None:
    acting, recipient = await kari_may_write(api)
    [told_before] = await inbox.list_recipients(acting)
    sent = await sending.send_new(acting, asks(recipient))
    assert (told_before.reply_due_on, await due()) == (WEDNESDAY, WEDNESDAY)
    clock.advance(days=2)
    await sending.reply(acting, sent.thread_id, Draft("Har dere glemt meg?", "again-key"))
    assert await due() == WEDNESDAY
    assert sorted(str(row.reply_due_on) for row in await rows(Message)) == [str(WEDNESDAY), str(FRIDAY)]
    await api.alvdal.put(message(KARI, "m1", sent.thread_id))
    assert await due() is None
    clock.advance(hours=8)
    await sending.reply(acting, sent.thread_id, Draft("Takk. Og en ting til.", "third-key"))
    assert await due() == MONDAY


async def test_service_that_promises_nothing_gives_no_date(api: World, clock: MovableClock) -> None:
    acting, recipient = await kari_may_write(api, extension=[service()["extension"][0]])
    await sending.send_new(acting, asks(recipient))
    assert await due() is None


async def test_due_date_and_category_go_to_the_record_system(api: World, clock: MovableClock) -> None:
    acting, recipient = await kari_may_write(api)
    sent = await sending.send_new(acting, asks(recipient, "medisin"))
    [written] = await rows(Message)
    async with unit_of_work(reading=True) as session:
        outgoing = await outgoing_message(session, written.id)
    header = outgoing_communication.header(outgoing.thread)
    delivered = outgoing_communication.message(outgoing)
    coding = {
        "system": "https://digihelse.no/fhir/henvendelsestype",
        "code": "medisin",
        "display": "Medisiner",
    }
    assert header["category"] == delivered["category"] == [{"coding": [coding]}]
    assert "extension" not in header
    assert delivered["extension"] == [
        {"url": "https://digihelse.no/fhir/reply-due", "valueDate": "2026-11-25"}
    ]
    for resource in (header, delivered):
        read = (await api.alvdal.get(f"/fhir/Communication/{resource['id']}")).json()
        del read["meta"]
        assert read == resource
    assert header["id"] == sent.thread_id


async def test_category_is_kept_with_its_name_as_it_was(api: World, clock: MovableClock) -> None:
    acting, recipient = await kari_may_write(api)
    await sending.send_new(acting, asks(recipient, "medisin"))
    renamed = service(availableTime=WEEKDAYS)
    renamed["characteristic"][0]["coding"][0]["display"] = "Legemidler"
    await api.alvdal.put(renamed)
    [thread] = await rows(Thread)
    assert (thread.category, thread.category_name) == ("medisin", "Medisiner")


@pytest.mark.parametrize("category", ["tannlege", "Medisiner", " ", "medisin' --"])
async def test_category_the_service_has_not_is_a_field_error_and_nothing_is_sent(
    api: World, clock: MovableClock, category: str
) -> None:
    acting, recipient = await kari_may_write(api)
    refused = await sending.send_new(acting, asks(recipient, category))
    assert refused == Sent(errors={"category": "compose.error.unknown_category"})
    assert (await rows(Thread), await rows(Message)) == ([], [])


async def test_category_may_be_left_out(api: World, clock: MovableClock) -> None:
    acting, recipient = await kari_may_write(api)
    await sending.send_new(acting, asks(recipient))
    [thread] = await rows(Thread)
    assert (thread.category, thread.category_name) == ("", "")
