"""Drafts as a browser saves them: who is let in, from where, and what may be sent."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from starlette.applications import Starlette

from digihelse_app import routes
from digihelse_app.models.database import new_id
from digihelse_app.models.draft import Draft
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.models.session import Session
from digihelse_app.services import drafts as service
from digihelse_app.services import sending, sessions
from digihelse_app.settings import Settings
from digihelse_app.web import attachments, drafts
from digihelse_app.web.caller import Callers
from tests import files, world
from tests.conftest import MovableClock
from tests.identities import IDENTITY
from tests.people import INGRID, OLA
from tests.servers import free_port
from tests.sign_in_site import COOKIE, serving
from tests.world import later

pytestmark = pytest.mark.usefixtures("clock")

BOTH = pytest.mark.usefixtures("database")
ONE = pytest.mark.usefixtures("sqlite_database")

OURS = {"Sec-Fetch-Site": "same-origin"}
WRITTEN = {"body": "Kan dere komme litt", "subject": "Torsdag", "recipient": "", "category": ""}


@pytest.fixture
async def base_url() -> AsyncIterator[str]:
    """The routes on a real socket."""
    settings = Settings(base_url=f"http://localhost:{free_port()}")
    callers = Callers(settings)
    site = Starlette(routes=[*drafts.routes(callers), *attachments.routes(callers)])
    async with serving(site, int(settings.base_url.rpartition(":")[2])):
        yield settings.base_url


@asynccontextmanager
async def browser(base_url: str, person: Person | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser in which `person` is signed in, or nobody."""
    cookies = {COOKIE: await sessions.open_session(person.id, IDENTITY)} if person else {}
    async with httpx.AsyncClient(base_url=base_url, cookies=cookies, trust_env=False) as opened:
        yield opened


def draft(**changes: object) -> dict[str, object]:
    """What a browser puts."""
    return {**WRITTEN, "key": new_id(), "at": 1, **changes}


@BOTH
async def test_draft_comes_back_as_it_was_written(base_url: str) -> None:
    kari = await world.world()
    (thread,) = await kari.threads([later()])
    async with browser(base_url, kari.kari) as hers:
        for place in ("new", thread.id):
            sent = draft(body=f"Ord for {place}: «æøå» 💊\n")
            put = await hers.put(routes.DRAFT, params={"sted": place}, json=sent, headers=OURS)
            got = await hers.get(routes.DRAFT, params={"sted": place})
            assert (put.status_code, put.content, got.status_code) == (204, b"", 200)
            assert {**got.json(), "at": 1} == sent | {"files": []}
            assert (put.headers["cache-control"], got.headers["cache-control"]) == ("no-store", "no-store")


@ONE
async def test_nothing_written_is_no_content(base_url: str) -> None:
    kari = await world.world()
    async with browser(base_url, kari.kari) as hers:
        assert (await hers.get(routes.DRAFT, params={"sted": "new"})).status_code == 204


@ONE
async def test_words_that_were_sent_are_told_apart_from_words_that_are_kept(base_url: str) -> None:
    kari = await world.world()
    (thread,) = await kari.threads([later()])
    sent = draft()
    await sending.reply(await kari.acting(), thread.id, sending.Draft(WRITTEN["body"], str(sent["key"])))
    async with browser(base_url, kari.kari) as hers:
        late = await hers.put(routes.DRAFT, params={"sted": thread.id}, json=sent, headers=OURS)
        more = await hers.put(routes.DRAFT, params={"sted": thread.id}, json=draft(), headers=OURS)
    assert (late.status_code, late.content, more.status_code) == (205, b"", 204)


@ONE
async def test_form_of_one_person_keeps_and_gets_nothing_for_who_signed_in_after_her(base_url: str) -> None:
    kari, ola = await world.world(), await world.person(OLA)
    hers = {**OURS, "X-Draft-Owner": service.owner(await kari.acting())}
    async with browser(base_url, ola) as his:
        answers = [
            await his.put(routes.DRAFT, params={"sted": "new"}, json=draft(), headers=hers),
            await his.get(routes.DRAFT, params={"sted": "new"}, headers=hers),
            await his.get(routes.DRAFT_KEY, params={"sted": "new"}, headers=hers),
        ]
    assert [(answer.status_code, answer.content) for answer in answers] == [(409, b"")] * 3
    assert await world.rows(Draft) == []
    async with browser(base_url, kari.kari) as her:
        put = await her.put(routes.DRAFT, params={"sted": "new"}, json=draft(), headers=hers)
    assert put.status_code == 204


@ONE
async def test_typing_keeps_the_session_awake_and_what_the_page_asks_by_itself_does_not(
    base_url: str, clock: MovableClock
) -> None:
    kari = await world.world()
    async with browser(base_url, kari.kari) as hers:
        [opened] = await world.rows(Session)
        clock.advance(minutes=20)
        for address in (routes.DRAFT, routes.DRAFT_KEY):
            assert (await hers.get(address, params={"sted": "new"})).is_success
        assert (await world.rows(Session))[0].last_seen_at == opened.last_seen_at
        await hers.put(routes.DRAFT, params={"sted": "new"}, json=draft(), headers=OURS)
        assert (await world.rows(Session))[0].last_seen_at == clock.at


