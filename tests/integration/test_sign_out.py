"""Signing out here, at the provider, and from another service; and staying signed in."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from digihelse_app import routes
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.session import Session
from digihelse_app.services import sessions
from tests.conftest import MovableClock
from tests.sign_in_site import Browser, Site, logged_acts, site


@pytest.fixture
async def served(database: AsyncEngine, tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as built:
        yield built


@pytest.fixture
async def visitor(served: Site) -> AsyncIterator[Browser]:
    async with served.browser() as opened:
        yield opened


@pytest.fixture
def ended() -> Iterator[list[str]]:
    """Ids of the sessions that listeners were told of."""
    told: list[str] = []

    async def note(ids: list[str]) -> None:
        told.extend(ids)

    sessions.on_end(note)
    yield told
    sessions.forget_listeners()


async def live_id(visitor: Browser) -> str:
    live = await sessions.find(visitor.session_secret)
    assert live is not None
    return live.id


async def provider_sid() -> str:
    async with unit_of_work(reading=True) as session:
        sid = (await session.exec(select(Session.provider_sid))).one()
    assert sid is not None
    return sid


async def front_channel(served: Site, **query: str) -> httpx.Response:
    """What the provider's frame asks for: no cookies."""
    async with served.browser() as frame:
        return await frame.http.get(routes.FRONTCHANNEL_LOGOUT, params=query)


async def test_sign_out_ends_the_session_here_and_at_the_provider(visitor: Browser, ended: list[str]) -> None:
    await visitor.sign_in()
    secret, session_id = visitor.session_secret, await live_id(visitor)
    between = await visitor.post(routes.LOGOUT)
    assert (await sessions.find(secret), ended, visitor.session_secret) == (None, [session_id], "")
    there = await visitor.submit(between)
    assert 'href="/auth/logget-ut?state=' in there.text.replace(visitor.http.base_url.__str__(), "")
    back = await visitor.http.get(routes.LOGOUT_CALLBACK)
    assert (back.status_code, back.headers["location"]) == (303, routes.SIGNED_OUT)
    begun = await visitor.begin()
    at_provider = await visitor.http.get(begun.headers["location"])
    assert "/authorize/login" in at_provider.headers["location"]  # single sign-on is over too
    assert await logged_acts() == [LogAction.SIGN_IN, LogAction.SIGN_OUT]


async def test_sign_out_puts_the_id_token_in_no_address(visitor: Browser) -> None:
    await visitor.sign_in()
    between = await visitor.post(routes.LOGOUT)
    assert (between.status_code, between.headers["cache-control"]) == (200, "no-store")
    assert "eyJ" not in between.text.partition('action="')[2].partition('"')[0]
    assert "id_token_hint=" not in between.text
    script = await visitor.http.get("/auth/videre.js")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    origin = visitor.issuer.removesuffix("/testid")
    policy = between.headers["content-security-policy"]
    assert policy.endswith(f"form-action {origin} 'self'")


async def test_sign_out_takes_the_cookie_back(visitor: Browser) -> None:
    await visitor.sign_in()
    answer = await visitor.post(routes.LOGOUT)
    assert answer.headers["set-cookie"] == 'digihelse=""; HttpOnly; Max-Age=0; Path=/; SameSite=lax'


async def test_sign_out_without_a_session_goes_to_the_signed_out_page(visitor: Browser) -> None:
    answer = await visitor.post(routes.LOGOUT)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.SIGNED_OUT)


@pytest.mark.parametrize("path", [routes.LOGOUT, routes.EXTEND])
async def test_another_site_cannot_sign_anyone_out(visitor: Browser, path: str) -> None:
    await visitor.sign_in()
    answer = await visitor.post(path, Origin="https://evil.example")
    assert answer.status_code == 403
    assert await sessions.find(visitor.session_secret) is not None


async def test_sign_out_is_not_a_link(visitor: Browser) -> None:
    assert (await visitor.http.get(routes.LOGOUT)).status_code == 405


@pytest.mark.parametrize("slash", ["", "/"])
async def test_front_channel_logout_ends_the_session(
    served: Site, visitor: Browser, ended: list[str], slash: str
) -> None:
    await visitor.sign_in()
    session_id, sid = await live_id(visitor), await provider_sid()
    answers = [await front_channel(served, iss=served.issuer + slash, sid=sid) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert (ended, await sessions.find(visitor.session_secret)) == ([session_id], None)
    policy = answers[0].headers["content-security-policy"]
    assert policy == "default-src 'none'; frame-ancestors 'self'"


@pytest.mark.parametrize("changed", [{"iss": "https://evil.example"}, {"iss": ""}, {"sid": "x"}, {"sid": ""}])
async def test_front_channel_logout_of_something_else_ends_nothing(
    served: Site, visitor: Browser, changed: dict[str, str]
) -> None:
    await visitor.sign_in()
    query = {"iss": served.issuer, "sid": await provider_sid()} | changed
    assert (await front_channel(served, **query)).status_code == 200
    assert await sessions.find(visitor.session_secret) is not None


async def test_provider_down_still_signs_out_here(
    database: AsyncEngine, tmp_path: Path, clock: MovableClock
) -> None:
    async with site(tmp_path, clock=clock) as built, built.browser() as visitor:
        await visitor.sign_in()
        secret = visitor.session_secret
        built.party._metadata._issuer = "http://localhost:1/testid"
        clock.advance(minutes=20)
        await sessions.touch(await live_id(visitor))
        built.party._metadata._document = None
        answer = await visitor.post(routes.LOGOUT)
    assert (answer.status_code, answer.headers["location"]) == (303, routes.SIGNED_OUT)
    assert await sessions.find(secret) is None


async def test_extending_keeps_an_idle_session_alive(
    database: AsyncEngine, tmp_path: Path, clock: MovableClock
) -> None:
    async with site(tmp_path, clock=clock) as built, built.browser() as visitor:
        await visitor.sign_in()
        clock.advance(minutes=29)
        assert (await visitor.post(routes.EXTEND)).status_code == 204
        clock.advance(minutes=29)
        assert await sessions.find(visitor.session_secret) is not None
        clock.advance(minutes=1)
        assert (await visitor.post(routes.EXTEND)).status_code == 401
