"""Signing in that must not succeed, and what the person is told. The engine plays no part in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from digihelse_app import routes
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.session import LoginTransaction
from digihelse_app.text.catalogue import lookup
from tests.conftest import MovableClock
from tests.servers import free_port
from tests.sign_in_site import Browser, Site, known_people, site


@pytest.fixture
async def served(sqlite_database: AsyncEngine, tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as built:
        yield built


@pytest.fixture
async def visitor(served: Site) -> AsyncIterator[Browser]:
    async with served.browser() as opened:
        yield opened


def title_of(answer: httpx.Response) -> str:
    """The heading of the failure page."""
    return answer.text.partition('data-size="lg">')[2].partition("</h1>")[0]


def failure_title(failure: str, language: str = "nb") -> str:
    return lookup(language, f"signin.failure.{failure}.title")


async def test_sign_in_never_leads_to_another_site(visitor: Browser) -> None:
    answer = await visitor.sign_in(query={"next": "//evil.example/hjem"})
    assert answer.headers["location"] == routes.HOME


async def test_a_sixth_login_closes_the_oldest(visitor: Browser) -> None:
    begun = [(await visitor.begin()).headers["location"] for _ in range(6)]
    backs = [await visitor.choose(address, person="kari-nordmann") for address in begun]
    answers = [await visitor.http.get(back) for back in backs]
    assert [answer.status_code for answer in answers] == [400, 303, 303, 303, 303, 303]


async def test_replayed_callback_is_refused(visitor: Browser) -> None:
    begun = await visitor.begin()
    back = await visitor.choose(begun.headers["location"], person="kari-nordmann")
    first, second = await visitor.http.get(back), await visitor.http.get(back)
    assert (first.status_code, second.status_code) == (303, 400)
    assert title_of(second) == failure_title("replayed")


async def test_callback_in_another_browser_is_refused(served: Site, visitor: Browser) -> None:
    begun = await visitor.begin()
    back = await visitor.choose(begun.headers["location"], person="kari-nordmann")
    async with served.browser() as other:
        answer = await other.http.get(back)
        assert other.session_secret == ""
    assert (answer.status_code, title_of(answer)) == (400, failure_title("expired"))


async def test_callback_without_a_login_is_refused(visitor: Browser) -> None:
    answer = await visitor.http.get(routes.CALLBACK, params={"code": "x", "state": "y"})
    assert (answer.status_code, title_of(answer)) == (400, failure_title("expired"))


async def test_cancelled_sign_in_offers_a_way_on(visitor: Browser) -> None:
    begun = await visitor.begin(next="/innboks")
    back = await visitor.choose(begun.headers["location"], cancel="1")
    answer = await visitor.http.get(back)
    assert (answer.status_code, title_of(answer)) == (200, failure_title("cancelled"))
    again = answer.text.partition('href="/auth/login')[2].partition('"')[0]
    assert again == "?next=%2Finnboks&amp;language=nb"
    assert visitor.session_secret == ""


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
async def test_a_provider_gone_wrong_signs_nobody_in(visitor: Browser, fault: str, failure: str) -> None:
    answer = await visitor.sign_in(fault=fault)
    assert (title_of(answer), visitor.session_secret) == (failure_title(failure), "")
    assert await known_people() == []


async def test_a_european_without_a_norwegian_number_is_told_why(visitor: Browser) -> None:
    answer = await visitor.sign_in("anna-larsson")
    assert (answer.status_code, title_of(answer)) == (403, failure_title("no_pid"))


async def test_a_level_below_high_is_refused(sqlite_database: AsyncEngine, tmp_path: Path) -> None:
    changed = {"acr_values": "idporten-loa-substantial"}
    async with site(tmp_path, changed=changed) as built, built.browser() as visitor:
        answer = await visitor.sign_in(level="idporten-loa-substantial")
    assert (answer.status_code, title_of(answer)) == (403, failure_title("level_too_low"))


async def test_failure_speaks_the_language_of_the_browser(visitor: Browser) -> None:
    visitor.http.headers["Accept-Language"] = "nn-NO,nn;q=0.9,en;q=0.5"
    answer = await visitor.sign_in(fault="no-pid")
    assert title_of(answer) == failure_title("no_pid", "nn")
    assert answer.text.partition('<html lang="')[2][:2] == "nn"


async def test_provider_that_is_down_is_said_plainly(sqlite_database: AsyncEngine, tmp_path: Path) -> None:
    gone = f"http://localhost:{free_port()}/testid"
    async with site(tmp_path, changed={"issuer": gone}) as built, built.browser() as visitor:
        answer = await visitor.begin()
    assert (answer.status_code, title_of(answer)) == (503, failure_title("provider_down"))


async def test_metadata_of_another_issuer_is_refused(sqlite_database: AsyncEngine, tmp_path: Path) -> None:
    async with site(tmp_path) as real:
        alias = real.issuer.replace("localhost", "127.0.0.1")
        (tmp_path / "other").mkdir()
        async with site(tmp_path / "other", changed={"issuer": alias}) as built, built.browser() as visitor:
            answer = await visitor.begin()
    assert (answer.status_code, title_of(answer)) == (503, failure_title("provider_down"))


async def test_register_down_asks_a_new_person_to_wait(served: Site, visitor: Browser) -> None:
    await served.set_registers_down(True)
    answer = await visitor.sign_in()
    assert (answer.status_code, title_of(answer)) == (503, failure_title("register_down"))
    assert await known_people() == []


async def test_login_is_over_after_ten_minutes(
    sqlite_database: AsyncEngine, tmp_path: Path, clock: MovableClock
) -> None:
    async with site(tmp_path, clock=clock) as built, built.browser() as visitor:
        begun = await visitor.begin()
        back = await visitor.choose(begun.headers["location"], person="kari-nordmann")
        clock.advance(minutes=10)
        answer = await visitor.http.get(back)
        await visitor.begin()
    assert (answer.status_code, title_of(answer)) == (400, failure_title("expired"))
    async with unit_of_work(reading=True) as session:
        assert len(list(await session.exec(select(LoginTransaction)))) == 1


async def test_failure_says_a_code_and_nothing_of_the_person(
    visitor: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await visitor.sign_in(fault="wrong-aud")
    assert "Kari" not in answer.text
    (line,) = [record.getMessage() for record in caplog.records if "signing in stopped" in record.message]
    assert line == "signing in stopped: invalid_token: invalid_claim"


async def test_a_fault_of_our_own_is_a_page_with_a_way_on(visitor: Browser) -> None:
    begun = await visitor.begin()
    back = await visitor.choose(begun.headers["location"], person="kari-nordmann")
    async with unit_of_work() as session:
        await session.exec(text("DROP TABLE login_session"))  # pyright: ignore[reportCallIssue, reportArgumentType]
    answer = await visitor.http.get(back)
    assert (answer.status_code, title_of(answer)) == (500, failure_title("unexpected"))


async def test_link_checker_does_not_use_a_login_up(visitor: Browser) -> None:
    begun = await visitor.begin()
    back = await visitor.choose(begun.headers["location"], person="kari-nordmann")
    assert (await visitor.http.head(back)).status_code == 405
    assert (await visitor.http.get(back)).status_code == 303
