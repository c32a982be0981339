"""What the staff sees of its work, and what leaves the house of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MovableClock
from tests.people import KARI
from tests.record_system_world import World, citizens_header, citizens_message, world

EXTENSION = "https://digihelse.no/fhir"
VISITS = [
    {"coding": [{"system": f"{EXTENSION}/henvendelsestype", "code": "besok", "display": "Besøkstider"}]}
]


@pytest.fixture
async def at(tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock) as running:
        yield running


def promised(day: str) -> dict[str, Any]:
    return {"extension": [{"url": f"{EXTENSION}/reply-due", "valueDate": day}]}


async def test_due_time_and_category_come_with_the_message(at: World) -> None:
    await at.put(citizens_header(KARI.national_id, category=VISITS))
    await at.put(citizens_message(KARI.national_id, **promised("2026-11-20")))
    late = await at.http.get("/fagsystem/")
    [row] = await at.system.waiting()
    assert (row.thread.category, str(row.thread.due_on)) == ("Besøkstider", "2026-11-20")
    assert late.text.count("Over fristen") == 1
    await at.system.reply("thread-1", "Ja.")
    assert (await at.http.get("/fagsystem/")).text.count("Over fristen") == 0


async def test_what_is_due_first_stands_first(at: World) -> None:
    for number, day in (("1", "2026-11-27"), ("2", "2026-11-24")):
        await at.put(citizens_header(KARI.national_id, f"thread-{number}"))
        body = citizens_message(KARI.national_id, f"m-{number}", f"thread-{number}", **promised(day))
        await at.put(body)
    assert [row.thread.id for row in await at.system.waiting()] == ["thread-2", "thread-1"]


async def test_list_is_narrowed_to_the_employees_own_and_to_what_was_closed(at: World) -> None:
    await at.deliver(KARI.national_id)
    await at.submit("/ansatt", staff="Trond Bakke")
    before = await at.http.get("/fagsystem/?vis=mine")
    await at.submit("/samtale/thread-1/ta")
    own = await at.http.get("/fagsystem/?vis=mine")
    await at.submit("/samtale/thread-1/avslutt")
    after = [await at.http.get(f"/fagsystem/?vis={shown}") for shown in ("mine", "alle", "lukkede")]
    lines = [page.text.count("/fagsystem/samtale/thread-1") for page in (before, own, *after)]
    assert lines == [0, 1, 0, 0, 1]


async def test_passing_on_keeps_name_and_note_in_the_house(at: World) -> None:
    await at.deliver(KARI.national_id)
    form = {"receiver": "Sunniva Lie", "note": "Kjenner du henne?"}
    page = await at.submit("/samtale/thread-1/send-videre", **form)
    await at.system.deliver()
    assert page.text.count("Sendte videre til Sunniva Lie: Kjenner du henne?") == 1
    assert page.text.count("Eier: Sunniva Lie") == 1
    task = at.digihelse.stored["Task/thread-1"]
    assert (task["focus"], task["owner"]) == (
        {"reference": "Communication/message-1"},
        {"reference": "HealthcareService/hjemmebasert-omsorg"},
    )
    assert [name for name in ("Sunniva", "Marit", "Kjenner") if name in str(at.digihelse.stored)] == []


async def test_closing_tells_digihelse_and_writing_opens_again(at: World) -> None:
    await at.deliver(KARI.national_id)
    await at.system.close("thread-1")
    task = at.digihelse.stored["Task/thread-1"]
    code = {"system": f"{EXTENSION}/oppfolging", "code": "closed"}
    assert (task["status"], task["businessStatus"]) == ("completed", {"coding": [code]})
    assert await at.system.waiting() == []
    page = await at.submit("/samtale/thread-1/svar", text="Ett ord til.")
    assert page.text.count("Samtalen er avsluttet.") == 0


async def test_opening_is_told_once(at: World) -> None:
    await at.deliver(KARI.national_id)
    for _ in range(2):
        await at.http.get("/fagsystem/samtale/thread-1")
        await at.system.deliver()
    assert at.digihelse.puts == ["Task/thread-1"]
    assert at.digihelse.stored["Task/thread-1"]["status"] == "accepted"


@pytest.mark.parametrize("deed", ["ta", "send-videre", "avslutt"])
async def test_deed_on_an_unknown_conversation_is_not_found(at: World, deed: str) -> None:
    assert (await at.submit(f"/samtale/nowhere/{deed}")).status_code == 404


@pytest.mark.parametrize("path", ["/ansatt", "/samtale/thread-1/ta", "/drift/stoppet/1"])
async def test_deed_asked_for_from_elsewhere_is_refused(at: World, path: str) -> None:
    answer = await at.http.post(f"/fagsystem{path}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
