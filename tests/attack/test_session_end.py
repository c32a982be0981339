"""A session that is over is over in every open tab: at once when someone ends it, else at the next event."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from sqlmodel import col, select

from digihelse_app import routes
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.session import Session
from digihelse_app.outside import clock
from digihelse_app.services.logins import digest
from digihelse_app.state.home import HomeState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.session import SessionState
from tests.attacked import Belongings, browser, leaks_of, log_out, sign_in
from tests.tab import Tab, tab


async def row_of(secret: str) -> Session:
    """The session that the cookie's `secret` opens."""
    async with unit_of_work(reading=True) as session:
        found = select(Session).where(Session.secret_hash == digest(secret))
        return (await session.exec(found)).one()


async def change(secret: str, **values: object) -> None:
    """Write into the session's row behind the app's back."""
    async with unit_of_work() as session:
        row = await session.get_one(Session, (await row_of(secret)).id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)


async def told_by_the_provider(url: str, secret: str) -> None:
    """What the provider's frame asks when another service of hers signs out: without any cookie."""
    sid = (await row_of(secret)).provider_sid
    async with httpx.AsyncClient(base_url=url) as http:
        query = {"iss": f"{url}/testid", "sid": sid or ""}
        assert (await http.get(routes.FRONTCHANNEL_LOGOUT, params=query)).status_code == 200


async def signed_in_anew(url: str, secret: str) -> None:
    """Somebody else signs in in the same browser."""
    async with browser(url) as opened:
        opened.http.cookies.set("digihelse", secret)
        assert (await opened.sign_in("astrid-lien")).status_code == 303


async def stays_out(page: Tab, karis: Belongings) -> None:
    """The tab holds nothing of Kari's, and gets nothing more."""
    kept = "".join(map(str, page.state.values()))
    assert [trace for trace in karis.seen_in(kept) if trace != karis.person_id] == []
    page.frames.clear()
    for state, handler in ((InboxState, "load"), (InboxState, "show_older"), (HomeState, "load")):
        page.call(state, handler)
    page.call(SessionState, "extend")
    await page.settle()
    assert leaks_of(karis, page) == []
    assert set(page.redirects) == {routes.SIGNED_OUT}


@pytest.mark.parametrize("ending", [log_out, told_by_the_provider, signed_in_anew])
async def test_ended_session_sends_the_open_tabs_out_at_once(
    url: str, karis: Belongings, ending: Callable[[str, str], Awaitable[None]]
) -> None:
    secret = await sign_in(url, "kari")
    async with tab(url, routes.INBOX, cookie=secret) as one, tab(url, routes.HOME, cookie=secret) as other:
        await one.alive()
        await other.alive()
        await ending(url, secret)
        for page in (one, other):
            await page.until(lambda tab: tab.redirects == [routes.SIGNED_OUT])
            await stays_out(page, karis)


async def test_ended_session_leaves_the_persons_other_browser_alone(
    url: str, kari: str, karis: Belongings
) -> None:
    secret = await sign_in(url, "kari")
    async with tab(url, routes.INBOX, cookie=kari) as page:
        await page.alive()
        await log_out(url, secret)
        page.call(InboxState, "load")
        await page.settle()
        assert page.redirects == []


@pytest.mark.parametrize(
    "values",
    [
        {"ended_at": timedelta(0)},
        {"last_seen_at": timedelta(minutes=-30)},
        {"expires_at": timedelta(seconds=-1)},
    ],
    ids=["ended", "idle", "over"],
)
async def test_session_that_is_over_is_refused_at_the_next_event(
    url: str, karis: Belongings, values: dict[str, timedelta]
) -> None:
    secret = await sign_in(url, "kari")
    async with tab(url, routes.INBOX, cookie=secret) as page:
        await page.alive()
        await change(secret, **{name: clock.now() + shift for name, shift in values.items()})
        page.call(SessionState, "extend")
        await page.until(lambda tab: bool(tab.redirects))
        await stays_out(page, karis)


async def test_looking_does_not_keep_the_session_awake_and_acting_does(url: str, data: None) -> None:
    secret = await sign_in(url, "kari")
    async with tab(url, routes.INBOX, cookie=secret) as page:
        await page.alive()
        long_ago = clock.now() - timedelta(minutes=20)
        await change(secret, last_seen_at=long_ago)
        page.call(InboxState, "load")
        page.call(SessionState, "check")
        await page.settle()
        assert (await row_of(secret)).last_seen_at == long_ago
        page.call(SessionState, "extend")
        await page.settle()
        assert (await row_of(secret)).last_seen_at > long_ago + timedelta(minutes=19)


async def test_no_session_is_stored_by_its_secret(kari: str, data: None) -> None:
    async with unit_of_work(reading=True) as session:
        hashes = list(await session.exec(select(col(Session.secret_hash))))
    assert kari not in hashes
    assert digest(kari) in hashes
