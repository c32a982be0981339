"""The log as a file, over the route that the page links to."""

import csv
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from digihelse_app import routes
from digihelse_app import settings as app_settings
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.models.person import Person
from digihelse_app.services import sessions
from digihelse_app.web import access_log
from digihelse_app.web.access_log import safe_cell
from digihelse_app.web.auth import cookies
from digihelse_app.web.caller import Callers
from tests import world
from tests.identities import IDENTITY
from tests.log_world import by_herself, by_proxy
from tests.people import INGRID, JONAS
from tests.world import later

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")
SETTINGS = app_settings.from_environment()
CSV, JSON = routes.log_file("csv"), routes.log_file("json")


@asynccontextmanager
async def signed_in(person: Person | None) -> AsyncIterator[httpx.AsyncClient]:
    """A browser with the session of `person`, or with none."""
    jar = {}
    if person is not None:
        jar = {cookies.for_settings(SETTINGS).session: await sessions.open_session(person.id, IDENTITY)}
    transport = httpx.ASGITransport(Starlette(routes=access_log.routes(Callers(SETTINGS))))
    async with httpx.AsyncClient(transport=transport, base_url=SETTINGS.base_url, cookies=jar) as client:
        yield client


def cells(answer: httpx.Response) -> list[list[str]]:
    """The lines of a CSV, as a spreadsheet in Norway takes them."""
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def test_the_whole_log_is_a_spreadsheet_that_no_cache_keeps() -> None:
    kari = await world.world()
    thread = world.thread(kari.kari, kari.service, subject="Nye tider")
    await world.add(thread)
    await world.add(
        *(
            by_herself(kari.kari, later(hours=1), LogAction.THREAD_READ, "Thread", thread.id)
            for _ in range(300)
        )
    )
    async with signed_in(kari.kari) as browser:
        answer = await browser.get(CSV)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="logg-2026-11-23.csv"'
    lines = cells(answer)
    assert lines[0] == ["Tidspunkt", "Hvem", "For hvem", "Hva", "Grunnlag"]
    assert lines[-1] == [
        "2026-11-01T10:00:00+01:00",
        "Kari Nordmann",
        "Kari Nordmann",
        "Leste en samtale: «Nye tider» (Hjemmesykepleie)",
        "Egen bruk",
    ]
    assert len(lines) == 1 + 300 + 2  # the heading, the readings, signing in and the download itself
    actions = [row.action for row in await world.rows(AccessLogEntry)]
    assert actions.count(LogAction.LOG_DOWNLOAD) == 1


async def test_it_is_json_for_computers_in_the_language_asked_for() -> None:
    kari = await world.world()
    async with signed_in(kari.kari) as browser:
        answer = await browser.get(f"{JSON}?{routes.LANGUAGE_QUERY}=en")
    # Both at the instant that the clock stands at: in either order.
    told = sorted((row["what"], row["action"]) for row in json.loads(answer.text))
    assert told == [("Downloaded the log", "log.download"), ("Signed in", "sign_in")]


async def test_a_proxy_takes_her_own_rows_and_nobody_elses() -> None:
    kari, ingrid, jonas = await world.world(), await world.person(INGRID), await world.person(JONAS)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    his = world.representation(jonas, kari.kari, "see_visits")
    await world.add(hers, his)
    await world.add(
        by_herself(kari.kari, later(hours=1), LogAction.MESSAGE_SEND),
        by_proxy(his, later(hours=1), LogAction.VISITS_READ),
        by_proxy(hers, later(hours=1), LogAction.THREADS_READ),
    )
    async with signed_in(ingrid) as browser:
        answer = await browser.get(f"{CSV}?{routes.FOR_QUERY}={hers.key}")
        nobodys = await browser.get(f"{CSV}?{routes.FOR_QUERY}={his.key}")
    assert [line[1:4] for line in cells(answer)[1:]] == [
        ["Ingrid Nordmann", "Kari Nordmann", "Lastet ned loggen"],
        ["Ingrid Nordmann", "Kari Nordmann", "Så listen over samtaler"],
    ]
    assert (nobodys.status_code, nobodys.content) == (404, b"")


async def test_without_a_session_or_in_another_form_there_is_nothing() -> None:
    kari = await world.world()
    async with signed_in(None) as browser:
        assert (await browser.get(CSV)).status_code == 401
    async with signed_in(kari.kari) as browser:
        assert (await browser.get(routes.log_file("xlsx"))).status_code == 404


@pytest.mark.parametrize("text", ["=1+1", "+47", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("Nye tider = bra") == "Nye tider = bra"


async def test_what_people_write_is_no_formula_in_the_file() -> None:
    kari = await world.world()
    kari.kari.given_name = "=HYPERLINK(1)"
    await world.add(kari.kari)
    async with signed_in(kari.kari) as browser:
        assert cells(await browser.get(CSV))[1][1] == "'=HYPERLINK(1) Nordmann"
