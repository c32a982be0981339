"""Acting for another: the key in the address is no right; each event is judged by what was given, and now."""

import pytest
from sqlmodel import func, select

from digihelse_app import routes
from digihelse_app.access.permissions import Permission
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock
from digihelse_app.state.compose import ComposeState
from digihelse_app.state.failures import FailureState
from digihelse_app.state.home import HomeState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.thread import ThreadState
from tests.attacked import Belongings, belongings_of, leaks_of, represent
from tests.tab import Tab, tab

READ, WRITE = Permission.READ_MESSAGES, Permission.WRITE_MESSAGES


@pytest.fixture
async def ingrid_id(ingrid: str, data: None) -> str:
    """Ingrid's person id."""
    return (await belongings_of("ingrid")).person_id


@pytest.fixture
async def reading(ingrid_id: str, karis: Belongings) -> str:
    """The key of a delegation that lets Ingrid read Kari's messages."""
    return await represent(ingrid_id, karis.person_id, READ)


@pytest.fixture
async def writing(ingrid_id: str, karis: Belongings) -> str:
    """The key of a delegation that lets Ingrid read and write for Kari."""
    return await represent(ingrid_id, karis.person_id, READ, WRITE)


async def messages() -> int:
    """How many messages there are."""
    async with unit_of_work(reading=True) as session:
        return (await session.exec(select(func.count()).select_from(Message))).one()


def shown(page: Tab) -> list[str]:
    """The ids of the conversations on the page."""
    return [row["id"] for row in page.value(InboxState, "threads") or []]


def reply_to(karis: Belongings, person: object) -> dict[str, object]:
    """The payload of a reply in Kari's newest conversation."""
    thread = karis.threads[0].id
    return {"form": {"thread": thread, "body": "Hei fra Ingrid", "key": new_id(), "person": person}}


async def test_key_in_the_address_shows_the_represented_persons_messages(
    url: str, ingrid: str, reading: str, karis: Belongings
) -> None:
    async with tab(url, routes.INBOX, cookie=ingrid, query={routes.FOR_QUERY: reading}) as page:
        await page.alive()
        assert shown(page) == [thread.id for thread in karis.threads]
        assert page.value(InboxState, "shown_for") == reading


@pytest.mark.parametrize("whose", ["unknown", "expired", "someone else's", "no messages", "wrong case"])
async def test_key_that_gives_no_right_shows_nothing(
    url: str, ingrid: str, ingrid_id: str, ola: str, karis: Belongings, whose: str
) -> None:
    cookie, key = ingrid, new_id()
    if whose == "expired":
        key = await represent(ingrid_id, karis.person_id, READ, days_left=-1)
    elif whose == "someone else's":
        cookie, key = ola, await represent(ingrid_id, karis.person_id, READ)
    elif whose == "no messages":
        key = await represent(ingrid_id, karis.person_id)
    elif whose == "wrong case":
        key = (await represent(ingrid_id, karis.person_id, READ)).upper()
    for path in (routes.INBOX, routes.HOME, routes.COMPOSE, routes.PROFILE):
        async with tab(url, path, cookie=cookie, query={routes.FOR_QUERY: key}) as page:
            await page.alive()
            page.call(ThreadState, "load", router=page.router() | {"query": {"for": key, "samtale": "x"}})
            await page.settle()
            assert leaks_of(karis, page) == []
            assert page.value(FailureState, "kind") == "denied"


async def test_write_composed_for_another_person_is_not_sent(
    url: str, ingrid: str, writing: str, reading: str, karis: Belongings
) -> None:
    before = await messages()
    addresses: list[tuple[dict[str, object], object]] = [
        ({routes.FOR_QUERY: writing}, ""),
        ({routes.FOR_QUERY: writing}, reading),
        ({routes.FOR_QUERY: writing}, None),
        ({routes.FOR_QUERY: writing}, [writing]),
        ({}, writing),
        ({routes.FOR_QUERY: reading}, writing),
    ]
    for query, person in addresses:
        async with tab(url, routes.INBOX, cookie=ingrid, query=query) as page:
            await page.alive()
            page.call(ThreadState, "reply", reply_to(karis, person))
            await page.until(lambda tab: tab.value(FailureState, "kind") == "other_person")
            page.call(ComposeState, "send", {"form": {"person": person, "subject": "a", "body": "b"}})
            await page.settle()
    assert await messages() == before


