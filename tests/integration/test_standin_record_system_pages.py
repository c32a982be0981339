"""What staff and operator do on the stand-in record system's pages."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import MovableClock
from tests.people import KARI, OLA
from tests.record_system_world import World, citizens_header, citizens_message, world


@pytest.fixture
async def at(tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, page_size=2) as running:
        yield running


async def test_message_that_is_refused_is_shown_and_can_be_tried_again(at: World) -> None:
    await at.deliver(KARI.national_id)
    at.digihelse.refused = {"Communication/5b1c3c1e-0d38-4a47-b3a5-7ea0d5a1f0aa"}
    await at.submit("/samtale/thread-1/svar", text="Ja.", message_id="5b1c3c1e-0d38-4a47-b3a5-7ea0d5a1f0aa")
    await at.system.deliver()
    page = await at.http.get("/fagsystem/samtale/thread-1")
    assert page.text.count("Ikke levert: Digihelse tok ikke imot") == 1
    at.digihelse.refused = set()
    await at.submit("/drift/lever")
    assert await at.system.deliver() == 1


async def test_work_list_goes_from_new_to_opened_to_answered(at: World) -> None:
    await at.deliver(KARI.national_id)
    new = await at.http.get("/fagsystem/")
    assert new.text.count('<span class="state ny">Ny</span>') == 1
    await at.http.get("/fagsystem/samtale/thread-1")
    opened = await at.http.get("/fagsystem/")
    assert opened.text.count('<span class="state åpnet">Åpnet</span>') == 1
    page = await at.submit("/samtale/thread-1/svar", text="Ja.", staff="Marit Haugen")
    assert (page.status_code, page.text.count("Ja.")) == (200, 1)
    answered = await at.http.get("/fagsystem/")
    assert answered.text.count('<span class="state besvart">Besvart</span>') == 1


async def test_message_on_someones_behalf_says_so(at: World) -> None:
    await at.put(citizens_header(KARI.national_id))
    parts = [
        {"url": "name", "valueString": "Ingrid Nordmann"},
        {"url": "role", "valueCoding": {"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}},
    ]
    extension = [{"url": "https://digihelse.no/fhir/representant", "extension": parts}]
    sender = {"identifier": {"system": "x", "value": "y"}, "display": "Ingrid Nordmann"}
    await at.put(citizens_message(KARI.national_id, extension=extension, sender=sender))
    page = await at.http.get("/fagsystem/samtale/thread-1")
    assert page.text.count("Ingrid Nordmann på vegne av Kari Nordmann (fullmakt)") == 1


async def test_what_a_citizen_writes_is_never_markup(at: World) -> None:
    await at.put(citizens_header(KARI.national_id, topic={"text": "<script>alert(1)</script>"}))
    await at.put(citizens_message(KARI.national_id, payload=[{"contentString": "<img src=x>"}]))
    pages = [await at.http.get("/fagsystem/"), await at.http.get("/fagsystem/samtale/thread-1")]
    assert [page.text.count("<script>") + page.text.count("<img") for page in pages] == [0, 0]


async def test_new_conversation_is_put_header_first(at: World) -> None:
    at.digihelse.feed = [(KARI.national_id, True)]
    await at.system.run_night_job()
    form = {"to": "kari/hjemmebasert-omsorg", "subject": "Vaksine", "text": "Vil du ha vaksine?"}
    page = await at.submit("/ny", **form, thread_id="5b1c3c1e-0d38-4a47-b3a5-7ea0d5a1f0aa")
    await at.system.deliver()
    sent = [name for name in at.digihelse.puts if name.startswith("Communication/")]
    assert (page.status_code, len(sent), sent[0]) == (
        200,
        2,
        "Communication/5b1c3c1e-0d38-4a47-b3a5-7ea0d5a1f0aa",
    )


async def test_new_conversation_goes_only_to_a_connected_patient(at: World) -> None:
    page = await at.submit("/ny", to="ola/hjemmebasert-omsorg", subject="Hei", text="Hei")
    await at.system.deliver()
    assert (page.text.count("Ingen pasienter er koblet til Digihelse ennå."), at.digihelse.puts) == (1, [])


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_form_from_elsewhere_is_refused(at: World, headers: dict[str, str]) -> None:
    paths = [
        "/samtale/thread-1/svar",
        "/ny",
        "/drift/nattjobb",
        "/drift/tjeneste/dagsenter",
        "/drift/feil",
        "/drift/lever",
    ]
    answers = [await at.http.post(f"/fagsystem{path}", data={"a": "b"}, headers=headers) for path in paths]
    assert [answer.status_code for answer in answers] == [403] * len(paths)


async def test_operator_runs_the_night_job(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    page = await at.submit("/drift/nattjobb")
    assert page.text.count("Nattjobben er ferdig.") == 1
    assert at.digihelse.stored["EpisodeOfCare/ola-hjemmebasert-omsorg"]["status"] == "active"


async def test_operator_sees_a_run_that_died(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    await at.submit("/drift/feil", **{"die-after": "0"})
    page = await at.submit("/drift/nattjobb")
    assert page.text.count("Nattjobben døde midtveis") == 1


async def test_operator_opens_a_service_for_dialogue(at: World) -> None:
    page = await at.submit("/drift/tjeneste/solsida-omsorgsheim", opens_on="2026-11-23")
    extensions = at.digihelse.stored["HealthcareService/solsida-omsorgsheim"]["extension"]
    opening = {"url": "https://digihelse.no/fhir/opens-for-dialogue", "valueDate": "2026-11-23"}
    assert (page.text.count("Lagret, og meldt til Digihelse."), extensions.count(opening)) == (1, 1)


async def test_pages_say_that_they_are_a_test(at: World) -> None:
    pages = [await at.http.get(f"/fagsystem{path}") for path in ("/", "/ny", "/drift", "/samtale/nowhere")]
    assert [page.text.count("Fagsystem – TESTMILJØ") for page in pages] == [1, 1, 1, 1]
    assert [page.status_code for page in pages] == [200, 200, 200, 404]
