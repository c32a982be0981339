"""The stand-in for gateways: keeps what it is handed once, fails on purpose, for this machine alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from digihelse_app.standins import mailbox
from tests.conftest import MovableClock

BASE = "http://localhost"
SMS = {"reference": "r1", "to": "+4740000001", "text": "Du har fått en ny melding. <b>"}
MAIL = {"reference": "r2", "to": "kari@example.com", "subject": "Varsel", "text": "Hei"}


def client(database_url: str, clock: MovableClock, *, host: str = "127.0.0.1") -> httpx.AsyncClient:
    """A browser or the app, calling from `host`; each is a worker of its own."""
    served = Starlette(
        routes=[Mount("/varsler-test", mailbox.create(database_url=database_url, clock=clock))]
    )
    transport = httpx.ASGITransport(served, client=(host, 1))
    return httpx.AsyncClient(transport=transport, base_url=f"{BASE}/varsler-test")


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'varsler.db'}"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
async def box(own_database: str, clock: MovableClock) -> AsyncIterator[httpx.AsyncClient]:
    async with client(own_database, clock) as calling:
        yield calling


async def shown(box: httpx.AsyncClient) -> str:
    page = await box.get("/")
    assert page.status_code == 200
    return page.text


async def test_what_is_sent_is_shown_newest_first_and_never_as_markup(
    box: httpx.AsyncClient, clock: MovableClock
) -> None:
    assert (await box.post("/sms", json=SMS)).status_code == 202
    clock.advance(minutes=1)
    assert (await box.post("/mail", json=MAIL)).status_code == 202
    page = await shown(box)
    assert page.index("kari@example.com") < page.index("+4740000001")
    assert page.count("Du har fått en ny melding. &lt;b&gt;") == 1
    assert page.count("23.11.2026 kl. 10.01.00") == 1
    assert page.count("TESTMILJØ") == 2


async def test_what_comes_again_is_kept_once(box: httpx.AsyncClient) -> None:
    assert [(await box.post("/sms", json=SMS)).status_code for _ in range(3)] == [202, 200, 200]
    page = await shown(box)
    assert page.count("<li>") == 1
    assert page.count("Overlevert 3 ganger, sendt én gang.") == 1


async def test_workers_that_are_handed_the_same_at_once_keep_it_once(
    own_database: str, clock: MovableClock
) -> None:
    async with client(own_database, clock) as one, client(own_database, clock) as other:
        answers = await asyncio.gather(*(worker.post("/sms", json=SMS) for worker in (one, other) * 4))
        assert sorted(answer.status_code for answer in answers) == [*[200] * 7, 202]
        assert (await shown(one)).count("<li>") == 1


async def test_faults_are_switched_on_the_page(box: httpx.AsyncClient) -> None:
    assert (await box.post("/feil", data={"down": "on"})).status_code == 303
    assert (await box.post("/sms", json=SMS)).status_code == 503
    assert (await shown(box)).count("<li>") == 0
    await box.post("/feil", data={"lost": "on"})
    assert (await box.post("/sms", json=SMS)).status_code == 500
    assert (await shown(box)).count("<li>") == 1
    await box.post("/feil", data={})
    assert (await box.post("/sms", json=SMS)).status_code == 200


async def test_form_from_elsewhere_is_refused(box: httpx.AsyncClient) -> None:
    answer = await box.post("/feil", data={"down": "on"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert (await box.post("/sms", json=SMS)).status_code == 202


@pytest.mark.parametrize("body", [{}, {**SMS, "to": ""}, {**SMS, "text": 7}, [SMS]])
async def test_what_is_no_sms_is_refused(box: httpx.AsyncClient, body: object) -> None:
    assert (await box.post("/sms", json=body)).status_code == 400
    assert (await shown(box)).count("<li>") == 0


async def test_another_machine_is_refused(own_database: str, clock: MovableClock) -> None:
    async with client(own_database, clock, host="192.0.2.7") as stranger:
        assert (await stranger.get("/")).status_code == 403
        assert (await stranger.post("/sms", json=SMS)).status_code == 403
