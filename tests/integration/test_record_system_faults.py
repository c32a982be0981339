"""Each fault that the record system's operator can switch on, over the real wire against the real API."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.codes import SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import Organisation
from digihelse_app.standins.record_system import faults, handling
from tests.both_ends import BothEnds, both_ends
from tests.conftest import MovableClock
from tests.fhir_world import activate, rows
from tests.people import KARI

TRIES = 6


@pytest.fixture
async def ends(
    database: AsyncEngine,
    tmp_path: Path,
    clock: MovableClock,
) -> AsyncIterator[BothEnds]:
    async with both_ends(tmp_path, clock) as running:
        yield running


async def deliver_until_received(ends: BothEnds, clock: MovableClock) -> None:
    for _ in range(TRIES):
        await ends.dispatcher.dispatch_due()
        clock.advance(minutes=11)


async def received(ends: BothEnds, thread_id: str) -> list[str]:
    """What the staff sees of a conversation."""
    conversation = await ends.system.read(thread_id)
    return [message.text for message in conversation.messages] if conversation else []


@pytest.mark.parametrize("fault", [faults.LOST_RECEIPT, faults.EVERY_OTHER])
async def test_message_comes_once_while_receipts_are_lost(
    ends: BothEnds, clock: MovableClock, fault: str
) -> None:
    thread_id = await ends.kari_asks()
    await faults.switch(ends.system.system, fault, on=True)
    await ends.dispatcher.dispatch_due()
    [tried] = await rows(Message)
    await deliver_until_received(ends, clock)
    [question] = await rows(Message)
    assert (tried.delivered_at, question.delivered_at is None) == (None, False)
    assert await received(ends, thread_id) == ["Kan dere komme senere?"]


@pytest.mark.parametrize("fault", [faults.DOWN, faults.SLOW])
async def test_message_waits_while_the_record_system_does_not_answer(
    ends: BothEnds, clock: MovableClock, fault: str
) -> None:
    thread_id = await ends.kari_asks()
    await faults.switch(ends.system.system, fault, on=True)
    await ends.dispatcher.dispatch_due()
    await faults.switch(ends.system.system, fault, on=False)
    await deliver_until_received(ends, clock)
    [question] = await rows(Message)
    assert question.delivered_at is not None
    assert await received(ends, thread_id) == ["Kan dere komme senere?"]


async def test_all_that_is_put_twice_is_there_once(ends: BothEnds) -> None:
    thread_id = await ends.kari_asks()
    await ends.dispatcher.dispatch_due()
    await faults.switch(ends.system.system, faults.DUPLICATES, on=True)
    await ends.system.open_thread(thread_id)
    await ends.system.reply(thread_id, "Ja, klokken ti.")
    await ends.system.write_first("kari", "hjemmebasert-omsorg", "Vaksine", "Vil du ha vaksine?")
    answers = [row.body for row in await rows(Message) if row.sender is SenderKind.SERVICE]
    assert sorted(answers) == ["Ja, klokken ti.", "Vil du ha vaksine?"]
    assert len(await rows(Thread)) == 2


async def test_message_that_comes_before_its_header_is_put_again(ends: BothEnds, clock: MovableClock) -> None:
    await activate(KARI)
    await ends.system.run_night_job()
    await faults.switch(ends.system.system, faults.OUT_OF_ORDER, on=True)
    await ends.system.write_first("kari", "hjemmebasert-omsorg", "Vaksine", "Vil du ha vaksine?")
    assert (len(await rows(Thread)), len(await rows(Message))) == (1, 0)
    clock.advance(seconds=3)
    assert await ends.system.deliver() == 1
    assert [row.body for row in await rows(Message)] == ["Vil du ha vaksine?"]


async def test_conversation_stays_closed_when_an_older_telling_comes_late(
    ends: BothEnds, clock: MovableClock
) -> None:
    thread_id = await ends.kari_asks()
    await ends.dispatcher.dispatch_due()
    await faults.switch(ends.system.system, faults.OUT_OF_ORDER, on=True)
    system = ends.system.system
    await handling.open_thread(system, thread_id, "Marit Haugen")
    clock.advance(minutes=1)
    await handling.take(system, thread_id, "Marit Haugen")
    clock.advance(minutes=1)
    await handling.close(system, thread_id, "Marit Haugen")
    assert await ends.system.deliver() == 3
    [thread], [question] = await rows(Thread), await rows(Message)
    assert (thread.closed_at, question.opened_at, question.in_progress_at) == (clock.at, clock.at, None)


async def test_message_that_digihelse_gave_up_is_sent_again_by_the_operator(
    ends: BothEnds, clock: MovableClock
) -> None:
    thread_id = await ends.kari_asks()
    right = await _move_record_system(f"{ends.staff.base_url}/nowhere")
    await ends.dispatcher.dispatch_due()
    await _move_record_system(right)
    [question] = await rows(Message)
    page = await ends.staff.get("/fagsystem/drift")
    assert page.text.count(f'aria-label="Prøv igjen {question.id}"') == 1
    path = page.text.partition('action="/fagsystem/drift/stoppet/')[2].partition('"')[0]
    told = await ends.submit(f"/drift/stoppet/{path}")
    await deliver_until_received(ends, clock)
    assert told.text.count("Digihelse prøver å levere meldingen på nytt.") == 1
    assert told.text.count(f'aria-label="Prøv igjen {question.id}"') == 0
    assert await received(ends, thread_id) == ["Kan dere komme senere?"]


async def _move_record_system(address: str) -> str:
    """Where Digihelse finds it from now on; gives where it was."""
    [organisation] = await rows(Organisation)
    before, organisation.fhir_base_url = organisation.fhir_base_url, address
    async with unit_of_work() as session:
        session.add(organisation)
    assert before is not None
    return before
