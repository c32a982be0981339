"""The inbox, an open conversation, the frame and live pages: on a real database, without a browser."""

from datetime import UTC, datetime
from typing import Any

import pytest

from digihelse_app import routes
from digihelse_app.access.context import AccessDeniedError
from digihelse_app.models.codes import ConsentKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.live import LiveState
from digihelse_app.state.nav import NavState
from digihelse_app.state.person import ComposedForAnotherError
from digihelse_app.state.thread import ThreadState
from tests import world
from tests.answers import focus_of, names
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.world import World, later

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TERMS, DIALOGUE = ConsentKind.TERMS, ConsentKind.DIALOGUE

INBOX_AGAIN = ["ThreadState.refresh", "CircleState.refresh", "InboxState.load", "NavState.load"]

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")


async def test_inbox_shows_a_page_and_then_the_older_ones() -> None:
    kari = await world.world()
    made = await kari.threads([later(hours=hour) for hour in range(45)])
    newest_first = [thread.id for thread in reversed(made)]
    inbox = await world.state(InboxState, kari.kari)
    await inbox.load()
    assert ([row.id for row in inbox.threads], inbox.has_older) == (newest_first[:20], True)
    await inbox.show_older()
    await inbox.load()
    assert ([row.id for row in inbox.threads], inbox.has_older) == (newest_first[:40], True)
    await inbox.show_older()
    await inbox.show_older()
    assert ([row.id for row in inbox.threads], inbox.has_older) == (newest_first, False)
    assert (inbox.shown_for, inbox.ready, inbox.announcement) == ("", True, "")


async def test_inbox_announces_what_comes_and_not_what_was_there(clock: MovableClock) -> None:
    kari = await world.world()
    await kari.threads([later(hours=1)])
    inbox = await world.state(InboxState, kari.kari)
    await inbox.load()
    assert inbox.announcement == ""
    await kari.threads([later(hours=2)])
    await inbox.load()
    assert inbox.announcement == "Nytt svar fra Hjemmesykepleie"
    await inbox.load()
    assert inbox.announcement == "Nytt svar fra Hjemmesykepleie"
    await kari.threads([later(hours=3)])
    await inbox.load()
    assert inbox.announcement == "Nytt svar fra Hjemmesykepleie\u00a0"
    clock.advance(minutes=1)
    await inbox.load()
    assert inbox.announcement == ""


async def test_inbox_is_not_ready_and_empty_before_consent() -> None:
    ola = await world.person(OLA, consented=False)
    inbox = await world.state(InboxState, ola)
    await inbox.load()
    assert (inbox.ready, inbox.threads, inbox.shown_for) == (False, [], "")


async def test_inbox_of_another_is_refused_to_who_may_not_read() -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "see_visits")
    await world.add(right)
    inbox = await world.state(InboxState, ingrid, key=right.key)
    with pytest.raises(AccessDeniedError):
        await inbox.load()
    assert (inbox.threads, inbox.shown_for) == ([], "-")


async def opened(kari: World, **form: str) -> tuple[ThreadState, dict[str, Any]]:
    """A conversation on the page, and a reply ready to send."""
    (thread,) = await kari.threads([later(hours=1)])
    query = {routes.THREAD_QUERY: thread.id}
    state = await world.state(ThreadState, kari.kari, path=routes.INBOX, **query)
    await state.load()
    reply = {"person": "", "thread": thread.id, "body": "Takk!", "key": new_id()}
    return state, reply | form


async def test_thread_shows_the_conversation_in_the_address() -> None:
    kari = await world.world()
    state, _ = await opened(kari)
    assert (state.subject, state.service, state.may_reply, state.missing) == (
        "Nye tider",
        "Hjemmesykepleie",
        True,
        False,
    )
    assert [(row.body, row.own) for row in state.messages] == [("Vi kommer klokken ti.", False)]
    assert state.newest == state.messages[0].id


@pytest.mark.parametrize("thread_id", ["", "no-such-thread", "\x00"])
async def test_thread_that_is_not_there_shows_nothing(thread_id: str) -> None:
    kari = await world.world()
    query = {routes.THREAD_QUERY: thread_id}
    state = await world.state(ThreadState, kari.kari, path=routes.INBOX, **query)
    await state.load()
    assert (state.thread_id, state.messages, state.missing) == ("", [], bool(thread_id))


