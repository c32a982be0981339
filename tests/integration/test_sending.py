"""Writing to a service on both engines: once and only once, whole or not at all."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    AccessTag,
    LogAction,
    OutboxKind,
    OutboxStatus,
    RepresentationRole,
    SenderKind,
)
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, on_commit
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.services import sending
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft, Sent
from tests import world
from tests.people import INGRID, OLA
from tests.world import World, later

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SENT = NOW + timedelta(microseconds=1)

pytestmark = pytest.mark.usefixtures("clock")


def draft(to: World, **changes: str) -> Draft:
    """A first message, with a key of its own."""
    written = Draft("  Kan dere komme klokken ti?\n", new_id(), to.service.id, " Senere besøk ")
    return replace(written, **changes)


async def counts() -> tuple[int, int, int, int]:
    """How many threads, messages, outbox rows and log rows there are."""
    tables = (Thread, Message, OutboxItem, AccessLogEntry)
    threads, messages, outbox, log = [len(await world.rows(table)) for table in tables]
    return threads, messages, outbox, log


async def test_a_send_is_a_thread_a_message_an_outbox_row_and_a_log_row(database: AsyncEngine) -> None:
    kari = await world.world()
    written = draft(kari)
    sent = await sending.send_new(await kari.acting(), written)
    (thread,), (message,) = await world.rows(Thread), await world.rows(Message)
    assert sent == Sent(thread.id)
    assert thread.model_dump(exclude={"id"}) == {
        "person_id": kari.kari.id,
        "service_id": kari.service.id,
        "external_id": None,
        "subject": "Senere besøk",
        "category": "",
        "category_name": "",
        "reply_due_on": None,
        "created_at": NOW,
        "last_message_at": SENT,
        "last_from_service_at": None,
        "last_from_citizen_at": SENT,
        "preview": "Kan dere komme klokken ti?",
        "closed_at": None,
        "access_tag": AccessTag.NOBODY,
        "hidden_at": None,
    }
    assert message.model_dump(exclude={"id"}, exclude_none=True) == {
        "thread_id": thread.id,
        "person_id": kari.kari.id,
        "sender": SenderKind.CITIZEN,
        "author_id": kari.kari.id,
        "author_role": RepresentationRole.SELF,
        "author_name": "Kari Nordmann",
        "body": "Kan dere komme klokken ti?",
        "idempotency_key": written.idempotency_key,
        "sent_at": SENT,
    }
    (item,), (entry,) = await world.rows(OutboxItem), await world.rows(AccessLogEntry)
    assert (item.kind, item.subject_id, item.organisation_id, item.status, item.next_at) == (
        OutboxKind.MESSAGE,
        message.id,
        kari.organisation.id,
        OutboxStatus.PENDING,
        NOW,
    )
    assert (entry.action, entry.object_type, entry.object_id) == (
        LogAction.MESSAGE_SEND,
        "Message",
        message.id,
    )


async def test_a_message_on_behalf_of_another_says_who_wrote_and_by_what_right(database: AsyncEngine) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "write_messages")
    await world.add(right)
    await sending.send_new(await acting_context(ingrid.id, right.key), draft(kari))
    (message,), (entry,) = await world.rows(Message), await world.rows(AccessLogEntry)
    expected = (kari.kari.id, ingrid.id, "Ingrid Nordmann", RepresentationRole.FU, right.id)
    assert expected == (
        message.person_id,
        message.author_id,
        message.author_name,
        message.author_role,
        message.representation_id,
    )
    assert (entry.actor_id, entry.represented_id, entry.role, entry.representation_id) == (
        ingrid.id,
        kari.kari.id,
        RepresentationRole.FU,
        right.id,
    )


async def test_the_same_key_twice_is_one_message(database: AsyncEngine) -> None:
    kari = await world.world()
    acting, written = await kari.acting(), draft(kari)
    first = await sending.send_new(acting, written)
    again = await sending.send_new(acting, written)
    assert (again, await counts()) == (first, (1, 1, 1, 1))


@pytest.mark.parametrize("change", [{"body": "Noe annet"}, {"subject": "Fredag"}])
async def test_other_words_with_a_key_that_was_used_are_another_message_and_that_too_once(
    database: AsyncEngine, change: dict[str, str]
) -> None:
    kari = await world.world()
    acting, written = await kari.acting(), draft(kari)
    first = await sending.send_new(acting, written)
    other = [await sending.send_new(acting, replace(written, **change)) for _ in range(2)]
    again = await sending.send_new(acting, written)
    assert (other[0] == other[1] != first, again) == (True, first)
    assert await counts() == (2, 2, 2, 2)


async def test_an_answer_is_not_taken_for_what_was_written_elsewhere_with_its_key(
    database: AsyncEngine,
) -> None:
    kari = await world.world()
    one, other = await kari.threads([later(), later(hours=1)])
    acting, answer = await kari.acting(), Draft("Takk!", new_id())
    for thread in (one, other, one, other):
        assert await sending.reply(acting, thread.id, answer) == Sent(thread.id)
    assert sorted(row.thread_id for row in await world.rows(Message) if row.body == "Takk!") == sorted(
        [one.id, other.id]
    )


async def test_two_other_words_at_once_with_a_key_are_two_messages(database: AsyncEngine) -> None:
    kari = await world.world()
    acting, written = await kari.acting(), draft(kari)
    words = ("Først", "Så", "Først", "Så", "Først", "Så")
    sent = [sending.send_new(acting, replace(written, body=body)) for body in words]
    ids = [one.thread_id for one in await asyncio.gather(*sent)]
    assert (len(set(ids)), ids[:2] * 3) == (2, ids)
    assert await counts() == (2, 2, 2, 2)


async def test_twenty_at_once_with_one_key_are_one_message(database: AsyncEngine) -> None:
    kari = await world.world()
    acting, written = await kari.acting(), draft(kari)
    sent = await asyncio.gather(*(sending.send_new(acting, written) for _ in range(20)))
    (thread,) = await world.rows(Thread)
    assert (sent, await counts()) == ([Sent(thread.id)] * 20, (1, 1, 1, 1))


async def test_twenty_at_once_with_keys_of_their_own_are_twenty(database: AsyncEngine) -> None:
    kari = await world.world()
    acting = await kari.acting()
    sent = await asyncio.gather(*(sending.send_new(acting, draft(kari)) for _ in range(20)))
    assert (len({one.thread_id for one in sent}), await counts()) == (20, (20, 20, 20, 20))


async def test_twenty_replies_at_once_with_one_key_are_one(database: AsyncEngine) -> None:
    kari = await world.world()
    (thread,) = await kari.threads([later(hours=1)])
    acting, answer = await kari.acting(), Draft("Takk!", new_id())
    sent = await asyncio.gather(*(sending.reply(acting, thread.id, answer) for _ in range(20)))
    assert (sent, await counts()) == ([Sent(thread.id)] * 20, (1, 2, 1, 1))


async def test_a_key_used_for_one_person_never_gives_another_persons_conversation(
    database: AsyncEngine,
) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "write_messages")
    await world.add(right, world.relation(ingrid, kari.service))
    written = draft(kari)
    await sending.send_new(await acting_context(ingrid.id, right.key), written)
    own = await sending.send_new(await acting_context(ingrid.id), written)
    assert await counts() == (2, 2, 2, 2)
    assert {row.id: row.person_id for row in await world.rows(Thread)}[own.thread_id] == ingrid.id


async def test_two_people_may_use_the_same_key(database: AsyncEngine) -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    await world.add(world.relation(ola, kari.service))
    written = draft(kari)
    await sending.send_new(await kari.acting(), written)
    await sending.send_new(await acting_context(ola.id), written)
    assert await counts() == (2, 2, 2, 2)


@pytest.mark.parametrize("table", ["outboxitem", "accesslogentry", "message"])
async def test_a_send_that_fails_anywhere_leaves_nothing(database: AsyncEngine, table: str) -> None:
    kari = await world.world()
    told: list[set[str]] = []

    async def listen(changed: set[str]) -> None:
        told.append(changed)

    on_commit(listen)
    acting = await kari.acting()
    async with database.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO away"))
    with pytest.raises(DBAPIError):
        await sending.send_new(acting, draft(kari))
    async with database.begin() as connection:
        await connection.execute(text(f"ALTER TABLE away RENAME TO {table}"))
    assert (await counts(), told) == ((0, 0, 0, 0), [])


async def test_those_who_look_are_told_after_the_commit_and_not_before(database: AsyncEngine) -> None:
    kari = await world.world()
    seen: list[tuple[set[str], int]] = []

    async def look(changed: set[str]) -> None:
        seen.append((changed, len(await world.rows(Message))))

    on_commit(look)
    await sending.send_new(await kari.acting(), draft(kari))
    assert seen == [({kari.kari.id}, 1)]


async def test_a_send_that_changes_nothing_tells_nobody(database: AsyncEngine) -> None:
    kari = await world.world()
    acting, written = await kari.acting(), draft(kari)
    await sending.send_new(acting, written)
    told: list[set[str]] = []

    async def listen(changed: set[str]) -> None:
        told.append(changed)

    on_commit(listen)
    await sending.send_new(acting, written)
    await sending.send_new(acting, replace(written, body=""))
    assert told == []
