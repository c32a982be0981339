"""Signing in over real sockets: the relying party against the stand-in provider and registers."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from digihelse_app import routes
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.session import LoginTransaction
from digihelse_app.services import sessions
from digihelse_app.text.catalogue import lookup
from tests.conftest import MovableClock
from tests.servers import free_port
from tests.sign_in_site import Browser, Site, path_of, query_of, site


@pytest.fixture
async def served(database: AsyncEngine, tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as built:
        yield built


@pytest.fixture
async def browser(served: Site) -> AsyncIterator[Browser]:
    async with served.browser() as opened:
        yield opened


async def people() -> list[Person]:
    async with unit_of_work(reading=True) as session:
        return list(await session.exec(select(Person)))


async def logged() -> list[LogAction]:
    async with unit_of_work(reading=True) as session:
        rows = await session.exec(select(AccessLogEntry).order_by(col(AccessLogEntry.at)))
        return [row.action for row in rows]


def title_of(answer: httpx.Response) -> str:
    """The heading of the failure page."""
    return answer.text.partition('data-size="lg">')[2].partition("</h1>")[0]


def failure_title(failure: str, language: str = "nb") -> str:
    return lookup(language, f"signin.failure.{failure}.title")


async def test_sign_in_opens_a_session_and_goes_home(browser: Browser) -> None:
    answer = await browser.sign_in()
    assert (answer.status_code, answer.headers["location"]) == (303, routes.HOME)
    live = await sessions.find(browser.session_secret)
    assert live is not None
    (person,) = await people()
    assert (live.actor_id, live.acr) == (person.id, "idporten-loa-high")
    assert (person.name, person.language) == ("Kari Nordmann", "nb")
    assert await logged() == [LogAction.SIGN_IN]


async def test_sign_in_sends_only_a_reference_through_the_browser(browser: Browser) -> None:
    answer = await browser.begin()
    assert query_of(answer.headers["location"]).keys() == {"client_id", "request_uri"}


async def test_session_cookie_is_http_only_and_lax(browser: Browser) -> None:
    answer = await browser.sign_in()
    name_and_value, *attributes = answer.headers["set-cookie"].split("; ")
    assert name_and_value == f"digihelse={browser.session_secret}"
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=lax"]
    assert answer.headers["cache-control"] == "no-store"


async def test_the_database_holds_no_secret_of_the_browser(browser: Browser) -> None:
    await browser.sign_in()
    async with unit_of_work(reading=True) as session:
        row = (await session.exec(select(sessions.Session))).one()
    assert browser.session_secret not in repr(row)
    assert row.id_token_cipher is not None
    assert not row.id_token_cipher.startswith(b"eyJ")


async def test_sign_in_comes_back_to_the_page_asked_for(browser: Browser) -> None:
    answer = await browser.sign_in(query={"next": "/innboks?samtale=1&for=2"})
    assert answer.headers["location"] == "/innboks?samtale=1&for=2"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/hjem",
        "/\\evil.example",
        "/hjem@evil.example",
        "javascript:alert(1)",
        "/auth/logout",
        "/logget-ut",
        "/innboks\r\nSet-Cookie: x=y",
        "/innboks" + "x" * 500,
        "",
    ],
)
async def test_return_path_leads_to_our_own_pages_alone(browser: Browser, wanted: str) -> None:
    answer = await browser.sign_in(query={"next": wanted})
    assert answer.headers["location"] == routes.HOME


async def test_five_logins_run_beside_each_other_in_one_browser(browser: Browser) -> None:
    begun = [(await browser.begin()).headers["location"] for _ in range(5)]
    backs = [await browser.choose(address, person="kari-nordmann") for address in begun]
    answers = [await browser.http.get(back) for back in backs]
    assert [answer.headers.get("location") for answer in answers] == [routes.HOME] * 5


async def test_a_sixth_login_closes_the_oldest(browser: Browser) -> None:
    begun = [(await browser.begin()).headers["location"] for _ in range(6)]
    backs = [await browser.choose(address, person="kari-nordmann") for address in begun]
    answers = [await browser.http.get(back) for back in backs]
    assert [answer.status_code for answer in answers] == [400, 303, 303, 303, 303, 303]


async def test_replayed_callback_is_refused(browser: Browser) -> None:
    begun = await browser.begin()
    back = await browser.choose(begun.headers["location"], person="kari-nordmann")
    first, second = await browser.http.get(back), await browser.http.get(back)
    assert (first.status_code, second.status_code) == (303, 400)
    assert title_of(second) == failure_title("replayed")


async def test_callback_in_another_browser_is_refused(served: Site, browser: Browser) -> None:
    begun = await browser.begin()
    back = await browser.choose(begun.headers["location"], person="kari-nordmann")
    async with served.browser() as other:
        answer = await other.http.get(back)
        assert other.session_secret == ""
    assert (answer.status_code, title_of(answer)) == (400, failure_title("expired"))


async def test_callback_without_a_login_is_refused(browser: Browser) -> None:
    answer = await browser.http.get(routes.CALLBACK, params={"code": "x", "state": "y"})
    assert (answer.status_code, title_of(answer)) == (400, failure_title("expired"))


async def test_cancelled_sign_in_offers_a_way_on(browser: Browser) -> None:
    begun = await browser.begin(next="/innboks")
    back = await browser.choose(begun.headers["location"], cancel="1")
    answer = await browser.http.get(back)
    assert (answer.status_code, title_of(answer)) == (200, failure_title("cancelled"))
    again = answer.text.partition('href="/auth/login')[2].partition('"')[0]
    assert again == "?next=%2Finnboks&amp;language=nb"
    assert browser.session_secret == ""


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ("no-pid", "no_pid"),
        ("wrong-nonce", "invalid_token"),
        ("expired", "invalid_token"),
        ("clock-skew", "invalid_token"),
        ("wrong-key", "invalid_token"),
        ("wrong-iss", "invalid_token"),
        ("wrong-iss-parameter", "wrong_iss"),
        ("wrong-aud", "invalid_token"),
    ],
)
async def test_a_provider_gone_wrong_signs_nobody_in(browser: Browser, fault: str, failure: str) -> None:
    answer = await browser.sign_in(fault=fault)
    assert (title_of(answer), browser.session_secret) == (failure_title(failure), "")
    assert await people() == []


async def test_a_european_without_a_norwegian_number_is_told_why(browser: Browser) -> None:
    answer = await browser.sign_in("anna-larsson")
    assert (answer.status_code, title_of(answer)) == (403, failure_title("no_pid"))


async def test_a_level_below_high_is_refused(database: AsyncEngine, tmp_path: Path) -> None:
    changed = {"acr_values": "idporten-loa-substantial"}
    async with site(tmp_path, changed=changed) as built, built.browser() as browser:
        answer = await browser.sign_in(level="idporten-loa-substantial")
    assert (answer.status_code, title_of(answer)) == (403, failure_title("level_too_low"))


async def test_failure_speaks_the_language_of_the_browser(browser: Browser) -> None:
    browser.http.headers["Accept-Language"] = "nn-NO,nn;q=0.9,en;q=0.5"
    answer = await browser.sign_in(fault="no-pid")
    assert title_of(answer) == failure_title("no_pid", "nn")
    assert answer.text.partition('<html lang="')[2][:2] == "nn"


async def test_language_chosen_before_sign_in_becomes_the_new_persons(browser: Browser) -> None:
    await browser.sign_in(query={"language": "en"})
    assert [person.language for person in await people()] == ["en"]


async def test_provider_that_is_down_is_said_plainly(database: AsyncEngine, tmp_path: Path) -> None:
    gone = f"http://localhost:{free_port()}/testid"
    async with site(tmp_path, changed={"issuer": gone}) as built, built.browser() as browser:
        answer = await browser.begin()
    assert (answer.status_code, title_of(answer)) == (503, failure_title("provider_down"))


async def test_metadata_of_another_issuer_is_refused(database: AsyncEngine, tmp_path: Path) -> None:
    async with site(tmp_path) as real:
        alias = real.issuer.replace("localhost", "127.0.0.1")
        (tmp_path / "other").mkdir()
        async with site(tmp_path / "other", changed={"issuer": alias}) as built, built.browser() as browser:
            answer = await browser.begin()
    assert (answer.status_code, title_of(answer)) == (503, failure_title("provider_down"))


async def test_keys_rotated_meanwhile_are_fetched_once_more(served: Site, browser: Browser) -> None:
    await browser.sign_in()
    before = (await browser.http.get(f"{served.issuer}/jwks")).json()["keys"]
    await browser.http.post(f"{served.issuer}/drift", headers={"Origin": served.base_url})
    after = (await browser.http.get(f"{served.issuer}/jwks")).json()["keys"]
    assert after[0] != before[0]
    answer = await browser.sign_in(query={"prompt": "login"}, person="ola-hansen")
    assert answer.headers["location"] == routes.HOME


async def test_signing_in_again_ends_the_session_the_browser_had(browser: Browser) -> None:
    await browser.sign_in()
    former = browser.session_secret
    live = await sessions.find(former)
    ended: list[list[str]] = []

    async def note(ids: list[str]) -> None:
        ended.append(ids)

    sessions.on_end(note)
    await browser.sign_in("ola-hansen", {"prompt": "login"})
    sessions.forget_listeners()
    assert live is not None
    assert ended == [[live.id]]
    assert await sessions.find(former) is None
    assert await sessions.find(browser.session_secret) is not None


async def test_prompt_login_is_asked_for_and_answered(browser: Browser) -> None:
    await browser.sign_in()
    begun = await browser.begin(prompt="login")
    at_provider = await browser.http.get(begun.headers["location"])
    assert path_of(at_provider.headers["location"]) == "/testid/authorize/login"


async def test_register_down_lets_a_known_person_in(served: Site, browser: Browser) -> None:
    await browser.sign_in()
    await served.set_registers_down(True)
    answer = await browser.sign_in()
    assert answer.headers["location"] == routes.HOME
    assert [person.name for person in await people()] == ["Kari Nordmann"]


async def test_register_down_asks_a_new_person_to_wait(served: Site, browser: Browser) -> None:
    await served.set_registers_down(True)
    answer = await browser.sign_in()
    assert (answer.status_code, title_of(answer)) == (503, failure_title("register_down"))
    assert await people() == []


async def test_login_is_over_after_ten_minutes(
    database: AsyncEngine, tmp_path: Path, clock: MovableClock
) -> None:
    async with site(tmp_path, clock=clock) as built, built.browser() as browser:
        begun = await browser.begin()
        back = await browser.choose(begun.headers["location"], person="kari-nordmann")
        clock.advance(minutes=10)
        answer = await browser.http.get(back)
        await browser.begin()
    assert (answer.status_code, title_of(answer)) == (400, failure_title("expired"))
    async with unit_of_work(reading=True) as session:
        assert len(list(await session.exec(select(LoginTransaction)))) == 1


async def test_failure_says_a_code_and_nothing_of_the_person(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await browser.sign_in(fault="wrong-aud")
    assert "Kari" not in answer.text
    (line,) = [record.getMessage() for record in caplog.records if "signing in stopped" in record.message]
    assert line == "signing in stopped: invalid_token: invalid_claim"


async def test_provider_metadata_is_read_once_a_day(
    database: AsyncEngine, tmp_path: Path, clock: MovableClock
) -> None:
    async with site(tmp_path, clock=clock) as built:
        first = await built.party._metadata.document()
        clock.advance(hours=23)
        assert await built.party._metadata.document() is first
        clock.advance(hours=1)
        assert await built.party._metadata.document() is not first
