"""A tab's token is no secret: it stands in an address. Knowing another's gives nothing."""

import pytest

from digihelse_app import routes
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.live import LiveState
from digihelse_app.state.profile import ProfileState
from digihelse_app.state.thread import ThreadState
from tests.attacked import Belongings, leaks_of
from tests.tab import RefusedError, Tab, tab

READERS = [
    (InboxState, "load"),
    (InboxState, "show_older"),
    (ThreadState, "refresh"),
    (ProfileState, "load"),
    (LiveState, "refresh"),
]


def ask_for_everything(thief: Tab) -> None:
    """Call whatever would show what the tab holds."""
    for state, handler in READERS:
        thief.call(state, handler)
    thief.call(InboxState, "load", router={})


async def shows_thread(owner: Tab, karis: Belongings) -> None:
    """Wait until Kari's tab shows her conversation."""
    await owner.until(lambda page: page.value(ThreadState, "thread_id") == karis.threads[0].id)
    await owner.alive()


@pytest.mark.parametrize("cookie_of", ["nobody", "ola"])
async def test_token_of_a_tab_that_is_open_gives_another_tab(
    url: str, kari: str, ola: str, karis: Belongings, cookie_of: str
) -> None:
    cookie = {"nobody": "", "ola": ola}[cookie_of]
    query = {routes.THREAD_QUERY: karis.threads[0].id}
    async with tab(url, routes.INBOX, cookie=kari, query=query) as owner:
        await shows_thread(owner, karis)
        stolen = owner.token
        async with tab(url, routes.INBOX, cookie=cookie, token=stolen) as thief:
            ask_for_everything(thief)
            await thief.settle()
            assert thief.token != stolen
            assert leaks_of(karis, thief) == []
        owner.call(InboxState, "load")
        await owner.settle()
        assert owner.redirects == []


@pytest.mark.parametrize("cookie_of", ["nobody", "ola"])
@pytest.mark.parametrize("boots", [True, False])
async def test_token_of_a_tab_that_was_left_gives_nothing(
    url: str, kari: str, ola: str, karis: Belongings, cookie_of: str, boots: bool
) -> None:
    cookie = {"nobody": "", "ola": ola}[cookie_of]
    query = {routes.THREAD_QUERY: karis.threads[0].id}
    async with tab(url, routes.INBOX, cookie=kari, query=query) as owner:
        await shows_thread(owner, karis)
    async with tab(
        url, routes.INBOX, cookie=cookie, token=owner.token, boot=None if boots else False
    ) as thief:
        ask_for_everything(thief)
        await thief.settle()
        assert thief.token == owner.token
        assert leaks_of(karis, thief) == []


async def test_owner_finds_her_own_again_after_a_thief(
    url: str, kari: str, ola: str, karis: Belongings
) -> None:
    async with tab(url, routes.INBOX, cookie=kari) as owner:
        await owner.alive()
    async with tab(url, routes.INBOX, cookie=ola, token=owner.token) as thief:
        await thief.settle()
    async with tab(url, routes.INBOX, cookie=kari, token=owner.token) as again:
        await again.alive()
        shown = [row["id"] for row in again.value(InboxState, "threads")]
    assert shown == [thread.id for thread in karis.threads]


async def test_tab_of_a_browser_that_changed_hands_shows_the_new_person_alone(
    url: str, kari: str, ola: str, karis: Belongings
) -> None:
    async with tab(url, routes.INBOX, cookie=kari) as before:
        await before.alive()
    async with tab(url, routes.INBOX, cookie=ola, token=before.token) as after:
        await after.alive()
        await after.settle()
        assert after.redirects == []
        assert leaks_of(karis, after) == []


async def test_cookie_that_no_parser_would_take_does_not_hide_the_session(url: str, kari: str) -> None:
    crowded = {"Cookie": f'other={{"a":1}}; digihelse={kari}'}
    async with tab(url, routes.INBOX, headers=crowded) as page:
        await page.alive()
        assert page.redirects == []


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://localhost:1"])
async def test_socket_of_another_site_is_refused(url: str, kari: str, origin: str | None) -> None:
    with pytest.raises(RefusedError) as refused:
        async with tab(url, routes.INBOX, cookie=kari, origin=origin):
            pass
    assert refused.value.status == 403