async def test_thread_of_another_person_is_missing() -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    others = world.thread(ola, kari.service)
    await world.add(others, world.message(others))
    query = {routes.THREAD_QUERY: others.id}
    state = await world.state(ThreadState, kari.kari, path=routes.INBOX, **query)
    await state.load()
    assert (state.thread_id, state.messages, state.missing) == ("", [], True)
    assert state.subject == "Vi finner ikke samtalen"


async def test_thread_announces_an_answer_that_comes() -> None:
    kari = await world.world()
    state, _ = await opened(kari)
    await state.refresh()
    assert state.announcement == ""
    thread = (await world.rows(Thread))[0]
    await world.add(world.message(thread, later(hours=2)))
    await state.refresh()
    assert state.announcement == "Nytt svar fra Hjemmesykepleie."


async def test_a_reply_is_shown_and_named_by_its_key() -> None:
    kari = await world.world()
    state, form = await opened(kari)
    answer = await state.reply(form)
    assert [row.body for row in state.messages] == ["Vi kommer klokken ti.", "Takk!"]
    assert (state.error, state.sent_key, state.announcement) == ("", form["key"], "Meldingen er sendt.")
    await state.refresh()  # as her own act has the page do, moments later
    assert state.announcement == "Meldingen er sendt."
    assert names(answer) == ["InboxState.load"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"body": " "}, "Skriv meldingen din."),
        ({"body": "x" * 4001}, "Meldingen kan ha høyst 4000 tegn. Kort den ned."),
        ({"key": ""}, "Meldingen ble ikke sendt. Prøv igjen."),
    ],
)
async def test_a_reply_that_cannot_be_sent_says_why_and_takes_the_focus(
    form: dict[str, str], error: str
) -> None:
    kari = await world.world()
    state, reply = await opened(kari, **form)
    answer = await state.reply(reply)
    assert (state.error, state.sent_key, focus_of(answer)) == (error, "", "ref_reply_body")
    assert len(await world.rows(Message)) == 1


async def test_what_was_written_for_another_is_not_sent() -> None:
    kari = await world.world()
    state, reply = await opened(kari, person="another-key")
    with pytest.raises(ComposedForAnotherError):
        await state.reply(reply)
    assert len(await world.rows(Message)) == 1


async def test_the_button_that_comes_when_one_archives_takes_the_focus_and_so_the_way_back() -> None:
    kari = await world.world()
    state, _ = await opened(kari)
    focus, *again = await state.put_away("")
    assert (state.archived, focus_of(focus), names(again)) == (
        True,
        "ref_take_back",
        ["InboxState.load", "NavState.load"],
    )
    focus, *again = await state.take_back("")
    assert (state.archived, focus_of(focus), names(again)) == (False, "ref_archive", ["InboxState.load"])


async def test_frame_says_whom_one_acts_for_and_what_is_unread() -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(right)
    await kari.threads([later(hours=1), later(hours=2)])
    own = await world.state(NavState, kari.kari)
    await own.load()
    assert (own.acting_name, own.acting_initials, own.unread, own.shown_for) == ("", "", 2, "")
    acting = await world.state(NavState, ingrid, key=right.key)
    await acting.load()
    assert (acting.acting_name, acting.acting_initials, acting.unread, acting.shown_for) == (
        "Kari Nordmann",
        "KN",
        2,
        right.key,
    )


@pytest.mark.parametrize(
    ("path", "read_again"),
    [
        (routes.HOME, ["HomeState.load", "PersonsState.load_home", "NavState.load"]),
        (routes.INBOX, INBOX_AGAIN),
        (f"{routes.INBOX}/", INBOX_AGAIN),
        (routes.COMPOSE, ["ComposeState.look_again", "NavState.load"]),
        ("/no-such-page", ["NavState.load"]),
    ],
)
async def test_a_signal_has_the_page_in_view_read_again(path: str, read_again: list[str]) -> None:
    kari = await world.world()
    live = await world.state(LiveState, kari.kari, path=path)
    assert names(await live.refresh()) == read_again
