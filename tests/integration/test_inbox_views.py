"""Views, search and archive on both engines: nothing twice, nothing lost, nobody else's."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, delete, select

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.models import database as app_database
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread, ThreadReading
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.search import ThreadWord
from digihelse_app.services import archive, inbox, search_index, sending
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft
from digihelse_app.services.thread_list import BEGINNING, Choice, Cursor, View
from tests import world
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.world import World, later

pytestmark = pytest.mark.usefixtures("clock")


@dataclass(frozen=True)
class Told:
    """A conversation to make: its hour, service and subject, who wrote last, and what the reader did."""

    hour: int
    second_service: bool
    own: bool
    read: bool
    away: bool
    subject: str


TOLD = st.builds(
    Told,
    hour=st.integers(0, 3),
    second_service=st.booleans(),
    own=st.booleans(),
    read=st.booleans(),
    away=st.booleans(),
    subject=st.sampled_from(["Besøk torsdag", "Øyedråper", "besøksliste"]),
)


async def found(acting: ActingContext, choice: Choice, size: int = 3) -> list[str]:
    """The ids of every page, one after the other."""
    ids: list[str] = []
    after: Cursor | None = None
    while True:
        page = await inbox.list_threads(acting, after, size, choice)
        ids += [summary.thread.id for summary in page.threads]
        if page.following is None:
            return ids
        after = page.following


async def make(kari: World, other_service: str, told: Told) -> Thread:
    """The conversation as told, findable by its subject."""
    thread = world.thread(kari.kari, kari.service, later(hours=told.hour), subject=told.subject, own=told.own)
    thread.service_id = other_service if told.second_service else kari.service.id
    await world.add(thread)
    async with unit_of_work() as session:
        await search_index.add(session, thread, "")
    acting = await kari.acting()
    if told.read:
        await inbox.mark_seen(acting, thread.id)
    if told.away:
        await archive.put_away(acting, thread.id)
    return thread


async def forget_everything() -> None:
    """No conversation is left."""
    async with unit_of_work() as session:
        for table in (ThreadReading, ThreadWord, Thread):
            await session.exec(delete(table))


VIEWS: dict[View, Callable[[Told], bool]] = {
    View.ALL: lambda told: not told.away,
    View.UNREAD: lambda told: not (told.away or told.own or told.read),
    View.WAITING: lambda told: told.own and not told.away,
    View.ARCHIVED: lambda told: told.away,
}


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(conversations=st.lists(TOLD, max_size=9), size=st.integers(1, 4))
async def test_each_view_service_and_search_holds_what_fits_once_and_newest_first(
    database: AsyncEngine, conversations: list[Told], size: int
) -> None:
    kari, other = await known_world()
    made = [(told, await make(kari, other, told)) for told in conversations]
    newest_first = sorted(made, key=lambda pair: (pair[1].last_message_at, pair[1].id), reverse=True)
    acting = await kari.acting()
    for view, fits in VIEWS.items():
        for service_id in ("", kari.service.id, other):
            for text in ("", "BESØK", "øyed"):
                everywhere = view is View.ALL and bool(text)
                expected = [
                    thread.id
                    for told, thread in newest_first
                    if (fits(told) or everywhere)
                    and service_id in ("", thread.service_id)
                    and (not text or told.subject.lower().startswith(text.lower()))
                ]
                assert await found(acting, Choice(view, service_id, text), size) == expected
    assert await inbox.count_unread(acting) == sum(VIEWS[View.UNREAD](told) for told in conversations)
    with_threads = {thread.service_id for _, thread in made}
    assert {service.id for service in await inbox.list_services(acting)} == with_threads
    await forget_everything()


_known: dict[str, tuple[World, str]] = {}


async def known_world() -> tuple[World, str]:
    """Kari, her service and the id of another one; made once for each database."""
    address = str(app_database.engine().url)
    if address not in _known:
        kari = await world.world()
        second = world.service(kari.organisation, "Ergoterapi")
        await world.add(second)
        _known[address] = (kari, second.id)
    return _known[address]


async def written(kari: World, subject: str, body: str) -> str:
    """A conversation that Kari begins; its id."""
    sent = await sending.send_new(await kari.acting(), Draft(body, new_id(), kari.service.id, subject))
    return sent.thread_id


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("øyedråper", True),
        ("ØYE", True),
        ("dråper", False),
        ("kjøleskap rene", True),
        ("kjøleskap torsdag", False),
        ("hjemmesykepl", True),
        ("!", False),
        ("%", False),
    ],
)
async def test_subject_text_and_service_are_found_by_the_beginnings_of_words(
    database: AsyncEngine, text: str, matches: bool
) -> None:
    kari = await world.world()
    thread_id = await written(kari, "Nye øyedråper", "De står i kjøleskapet, sier René.")
    assert await found(await kari.acting(), Choice(text=text)) == ([thread_id] if matches else [])


async def test_words_of_another_person_never_match(database: AsyncEngine) -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    await world.add(world.relation(ola, kari.service))
    await written(kari, "Øyedråper", "Kjøleskapet")
    for_ola = await acting_context(ola.id)
    sent = await sending.send_new(for_ola, Draft("Hei", new_id(), kari.service.id, "Øyelege"))
    assert await found(for_ola, Choice(text="øye")) == [sent.thread_id]
    assert await found(for_ola, Choice(text="kjøleskapet")) == []


async def test_a_search_is_logged_without_what_was_searched_for(database: AsyncEngine) -> None:
    kari = await world.world()
    await inbox.list_threads(await kari.acting(), chosen=Choice(text="hemmelig"))
    [entry] = await world.rows(AccessLogEntry)
    assert entry.action is LogAction.THREADS_SEARCH
    assert [value for value in entry.model_dump().values() if "hemmelig" in str(value)] == []


async def test_archive_is_each_readers_own_and_ends_with_the_next_message(database: AsyncEngine) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(right)
    (conversation,) = await kari.threads([later(hours=1)])
    for_self, for_mother = await kari.acting(), await acting_context(ingrid.id, right.key)
    await archive.put_away(for_self, conversation.id)
    assert (await found(for_self, Choice()), await found(for_mother, Choice())) == ([], [conversation.id])
    assert await found(for_self, Choice(View.ARCHIVED)) == [conversation.id]
    assert (await inbox.open_thread(for_self, conversation.id)).archived
    conversation.last_message_at = conversation.last_from_service_at = later(days=60)
    await world.add(conversation)
    assert (await found(for_self, Choice()), await found(for_self, Choice(View.ARCHIVED))) == (
        [conversation.id],
        [],
    )
    assert await inbox.count_unread(for_self) == 1


async def test_message_that_was_timed_before_it_was_put_away_comes_back_unread(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    (conversation,) = await kari.threads([later(hours=1)])
    acting = await kari.acting()
    clock.set(later(hours=3))
    await archive.put_away(acting, conversation.id)
    conversation.last_message_at = conversation.last_from_service_at = later(hours=2)
    await world.add(conversation)
    assert (await found(acting, Choice()), await inbox.count_unread(acting)) == ([conversation.id], 1)


async def test_answer_in_the_very_instant_it_is_put_away_takes_it_back(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages", "write_messages")
    await world.add(right)
    (conversation,) = await kari.threads([later(hours=1)])
    clock.set(later(hours=1))
    acting = await kari.acting()
    await archive.put_away(acting, conversation.id)
    for_mother = await acting_context(ingrid.id, right.key)
    await sending.reply(for_mother, conversation.id, Draft("Takk!", new_id()))
    assert await found(acting, Choice()) == [conversation.id]


async def test_taking_back_undoes_putting_away(database: AsyncEngine) -> None:
    kari = await world.world()
    (conversation,) = await kari.threads([later(hours=1)])
    acting = await kari.acting()
    await archive.put_away(acting, conversation.id)
    await archive.take_back(acting, conversation.id)
    assert await found(acting, Choice()) == [conversation.id]
    actions = [entry.action for entry in await world.rows(AccessLogEntry)]
    assert actions[:2] == [LogAction.THREAD_ARCHIVE, LogAction.THREAD_UNARCHIVE]


async def test_anothers_conversation_cannot_be_put_away(database: AsyncEngine) -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    others = world.thread(ola, kari.service)
    await world.add(others)
    for act in (archive.put_away, archive.take_back):
        with pytest.raises(NotFoundError):
            await act(await kari.acting(), others.id)
    assert await world.rows(ThreadReading) == []


async def test_messages_are_paged_backwards_without_loss(database: AsyncEngine) -> None:
    kari = await world.world()
    (conversation,) = await kari.threads([later(hours=1)])
    await world.add(*(world.message(conversation, later(hours=1, minutes=n // 3)) for n in range(120)))
    every = sorted(await world.rows(Message), key=lambda one: (one.sent_at, one.id))
    acting = await kari.acting()
    opened = await inbox.open_thread(acting, conversation.id)
    sizes = [len(opened.messages)]
    while opened.has_older:
        opened = await inbox.open_thread(acting, conversation.id, opened.first, older=True)
        sizes.append(len(opened.messages))
    assert sizes == [50, 100, 121]
    assert [one.id for one in opened.messages] == [one.id for one in every]
    whole = await inbox.open_thread(acting, conversation.id, BEGINNING)
    assert (len(whole.messages), whole.has_older) == (121, False)


async def test_words_are_kept_once_however_often_they_are_written(database: AsyncEngine) -> None:
    kari = await world.world()
    thread_id = await written(kari, "Besøk", "besøk besøk")
    await sending.reply(await kari.acting(), thread_id, Draft("Besøk igjen", new_id()))
    async with unit_of_work(reading=True) as session:
        query = select(ThreadWord.word).order_by(col(ThreadWord.word))
        assert list(await session.exec(query)) == ["besøk", "hjemmesykepleie", "igjen"]
