"""Digihelse and the stand-in record system over the whole wire: night run, question, answer, reply."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.codes import SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.organisation import CareRelation, Organisation
from digihelse_app.services import inbox, sending
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.record_system import conversations, handling, outbox
from digihelse_app.standins.record_system.application import LOOK_AGAIN_SECONDS
from digihelse_app.standins.record_system.staff import STAFF
from tests.both_ends import BothEnds, both_ends
from tests.conftest import MovableClock
from tests.fhir_world import activate, deactivate, person_id, rows
from tests.people import ASTRID, KARI

PATIENCE_SECONDS = 10


@pytest.fixture
async def ends(
    database: AsyncEngine,
    tmp_path: Path,
    clock: MovableClock,
) -> AsyncIterator[BothEnds]:
    async with both_ends(tmp_path, clock) as running:
        yield running


async def test_citizen_is_connected_asks_and_is_answered(ends: BothEnds, clock: MovableClock) -> None:
    system, dispatcher = ends.system, ends.dispatcher
    await activate(KARI)
    await activate(ASTRID)
    run = await system.run_night_job()
    assert run is not None
    assert (run.seen, run.matched, run.errors, run.detail) == (2, 1, 0, "")
    [organisation] = await rows(Organisation)
    assert organisation.activity_offset == 2
    acting = await acting_context(await person_id(KARI))
    home_care = next(found for found in await inbox.list_recipients(acting) if found.open)
    draft = sending.Draft("Kan dere komme senere?", "key-00000001", home_care.id, "Besøk")
    sent = await sending.send_new(acting, draft)
    await dispatcher.dispatch_due()
    clock.advance(minutes=5)
    await system.reply(sent.thread_id, "Ja, klokken ti.")
    await system.deliver()
    written = sorted(await rows(Message), key=lambda row: row.sent_at)
    assert [(row.sender, row.body) for row in written] == [
        (SenderKind.CITIZEN, "Kan dere komme senere?"),
        (SenderKind.SERVICE, "Ja, klokken ti."),
    ]
    question, answer = written
    assert question.delivered_at == clock.at.replace(minute=0)
    assert question.answered_at == answer.sent_at == clock.at


async def test_service_writes_first_and_the_citizen_answers(
    ends: BothEnds,
) -> None:
    system, dispatcher = ends.system, ends.dispatcher
    await activate(KARI)
    await system.run_night_job()
    theirs = await system.write_first("kari", "hjemmebasert-omsorg", "Vaksine", "Vil du ha vaksine?")
    await system.deliver()
    acting = await acting_context(await person_id(KARI))
    [summary] = (await inbox.list_threads(acting)).threads
    await sending.reply(acting, summary.thread.id, sending.Draft("Ja takk", "key-00000001"))
    await dispatcher.dispatch_due()
    conversation = await system.read(theirs)
    assert conversation is not None
    assert [message.text for message in conversation.messages] == ["Vil du ha vaksine?", "Ja takk"]


async def test_it_is_told_when_another_worker_has_handed_the_answer_over_and_not_before(
    ends: BothEnds, clock: MovableClock
) -> None:
    system = ends.system
    await activate(KARI)
    await system.run_night_job()
    theirs = await system.write_first("kari", "hjemmebasert-omsorg", "Vaksine", "Vil du ha vaksine?")
    await conversations.reply(system.system, theirs, "I dag?", staff=STAFF[0])
    [claimed] = await outbox._claim(system.system, newest_first=False)  # by the other worker
    await handling.close(system.system, theirs, STAFF[0])
    assert await system.deliver() == 0
    told = asyncio.create_task(system.told(theirs))
    done, _ = await asyncio.wait([told], timeout=3 * LOOK_AGAIN_SECONDS)
    assert not done
    assert await outbox._deliver(system.system, claimed, times=1)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await told
    assert sorted(row.body for row in await rows(Message)) == ["I dag?", "Vil du ha vaksine?"]
    [thread] = await rows(Thread)
    assert thread.closed_at == clock.at


async def test_night_run_again_changes_nothing_and_withdrawing_ends_the_right(
    ends: BothEnds,
) -> None:
    system = ends.system
    await activate(KARI)
    await system.run_night_job()
    first = await rows(CareRelation)
    await system.run_night_job()
    again = await rows(CareRelation)
    await deactivate(KARI)
    run = await system.run_night_job()
    ended = await rows(CareRelation)
    assert run is not None
    assert (run.errors, run.detail) == (0, "")
    assert first == again
    assert ([row.active for row in first], {row.active for row in ended}) == ([True] * len(first), {False})
