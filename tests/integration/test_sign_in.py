"""Signing in over real sockets: the relying party against the stand-in provider and registers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from digihelse_app import routes
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.services import sessions
from tests.conftest import MovableClock
from tests.sign_in_site import Browser, Site, known_people, logged_acts, path_of, query_of, site


@pytest.fixture
async def served(database: AsyncEngine, tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as built:
        yield built


@pytest.fixture
async def visitor(served: Site) -> AsyncIterator[Browser]:
    async with served.browser() as opened:
        yield opened


async def test_sign_in_opens_a_session_and_goes_home(visitor: Browser) -> None:
    answer = await visitor.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, routes.HOME)
    live = await sessions.find(visitor.session_secret)
    assert live is not None
    (person,) = await known_people()
    assert (live.actor_id, live.acr) == (person.id, "idporten-loa-high")
    assert (person.name, person.language) == ("Kari Nordmann", "nb")
    assert await logged_acts() == [LogAction.SIGN_IN]


async def test_sign_in_sends_only_a_reference_through_the_browser(visitor: Browser) -> None:
    answer = await visitor.begin()
    assert query_of(answer.headers["location"]).keys() == {"client_id", "request_uri"}


async def test_session_cookie_is_http_only_and_lax(visitor: Browser) -> None:
    answer = await visitor.sign_in()
    name_and_value, *attributes = answer.headers.get_list("set-cookie")[0].split("; ")
    assert name_and_value == f"digihelse={visitor.session_secret}"
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=lax"]
    assert answer.headers["cache-control"] == "no-store"


async def test_the_database_holds_no_secret_of_the_browser(visitor: Browser) -> None:
    await visitor.sign_in()
    async with unit_of_work(reading=True) as session:
        row = (await session.exec(select(sessions.Session))).one()
    assert visitor.session_secret not in repr(row)
    assert row.id_token_cipher is not None
    assert not row.id_token_cipher.startswith(b"eyJ")


async def test_sign_in_comes_back_to_the_page_asked_for(visitor: Browser) -> None:
    answer = await visitor.sign_in(query={"next": "/innboks?samtale=1&for=2"})
    assert answer.headers["location"] == "/innboks?samtale=1&for=2"


async def test_five_logins_run_beside_each_other_in_one_browser(visitor: Browser) -> None:
    begun = [(await visitor.begin()).headers["location"] for _ in range(5)]
    backs = [await visitor.choose(address, person="kari-nordmann") for address in begun]
    answers = [await visitor.http.get(back) for back in backs]
    assert [answer.headers.get("location") for answer in answers] == [routes.HOME] * 5


async def test_language_chosen_before_sign_in_becomes_the_new_persons(visitor: Browser) -> None:
    await visitor.sign_in(query={"language": "en"})
    assert [person.language for person in await known_people()] == ["en"]


async def test_keys_rotated_meanwhile_are_fetched_once_more(served: Site, visitor: Browser) -> None:
    await visitor.sign_in()
    before = (await visitor.http.get(f"{served.issuer}/jwks")).json()["keys"]
    await visitor.http.post(f"{served.issuer}/drift", headers={"Origin": served.base_url})
    after = (await visitor.http.get(f"{served.issuer}/jwks")).json()["keys"]
    assert after[0] != before[0]
    answer = await visitor.sign_in(query={"prompt": "login"}, person="ola-hansen")
    assert answer.headers["location"] == routes.HOME


async def test_signing_in_again_ends_the_session_the_browser_had(visitor: Browser) -> None:
    await visitor.sign_in()
    former = visitor.session_secret
    live = await sessions.find(former)
    ended: list[list[str]] = []

    async def note(ids: list[str]) -> None:
        ended.append(ids)

    sessions.on_end(note)
    await visitor.sign_in("ola-hansen", {"prompt": "login"})
    sessions.forget_listeners()
    assert live is not None
    assert ended == [[live.id]]
    assert await sessions.find(former) is None
    assert await sessions.find(visitor.session_secret) is not None


async def test_prompt_login_is_asked_for_and_answered(visitor: Browser) -> None:
    await visitor.sign_in()
    begun = await visitor.begin(prompt="login")
    at_provider = await visitor.http.get(begun.headers["location"])
    assert path_of(at_provider.headers["location"]) == "/testid/authorize/login"


async def test_register_down_lets_a_known_person_in(served: Site, visitor: Browser) -> None:
    await visitor.sign_in()
    await served.set_registers_down(True)
    answer = await visitor.sign_in()
    assert answer.headers["location"] == routes.HOME
    assert [person.name for person in await known_people()] == ["Kari Nordmann"]


async def test_provider_metadata_is_read_once_a_day(
    database: AsyncEngine, tmp_path: Path, clock: MovableClock
) -> None:
    async with site(tmp_path, clock=clock) as built:
        first = await built.party._metadata.document()
        clock.advance(hours=23)
        assert await built.party._metadata.document() is first
        clock.advance(hours=1)
        assert await built.party._metadata.document() is not first


async def test_many_browsers_sign_the_same_new_person_in_at_once(served: Site) -> None:
    async with AsyncExitStack() as opened:
        visitors = [await opened.enter_async_context(served.browser()) for _ in range(8)]
        answers = await asyncio.gather(*(visitor.sign_in("ola-hansen") for visitor in visitors))
        assert [answer.headers.get("location") for answer in answers] == [routes.HOME] * 8
    assert [person.name for person in await known_people()] == ["Ola Hansen"]
