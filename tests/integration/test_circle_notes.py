"""Notes of the circle: shared among those who may read the conversation, and never told a service."""

import asyncio
import json
from datetime import timedelta

import pytest

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.circle import CircleNote
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.search import ThreadWord
from digihelse_app.outside import outgoing_communication
from digihelse_app.services import circle_notes, inbox, outgoing_messages, thread_export
from digihelse_app.services.representation import acting_context
from digihelse_app.services.thread_list import Choice
from tests import circle_world, world
from tests.circle_world import Circle, again, reply
from tests.conftest import MovableClock
from tests.people import ASTRID, OLA

pytestmark = pytest.mark.usefixtures("database", "clock")
SECRET = "Hemmeligord om medisinene"


async def shared(them: Circle, body: str = SECRET) -> None:
    """A note of Ingrid's."""
    assert (await circle_notes.write(them.ingrid, them.thread.id, body, new_id())).errors == {}


async def test_note_is_read_by_everyone_in_the_circle_with_its_author() -> None:
    them = await circle_world.circle()
    await shared(them, "  Jeg ringer i morgen \n")
    for who in (them.kari, them.ingrid, them.jonas):
        (note,) = await circle_notes.list_notes(who, them.thread.id)
        assert (note.body, note.author_name) == ("Jeg ringer i morgen", "Ingrid Nordmann")
    await circle_notes.write(them.jonas, them.thread.id, "Bra", new_id())
    await circle_notes.write(them.kari, them.thread.id, "Takk", new_id())
    bodies = [note.body for note in await circle_notes.list_notes(them.kari, them.thread.id)]
    assert sorted(bodies) == ["Bra", "Jeg ringer i morgen", "Takk"]


async def test_note_leaves_nothing_for_the_service_a_search_a_file_or_the_conversation() -> None:
    them = await circle_world.circle()
    await reply(them.ingrid, them.thread)
    before = [await world.rows(table) for table in (OutboxItem, Message, Thread, ThreadWord)]
    await shared(them)
    assert [await world.rows(table) for table in (OutboxItem, Message, Thread, ThreadWord)] == before
    assert (await inbox.list_threads(them.kari, chosen=Choice(text="Hemmeligord"))).threads == []
    exported = await thread_export.export(them.kari, them.thread.id)
    assert SECRET not in repr(exported)
    sent = next(message for message in await world.rows(Message) if message.author_id == them.ingrid.actor_id)
    async with unit_of_work(reading=True) as session:
        wire = await outgoing_messages.outgoing_message(session, sent.id)
    put = json.dumps([outgoing_communication.header(wire.thread), outgoing_communication.message(wire)])
    assert ("Ja takk" in put, SECRET in put) == (True, False)


async def test_note_sent_twice_is_one_note() -> None:
    them, key = await circle_world.circle(), new_id()
    await asyncio.gather(*(circle_notes.write(them.ingrid, them.thread.id, SECRET, key) for _ in range(5)))
    await circle_notes.write(them.ingrid, them.thread.id, "Noe annet", key)
    assert [note.body for note in await world.rows(CircleNote)] == [SECRET]


@pytest.mark.parametrize(
    ("body", "key", "error"),
    [
        (" \n", "", "circle.error.no_note"),
        ("å" * 1001, "", "circle.error.long_note"),
        ("Hei", "kort", "circle.error.no_key"),
    ],
)
async def test_note_that_cannot_be_kept_says_why(body: str, key: str, error: str) -> None:
    them = await circle_world.circle()
    written = await circle_notes.write(them.kari, them.thread.id, body, key or new_id())
    assert written.errors == {"note": error}
    assert await world.rows(CircleNote) == []


async def test_note_of_a_thousand_letters_fits() -> None:
    them = await circle_world.circle()
    await shared(them, "å" * circle_notes.LIMIT)
    assert len((await world.rows(CircleNote))[0].body) == 1000


async def test_notes_are_for_those_who_may_read_the_conversation() -> None:
    them = await circle_world.circle()
    await shared(them)
    astrid, _ = await circle_world.proxy(them.world, ASTRID, Permission.SEE_VISITS)
    with pytest.raises(AccessDeniedError):
        await circle_notes.list_notes(astrid, them.thread.id)
    ola = await acting_context((await world.person(OLA)).id)
    with pytest.raises(NotFoundError):
        await circle_notes.list_notes(ola, them.thread.id)
    with pytest.raises(NotFoundError):
        await circle_notes.write(ola, them.thread.id, "Hei", new_id())


async def test_notes_from_before_ones_time_are_not_shown(clock: MovableClock) -> None:
    them = await circle_world.circle()
    await shared(them, "Gammelt")
    clock.advance(hours=1)
    his = them.rights["jonas"]
    his.since = clock.at
    await world.add(his)
    await reply(them.ingrid, them.thread)
    clock.advance(minutes=1)
    await shared(them, "Nytt")
    jonas = await again(them.jonas, his)
    assert [note.body for note in await circle_notes.list_notes(jonas, them.thread.id)] == ["Nytt"]


async def test_notes_are_logged_when_there_were_any_to_read(clock: MovableClock) -> None:
    them = await circle_world.circle()
    await circle_notes.list_notes(them.kari, them.thread.id)
    await shared(them)
    clock.advance(seconds=timedelta(minutes=1).seconds)
    await circle_notes.list_notes(them.kari, them.thread.id)
    kinds = {LogAction.NOTE_WRITE, LogAction.NOTES_READ}
    rows = [row for row in await world.rows(AccessLogEntry) if row.action in kinds]
    told = sorted((row.action, row.actor_id, row.object_id) for row in rows)
    assert told == [
        (LogAction.NOTE_WRITE, them.ingrid.actor_id, them.thread.id),
        (LogAction.NOTES_READ, them.kari.actor_id, them.thread.id),
    ]