async def test_write_without_the_scope_is_refused(
    url: str, ingrid: str, reading: str, karis: Belongings
) -> None:
    before = await messages()
    async with tab(url, routes.INBOX, cookie=ingrid, query={routes.FOR_QUERY: reading}) as page:
        await page.alive()
        page.call(ThreadState, "reply", reply_to(karis, reading))
        await page.until(lambda tab: tab.value(FailureState, "kind") == "denied")
        await page.settle()
        assert shown(page) == []
    assert await messages() == before


async def test_change_of_person_in_one_tab_empties_the_rows_at_once(
    url: str, ingrid: str, reading: str, karis: Belongings
) -> None:
    async with tab(url, routes.INBOX, cookie=ingrid, query={routes.FOR_QUERY: reading}) as page:
        await page.alive()
        assert shown(page) != []
        before = len(page.frames)
        await page.go(routes.INBOX)
        await page.settle()
        page.frames[:before] = []
        assert leaks_of(karis, page) == []
        first = next(frame for frame in page.frames if InboxState.get_full_name() in frame)
        assert '"threads_rx_state_":[]' in first


async def end(key: str) -> None:
    """The delegation with this key holds no more."""
    async with unit_of_work() as session:
        row = (await session.exec(select(Representation).where(Representation.key == key))).one()
        row.ended_at = clock.now()
        session.add(row)


async def test_a_tab_that_has_read_nothing_yet_says_whom_one_may_no_longer_act_for(
    url: str, ingrid: str, reading: str
) -> None:
    async with tab(url, routes.PRIVACY, cookie=ingrid, query={routes.FOR_QUERY: reading}) as page:
        await page.alive()
        await end(reading)
        await page.go(routes.INBOX, **{routes.FOR_QUERY: reading})
        await page.until(lambda tab: tab.value(FailureState, "kind") == "denied")
        assert page.value(FailureState, "title") == "Du kan ikke lenger bruke Digihelse for Kari Nordmann"
        assert shown(page) == []


async def test_delegation_that_is_ended_ends_in_the_open_tab(
    url: str, ingrid: str, reading: str, karis: Belongings
) -> None:
    async with tab(url, routes.INBOX, cookie=ingrid, query={routes.FOR_QUERY: reading}) as page:
        await page.alive()
        await end(reading)
        page.call(InboxState, "load")
        await page.until(lambda tab: tab.value(FailureState, "kind") == "denied")
        assert shown(page) == []
        await page.go(routes.HOME, **{routes.FOR_QUERY: reading})
        await page.settle()
        assert page.value(HomeState, "greeting") in (None, "")


async def test_reply_reaches_the_tabs_of_all_who_act_for_the_person(
    url: str, kari: str, ingrid: str, writing: str, karis: Belongings
) -> None:
    query = {routes.THREAD_QUERY: karis.threads[0].id}
    acting = query | {routes.FOR_QUERY: writing}
    async with (
        tab(url, routes.INBOX, cookie=kari, query=query) as hers,
        tab(url, routes.INBOX, cookie=ingrid, query=acting) as represented,
    ):
        await hers.alive()
        await represented.alive()
        frames = len(hers.frames)
        represented.call(ThreadState, "reply", reply_to(karis, writing))
        await hers.until(lambda tab: "Hei fra Ingrid" in "".join(tab.frames[frames:]))
        # Pushed from within another's handler: each tab still has its own cookie, address and rights.
        for page, key in ((hers, ""), (represented, writing)):
            page.call(InboxState, "load")
            await page.settle()
            assert (page.redirects, page.value(InboxState, "shown_for")) == ([], key)