@ONE
async def test_who_is_not_signed_in_is_turned_away(base_url: str) -> None:
    async with browser(base_url) as strangers:
        answers = [
            await strangers.get(routes.DRAFT),
            await strangers.get(routes.DRAFT_KEY),
            await strangers.put(routes.DRAFT, json=draft(), headers=OURS),
        ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert [answer.content for answer in answers] == [b"", b"", b""]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://ond.example"},
        {"Origin": "null"},
    ],
)
@ONE
async def test_another_sites_page_saves_nothing(base_url: str, headers: dict[str, str]) -> None:
    kari = await world.world()
    async with browser(base_url, kari.kari) as hers:
        answer = await hers.put(routes.DRAFT, params={"sted": "new"}, json=draft(), headers=headers)
    assert answer.status_code == 403
    assert await world.rows(Draft) == []


@ONE
async def test_one_session_reaches_no_others_draft(base_url: str) -> None:
    kari, ola = await world.world(), await world.person(OLA)
    (thread,) = await kari.threads([later()])
    key = await _delegated(kari.kari)
    async with browser(base_url, kari.kari) as hers, browser(base_url, ola) as his:
        for place in ("new", thread.id):
            await hers.put(routes.DRAFT, params={"sted": place}, json=draft(), headers=OURS)
            assert (await his.get(routes.DRAFT, params={"sted": place})).status_code == 204
        taken = await his.put(routes.DRAFT, params={"sted": thread.id}, json=draft(), headers=OURS)
        acting = await his.get(routes.DRAFT, params={"sted": "new", "for": key})
        keys = [(await one.get(routes.DRAFT_KEY)).json()["key"] for one in (hers, his)]
    assert (taken.status_code, acting.status_code) == (404, 404)
    assert len(set(keys)) == 2


async def _delegated(kari: Person) -> str:
    """The key by which Ingrid, and nobody else, acts for Kari."""
    given: Representation = world.representation(await world.person(INGRID), kari, "write_messages")
    await world.add(given)
    return given.key


@ONE
async def test_more_than_anyone_writes_is_refused(base_url: str) -> None:
    kari = await world.world()

    async def in_pieces() -> AsyncIterator[bytes]:
        yield json.dumps(draft()).encode()

    async with browser(base_url, kari.kari) as hers:
        long = await hers.put(routes.DRAFT, json=draft(body="a" * 200_000), headers=OURS)
        assert long.status_code == 413
        # One that does not say how long it is, is answered without being read, and so may be cut off.
        with suppress(httpx.RemoteProtocolError):
            await hers.put(routes.DRAFT, content=in_pieces(), headers=OURS)
    assert await world.rows(Draft) == []


WRONG = [b"", b"[]", b"7", b'"tekst"', b"null", b"{", b"\xff", b"[" * 100_000, b'{"body":' * 20_000]


@pytest.mark.parametrize("body", WRONG)
@ONE
async def test_what_is_no_draft_is_refused(base_url: str, body: bytes) -> None:
    kari = await world.world()
    async with browser(base_url, kari.kari) as hers:
        answer = await hers.put(routes.DRAFT, content=body, headers=OURS)
    assert answer.status_code == 400
    assert await world.rows(Draft) == []


ODD = ["\ud800 halv", "\x00 null", 7, ["liste"], {"et": "objekt"}, True]


@pytest.mark.parametrize("value", ODD)
@BOTH
async def test_odd_values_do_no_harm(base_url: str, value: object) -> None:
    kari = await world.world()
    async with browser(base_url, kari.kari) as hers:
        sent = json.dumps(draft(body=value)).encode()
        answer = await hers.put(routes.DRAFT, content=sent, headers=OURS)
        assert answer.status_code in {204, 400}
        assert (await hers.get(routes.DRAFT)).status_code in {200, 204}


@BOTH
async def test_unsent_files_come_back_where_they_were_added(base_url: str) -> None:
    kari = await world.world()
    (thread,) = await kari.threads([later()])
    here, elsewhere = {"sted": thread.id}, {"sted": "new"}
    async with browser(base_url, kari.kari) as hers:
        named = {**OURS, "X-File-Name": "plan.pdf"}
        file = await hers.post(routes.ATTACHMENTS, content=files.pdf(), params=here, headers=named)
        alone = await hers.get(routes.DRAFT, params=here)
        assert alone.json() == {"files": [file.json()]}
        assert (await hers.get(routes.DRAFT, params=elsewhere)).status_code == 204
        sent = draft()
        await hers.put(routes.DRAFT, params=here, json=sent, headers=OURS)
        both = await hers.get(routes.DRAFT, params=here)
    assert {**both.json(), "at": 1} == sent | {"files": [file.json()]}


@ONE
async def test_ones_own_unsent_files_are_offered_to_nobody_else(base_url: str) -> None:
    kari, ola = await world.world(), await world.person(OLA)
    key = await _delegated(kari.kari)
    ingrid = await world.person(INGRID)
    async with (
        browser(base_url, kari.kari) as hers,
        browser(base_url, ola) as his,
        browser(base_url, ingrid) as daughters,
    ):
        await hers.post(routes.ATTACHMENTS, content=files.pdf(), params={"sted": "new"}, headers=OURS)
        answers = [
            await his.get(routes.DRAFT),
            await daughters.get(routes.DRAFT),
            await daughters.get(routes.DRAFT, params={"for": key}),
        ]
        assert (await hers.get(routes.DRAFT)).status_code == 200
    assert [answer.status_code for answer in answers] == [204, 204, 204]
