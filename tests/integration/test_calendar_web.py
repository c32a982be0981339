"""Calendars over HTTP: by a private address without signing in, and as a file for who is signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette

from digihelse_app import routes
from digihelse_app import settings as app_settings
from digihelse_app.models.codes import (
    LogAction,
)
from digihelse_app.models.person import Person
from digihelse_app.services import calendar_feeds, sessions
from digihelse_app.services.representation import acting_context
from digihelse_app.web import calendar
from digihelse_app.web.auth import cookies
from digihelse_app.web.caller import Callers
from tests import world
from tests.calendars import logged, planned, proxy, uids
from tests.conftest import MovableClock
from tests.identities import IDENTITY
from tests.people import OLA

SETTINGS = app_settings.from_environment()


@asynccontextmanager
async def browser(person: Person | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A program that fetches calendars, with the session of `person` or with none."""
    jar = {}
    if person is not None:
        secret = await sessions.open_session(person.id, IDENTITY)
        jar = {cookies.for_settings(SETTINGS).session: secret}
    transport = httpx.ASGITransport(Starlette(routes=calendar.routes(Callers(SETTINGS))))
    async with httpx.AsyncClient(transport=transport, base_url=SETTINGS.base_url, cookies=jar) as client:
        yield client


async def test_over_http_it_is_a_calendar_that_nobody_keeps(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one = await planned(kari)
    feed = await calendar_feeds.create(await kari.acting(), "nb")
    async with browser() as program:
        answer = await program.get(routes.calendar_feed(feed.secret))
        tag = answer.headers["etag"]
        clock.advance(hours=1)
        same = [
            await program.get(routes.calendar_feed(feed.secret), headers={"If-None-Match": held})
            for held in (tag, f'"other", W/{tag}', "*")
        ]
        one.starts_at += timedelta(hours=1)
        await world.add(one)
        changed = await program.get(routes.calendar_feed(feed.secret), headers={"If-None-Match": tag})
    assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (
        200,
        "text/calendar; charset=utf-8",
        "private, no-store",
    )
    assert uids(answer.text) == [one.id]
    assert [(each.status_code, each.content, each.headers["etag"]) for each in same] == [(304, b"", tag)] * 3
    assert (changed.status_code, changed.headers["etag"] == tag) == (200, False)
    assert len([entry for entry in await logged() if entry[0] is LogAction.FEED_READ]) == 5


async def test_over_http_unknown_revoked_and_not_allowed_are_one_answer(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    await planned(kari)
    ingrid, given = await proxy(kari, "see_visits")
    revoked, for_kari = await kari.acting(), await acting_context(ingrid.id, given.key)
    gone, ended = await calendar_feeds.create(revoked, "nb"), await calendar_feeds.create(for_kari, "nb")
    await calendar_feeds.revoke(revoked, gone.feed_id)
    given.ended_at = clock.at
    await world.add(given)
    guesses = [gone.secret, ended.secret, "a" * 43, "a", "%00" * 43, gone.secret[:-1], "%ff"]
    async with browser() as program:
        answers = [await program.get(routes.calendar_feed(guess)) for guess in guesses]
    assert {(one.status_code, one.content, str(one.headers)) for one in answers} == {
        (404, b"", str(answers[0].headers))
    }
    assert answers[0].headers["cache-control"] == "private, no-store"


async def test_one_visit_is_a_file_for_who_is_signed_in(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    ingrid, given = await proxy(kari, "see_visits")
    one = await planned(kari)
    async with browser(kari.kari) as own:
        answer = await own.get(routes.visit_ics(one.id), params={"sprak": "en"})
    async with browser(ingrid) as hers:
        for_kari = await hers.get(routes.visit_ics(one.id), params={"for": given.key})
        for_herself = await hers.get(routes.visit_ics(one.id))
    assert (answer.status_code, answer.headers["content-type"], answer.headers["cache-control"]) == (
        200,
        "text/calendar; charset=utf-8",
        "no-store",
    )
    assert answer.headers["content-disposition"] == 'attachment; filename="hjemmebesok.ics"'
    assert uids(answer.text) == uids(for_kari.text) == [one.id]
    assert "SUMMARY:Home visit" in answer.text.split("\r\n")
    assert (for_herself.status_code, for_herself.content) == (404, b"")
    assert await logged() == [(LogAction.VISIT_CALENDAR, one.id)] * 2


async def test_anothers_visit_and_none_are_not_found_and_nobody_gets_nothing(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one, ola = await planned(kari), await world.person(OLA)
    async with browser(ola) as stranger:
        found = [await stranger.get(routes.visit_ics(which)) for which in (one.id, "finnes-ikke", "%00")]
    async with browser() as nobody:
        without = await nobody.get(routes.visit_ics(one.id))
    assert [(answer.status_code, answer.content) for answer in found] == [(404, b"")] * 3
    assert (without.status_code, without.content) == (401, b"")
    assert await logged() == []
