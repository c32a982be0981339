"""Reading the inbox on both engines: pages that lose nothing, unread by reader, and nobody else's threads."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction, RepresentationRole
from digihelse_app.models.conversation import Thread, ThreadReading
from digihelse_app.services import inbox
from digihelse_app.services.inbox import Cursor
from digihelse_app.services.representation import acting_context
from tests import world
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.world import later

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("clock")


async def pages(acting: inbox.ActingContext, size: int) -> list[list[str]]:
    """Thread ids, page by page, to the end."""
    after: Cursor | None = None
    found: list[list[str]] = []
    while True:
        page = await inbox.list_threads(acting, after, size)
        found.append([summary.thread.id for summary in page.threads])
        if page.following is None:
            return found
        after = page.following


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
async def test_pages_hold_every_conversation_once_also_when_times_are_equal(
    database: AsyncEngine, size: int
) -> None:
    kari = await world.world()
    made = await kari.threads([later(hours=hour) for hour in (0, 0, 0, 0, 1, 1, 2, 3, 3, 3, 3, 3, 4, 4)])
    expected = [row.id for row in sorted(made, key=lambda row: (row.last_message_at, row.id), reverse=True)]
    found = await pages(await kari.acting(), size)
    assert [one for page in found for one in page] == expected
    assert [len(page) for page in found[:-1]] == [size] * (len(found) - 1)


async def test_an_empty_inbox_is_one_empty_page(database: AsyncEngine) -> None:
    kari = await world.world()
    page = await inbox.list_threads(await kari.acting())
    assert (page.threads, page.following) == ([], None)


async def test_a_page_that_is_just_full_is_the_last(database: AsyncEngine) -> None:
    kari = await world.world()
    await kari.threads([later(hours=hour) for hour in range(3)])
    assert [len(page) for page in await pages(await kari.acting(), 3)] == [3]


async def test_what_comes_while_one_reads_on_is_not_shown_twice(database: AsyncEngine) -> None:
    kari = await world.world()
    old = await kari.threads([later(hours=hour) for hour in range(4)])
    acting = await kari.acting()
    first = await inbox.list_threads(acting, limit=2)
    await kari.threads([later(days=1)])
    second = await inbox.list_threads(acting, first.following, 2)
    shown = [summary.thread.id for page in (first, second) for summary in page.threads]
    assert shown == [row.id for row in reversed(old)]


async def test_nobody_elses_conversations_are_listed_or_counted(database: AsyncEngine) -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    await world.add(world.thread(ola, kari.service))
    own = await kari.threads([later(hours=1)])
    acting = await kari.acting()
    assert await pages(acting, 20) == [[own[0].id]]
    assert await inbox.count_unread(acting) == 1


async def test_unread_is_each_readers_own(database: AsyncEngine) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(right)
    (conversation,) = await kari.threads([later(hours=1)])
    for_self, for_mother = await kari.acting(), await acting_context(ingrid.id, right.key)
    await inbox.open_thread(for_mother, conversation.id)
    assert (await inbox.count_unread(for_mother), await inbox.count_unread(for_self)) == (0, 1)
    listed = [(await inbox.list_threads(one)).threads[0].unread for one in (for_mother, for_self)]
    assert listed == [False, True]
    await inbox.open_thread(for_self, conversation.id)
    assert await inbox.count_unread(for_self) == 0


async def test_a_new_answer_makes_it_unread_again(database: AsyncEngine) -> None:
    kari = await world.world()
    (conversation,) = await kari.threads([later(hours=1)])
    acting = await kari.acting()
    await inbox.open_thread(acting, conversation.id)
    conversation.last_message_at = conversation.last_from_service_at = later(hours=2)
    await world.add(conversation)
    assert await inbox.count_unread(acting) == 1


async def test_a_page_nobody_looks_at_leaves_it_unread_until_it_is_looked_at(database: AsyncEngine) -> None:
    kari = await world.world()
    (conversation,) = await kari.threads([later(hours=1)])
    acting = await kari.acting()
    await inbox.open_thread(acting, conversation.id, seen=False)
    assert await inbox.count_unread(acting) == 1
    await inbox.mark_seen(acting, conversation.id)
    assert await inbox.count_unread(acting) == 0


async def test_ones_own_message_is_never_unread(database: AsyncEngine) -> None:
    kari = await world.world()
    await world.add(world.thread(kari.kari, kari.service, own=True))
    acting = await kari.acting()
    summary = (await inbox.list_threads(acting)).threads[0]
    assert (summary.unread, summary.awaits_reply, await inbox.count_unread(acting)) == (False, True, 0)


async def test_open_thread_of_another_is_not_found(database: AsyncEngine) -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    others = world.thread(ola, kari.service)
    await world.add(others, world.message(others))
    acting = await kari.acting()
    for thread_id in (others.id, "no-such-thread", "", "x" * 100, "\x00", "'; DROP TABLE thread; --"):
        with pytest.raises(NotFoundError):
            await inbox.open_thread(acting, thread_id)
        with pytest.raises(NotFoundError):
            await inbox.mark_seen(acting, thread_id)
    assert await world.rows(ThreadReading) == []
    assert await world.rows(AccessLogEntry) == []


async def test_open_thread_shows_the_newest_messages_oldest_first(database: AsyncEngine) -> None:
    kari = await world.world()
    conversation = world.thread(kari.kari, kari.service, later(hours=5))
    written = [world.message(conversation, later(hours=hour)) for hour in range(inbox.MESSAGES_SHOWN + 2)]
    await world.add(conversation, *written)
    acting = await kari.acting()
    opened = await inbox.open_thread(acting, conversation.id)
    assert [message.id for message in opened.messages] == [message.id for message in written[2:]]
    assert (opened.has_older, opened.may_reply) == (True, True)


async def test_one_may_reply_only_while_it_is_open_and_one_may_write(database: AsyncEngine) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    reads = world.representation(ingrid, kari.kari, "read_messages", role=RepresentationRole.TD)
    open_one = world.thread(kari.kari, kari.service)
    closed_one = world.thread(kari.kari, kari.service)
    closed_one.closed_at = later(days=1)
    stopped = world.service(kari.organisation, "Solsida", opens_on=None)
    not_open = world.thread(kari.kari, stopped)
    not_received = world.service(kari.organisation, "Praktisk hjelp")
    left = world.thread(kari.kari, not_received)
    await world.add(stopped, not_received, reads, open_one, closed_one, not_open, left)
    await world.add(world.relation(kari.kari, stopped))
    acting = await kari.acting()
    replies = [
        (await inbox.open_thread(acting, row.id)).may_reply for row in (open_one, closed_one, not_open, left)
    ]
    assert replies == [True, False, False, False]
    only_reads = await acting_context(ingrid.id, reads.key)
    assert not (await inbox.open_thread(only_reads, open_one.id)).may_reply


async def test_opening_in_many_tabs_at_once_marks_it_read_once(database: AsyncEngine) -> None:
    kari = await world.world()
    (conversation,) = await kari.threads([later(hours=1)])
    acting = await kari.acting()
    async with asyncio.TaskGroup() as tabs:
        for _ in range(10):
            tabs.create_task(inbox.open_thread(acting, conversation.id))
    readings = [(row.reader_id, row.read_until) for row in await world.rows(ThreadReading)]
    assert readings == [(kari.kari.id, later(hours=1))]


async def test_recipients_are_the_services_received_open_ones_first(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    tomorrow = clock.at.date() + timedelta(days=1)
    at = kari.organisation
    opens = world.service(at, "Aktivitetssenter", opens_on=tomorrow)
    unopened = world.service(at, "Bolig", opens_on=None)
    unopened.phone = "62 48 90 01"
    not_received = world.service(at, "Dagsenter")
    inactive = world.service(at, "Ergoterapi")
    inactive.active = False
    ended = world.service(at, "Fysioterapi")
    await world.add(opens, unopened, not_received, inactive, ended)
    over = world.relation(kari.kari, ended)
    over.active = False
    await world.add(over, *(world.relation(kari.kari, one) for one in (opens, unopened, inactive)))
    found = await inbox.list_recipients(await kari.acting())
    assert [(row.name, row.open, row.opens_on, row.phone) for row in found] == [
        ("Hjemmesykepleie", True, world.LONG_OPEN, ""),
        ("Aktivitetssenter", False, tomorrow, ""),
        ("Bolig", False, None, "62 48 90 01"),
    ]
    clock.advance(days=1)
    found = await inbox.list_recipients(await kari.acting())
    assert [row.name for row in found if row.open] == ["Aktivitetssenter", "Hjemmesykepleie"]


async def test_every_reading_is_logged_as_it_was_done(database: AsyncEngine) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages", "write_messages")
    await world.add(right)
    (conversation,) = await kari.threads([later(hours=1)])
    acting = await acting_context(ingrid.id, right.key)
    await inbox.list_threads(acting)
    await inbox.open_thread(acting, conversation.id)
    await inbox.list_recipients(acting)
    log = sorted(await world.rows(AccessLogEntry), key=lambda row: row.action)
    assert [(row.action, row.object_type, row.object_id) for row in log] == [
        (LogAction.RECIPIENTS_READ, "CareService", ""),
        (LogAction.THREAD_READ, "Thread", conversation.id),
        (LogAction.THREADS_READ, "Thread", ""),
    ]
    who = {(row.at, row.actor_id, row.represented_id, row.role, row.representation_id) for row in log}
    assert who == {(NOW, ingrid.id, kari.kari.id, RepresentationRole.FU, right.id)}


async def test_reading_and_writing_are_two_rights(database: AsyncEngine) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    writes = world.representation(ingrid, kari.kari, "write_messages")
    reads = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(writes, reads)
    (conversation,) = await kari.threads([later(hours=1)])
    only_writes = await acting_context(ingrid.id, writes.key)
    only_reads = await acting_context(ingrid.id, reads.key)
    for refused in (
        inbox.list_threads(only_writes),
        inbox.count_unread(only_writes),
        inbox.open_thread(only_writes, conversation.id),
        inbox.mark_seen(only_writes, conversation.id),
        inbox.list_recipients(only_reads),
    ):
        with pytest.raises(AccessDeniedError):
            await refused
    assert (await world.rows(AccessLogEntry), len(await world.rows(Thread))) == ([], 1)
