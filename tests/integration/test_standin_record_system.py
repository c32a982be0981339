"""The night run and the wire of the stand-in record system, on real sockets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from sqlmodel import SQLModel

from digihelse_app.standins.record_system import faults
from digihelse_app.standins.record_system.night_job import NightRunDiedError, next_due, run_when_due
from digihelse_app.standins.record_system.schedule import next_run
from tests.conftest import MovableClock
from tests.people import ASTRID, KARI, NILS, OLA
from tests.record_system_world import (
    World,
    another,
    citizens_header,
    citizens_message,
    world,
)

OLA_RECEIVES = "EpisodeOfCare/ola-hjemmebasert-omsorg"
KARI_RECEIVES = [
    "EpisodeOfCare/kari-hjemmebasert-omsorg",
    "EpisodeOfCare/kari-praktisk-hjelp",
    "EpisodeOfCare/kari-solsida-omsorgsheim",
]


@pytest.fixture
async def at(tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, page_size=2) as running:
        yield running


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T09:00", "2026-11-24T01:00"),
        ("2026-11-24T00:59", "2026-11-24T01:00"),
        ("2026-11-24T01:00", "2026-11-25T01:00"),
        ("2026-07-01T12:00", "2026-07-02T00:00"),
        ("2027-03-27T12:00", "2027-03-28T01:00"),  # 02:00 does not exist: 03:00 summer time
        ("2027-03-28T01:00", "2027-03-29T00:00"),
        ("2026-10-24T12:00", "2026-10-25T00:00"),  # 02:00 comes twice: the first
        ("2026-10-25T00:00", "2026-10-26T01:00"),
    ],
)
def test_next_run_is_once_a_night_by_the_norwegian_clock(now: str, due: str) -> None:
    assert next_run(utc(now)) == utc(due)


def test_record_system_refuses_an_address_that_is_not_this_machine(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="loopback"):
        another("https://fagsystem.example", tmp_path, datetime.now)


async def test_night_run_tells_of_services_and_matches_its_own_patients(at: World) -> None:
    at.digihelse.feed = [(ASTRID.national_id, True), (OLA.national_id, True), (KARI.national_id, True)]
    run = await at.system.run_night_job()
    assert run is not None
    assert (run.outcome, run.seen, run.matched, run.put, run.errors) == ("done", 3, 2, 8, 0)
    services = {name for name in at.digihelse.stored if name.startswith("HealthcareService/")}
    assert services == {
        "HealthcareService/dagsenter",
        "HealthcareService/hjemmebasert-omsorg",
        "HealthcareService/praktisk-hjelp",
        "HealthcareService/solsida-omsorgsheim",
    }
    assert at.digihelse.stored.keys() - services == {OLA_RECEIVES, *KARI_RECEIVES}
    assert at.digihelse.offsets == [0, 2, 3]


async def test_night_run_puts_what_the_integration_guide_shows(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    await at.system.run_night_job()
    assert at.digihelse.stored[OLA_RECEIVES] == {
        "resourceType": "EpisodeOfCare",
        "id": "ola-hjemmebasert-omsorg",
        "status": "active",
        "patient": {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": OLA.national_id}},
        "managingOrganization": {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.2", "value": "80001"}},
        "period": {"start": "2026-10-09"},
        "extension": [
            {
                "url": "https://digihelse.no/fhir/healthcare-service",
                "valueReference": {"reference": "HealthcareService/hjemmebasert-omsorg"},
            }
        ],
    }
    opening = {"url": "https://digihelse.no/fhir/opens-for-dialogue", "valueDate": "2026-12-14"}
    assert opening in at.digihelse.stored["HealthcareService/solsida-omsorgsheim"]["extension"]


async def test_night_run_a_second_time_changes_nothing(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True), (KARI.national_id, True)]
    await at.system.run_night_job()
    changes = at.digihelse.changes
    run = await at.system.run_night_job()
    assert run is not None
    assert (run.outcome, run.seen, run.matched, at.digihelse.changes) == ("done", 0, 0, changes)


async def test_night_run_that_dies_half_way_is_continued_where_it_was(
    at: World, clock: MovableClock, tmp_path: Path
) -> None:
    at.digihelse.feed = [
        (ASTRID.national_id, True),
        (OLA.national_id, True),
        (KARI.national_id, True),
        (NILS.national_id, True),
    ]
    await faults.switch(at.system.system, faults.DIE_AFTER, on=True, number=2)
    with pytest.raises(NightRunDiedError):
        await at.system.run_night_job()
    assert KARI_RECEIVES[0] in at.digihelse.stored
    assert "EpisodeOfCare/nils-hjemmebasert-omsorg" not in at.digihelse.stored
    successor = another(at.origin, tmp_path, clock, page_size=2)
    assert await successor.run_night_job() is None  # the dead one's lease has not run out
    clock.advance(minutes=2)
    at.digihelse.offsets.clear()
    run = await successor.run_night_job()
    await successor.stop()
    assert run is not None
    assert (run.outcome, run.seen, run.matched) == ("done", 2, 2)
    assert at.digihelse.offsets == [2, 4]
    assert "EpisodeOfCare/nils-hjemmebasert-omsorg" in at.digihelse.stored


async def test_night_run_fails_while_digihelse_is_down_and_keeps_its_place(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    at.digihelse.down = True
    failed = await at.system.run_night_job()
    at.digihelse.down = False
    done = await at.system.run_night_job()
    assert failed is not None
    assert done is not None
    assert (failed.outcome, failed.detail, done.outcome, done.matched) == (
        "failed",
        "answered 503",
        "done",
        1,
    )


async def test_night_run_counts_what_is_refused_and_goes_on(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True), (KARI.national_id, True)]
    at.digihelse.refused = {OLA_RECEIVES}
    run = await at.system.run_night_job()
    assert run is not None
    assert (run.outcome, run.matched, run.detail) == ("done", 2, "EpisodeOfCare 422")
    assert at.digihelse.stored.keys() >= set(KARI_RECEIVES)


async def test_night_run_ends_the_episodes_of_one_who_is_no_longer_active(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    await at.system.run_night_job()
    at.digihelse.feed.append((OLA.national_id, False))
    await at.system.run_night_job()
    assert at.digihelse.stored[OLA_RECEIVES]["status"] == "finished"


async def test_night_run_goes_by_a_persons_newest_change(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True), (OLA.national_id, False)]
    run = await at.system.run_night_job()
    assert run is not None
    assert (run.seen, run.matched) == (2, 1)
    assert at.digihelse.stored[OLA_RECEIVES]["status"] == "finished"


async def test_two_workers_never_run_the_night_job_at_the_same_time(
    at: World, clock: MovableClock, tmp_path: Path
) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    other = another(at.origin, tmp_path, clock)
    runs = await asyncio.gather(at.system.run_night_job(), other.run_night_job())
    await other.stop()
    assert [run is None for run in runs].count(True) == 1
    assert at.digihelse.puts.count(OLA_RECEIVES) == 1


async def test_scheduler_runs_at_two_in_the_night(at: World, clock: MovableClock) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    system = at.system.system
    await run_when_due(system)
    assert at.digihelse.offsets == []
    clock.set(utc("2026-11-24T01:00"))
    await run_when_due(system)
    assert at.digihelse.offsets == [0, 1]
    assert await next_due(system) == utc("2026-11-25T01:00")


async def test_everything_that_leaves_is_fhir_r4(at: World) -> None:
    at.digihelse.feed = [(KARI.national_id, True)]
    await at.system.run_night_job()
    await at.system.write_first("kari", "hjemmebasert-omsorg", "Vaksine", "Vil du ha vaksine?")
    for body in at.digihelse.stored.values():
        get_fhir_model_class(body["resourceType"]).model_validate(body)
    kinds = [name.partition("/")[0] for name in at.digihelse.stored]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "HealthcareService": 4,
        "EpisodeOfCare": 3,
        "Communication": 2,
    }


async def deliver(at: World) -> None:
    """Kari's first message is delivered."""
    assert (await at.put(citizens_header(KARI.national_id))).status_code == 201
    assert (await at.put(citizens_message(KARI.national_id))).status_code == 201


async def test_put_is_idempotent_by_id(at: World) -> None:
    await deliver(at)
    again = await at.put(citizens_message(KARI.national_id))
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')
    conversation = await at.system.read("thread-1")
    assert conversation is not None
    assert [message.text for message in conversation.messages] == ["Kan dere komme klokka ti i stedet?"]


async def test_put_of_another_text_under_a_known_id_conflicts(at: World) -> None:
    await deliver(at)
    changed = citizens_message(KARI.national_id, payload=[{"contentString": "Noe annet"}])
    answer = await at.put(changed)
    assert (answer.status_code, answer.json()["issue"]) == (409, [{"severity": "error", "code": "conflict"}])


async def test_put_with_another_version_is_a_failed_precondition(at: World) -> None:
    await deliver(at)
    answer = await at.put(citizens_header(KARI.national_id), **{"If-Match": 'W/"7"'})
    assert answer.status_code == 412


async def test_get_gives_what_was_put(at: World) -> None:
    await deliver(at)
    headers = {"Authorization": f"Bearer {await at.token()}"}
    answer = await at.http.get("/fagsystem/fhir/Communication/thread-1", headers=headers)
    assert (answer.json(), answer.headers["etag"]) == (citizens_header(KARI.national_id), 'W/"1"')
    assert (await at.http.get("/fagsystem/fhir/Communication/nowhere", headers=headers)).status_code == 404


@pytest.mark.parametrize(
    ("body", "element"),
    [
        (citizens_header(ASTRID.national_id), "Communication.subject"),
        (citizens_header(KARI.national_id, topic={}), "Communication.topic"),
        (citizens_header(KARI.national_id, sent="i går"), "Communication.sent"),
        (
            citizens_header(KARI.national_id, recipient=[{"reference": "HealthcareService/x"}]),
            "Communication.recipient",
        ),
        (citizens_message(KARI.national_id), "Communication.partOf"),
        (citizens_message(KARI.national_id, payload=[]), "Communication.payload"),
        (citizens_header(KARI.national_id, resourceType="Task"), "Communication"),
    ],
)
async def test_put_of_what_cannot_be_accepted_names_the_element(
    at: World, body: dict[str, Any], element: str
) -> None:
    answer = await at.put(body)
    assert (answer.status_code, answer.json()["issue"][0]["expression"]) == (422, [element])


async def test_put_without_the_right_token_is_refused(at: World, clock: MovableClock) -> None:
    body = citizens_header(KARI.national_id)
    good = await at.token()
    head, payload, signature = good.split(".")
    assert (await at.put(body, token="none")).status_code == 401
    assert (await at.put(body, token="no.such.token")).status_code == 401
    assert (await at.put(body, token=f"{head}.{payload}.{signature[::-1]}")).status_code == 401
    assert (await at.put(body, token=await at.token("record-system/other"))).status_code == 401
    clock.advance(minutes=10)
    assert (await at.put(body, token=good)).status_code == 401
    assert await at.system.read("thread-1") is None


async def test_put_fails_as_the_operator_wishes(at: World) -> None:
    body = citizens_header(KARI.national_id)
    await faults.switch(at.system.system, faults.EVERY_OTHER, on=True)
    assert [(await at.put(body)).status_code for _ in range(4)] == [500, 201, 500, 200]
    await faults.switch(at.system.system, faults.DOWN, on=True)
    assert (await at.put(body)).status_code == 503


async def test_reply_is_put_once_and_never_in_an_employees_name(at: World) -> None:
    await deliver(at)
    sent = utc("2026-11-20T13:30")
    message_id = await at.system.reply("thread-1", "Ja, vi kommer klokka ti.", staff="Trond Bakke", sent=sent)
    await at.system.reply("thread-1", "Ja, vi kommer klokka ti.", message_id=message_id)
    nin = {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": KARI.national_id}}
    assert at.digihelse.puts == [f"Communication/{message_id}"]
    assert at.digihelse.stored[f"Communication/{message_id}"] == {
        "resourceType": "Communication",
        "id": message_id,
        "status": "completed",
        "subject": nin,
        "partOf": [{"reference": "Communication/thread-1"}],
        "sent": "2026-11-20T13:30:00.000Z",
        "sender": {"reference": "HealthcareService/hjemmebasert-omsorg"},
        "recipient": [nin],
        "payload": [{"contentString": "Ja, vi kommer klokka ti."}],
    }
    assert await at.system.waiting() == []


async def test_reply_survives_that_digihelse_is_down(at: World, clock: MovableClock) -> None:
    await deliver(at)
    at.digihelse.down = True
    message_id = await at.system.reply("thread-1", "Ja.")
    at.digihelse.down = False
    assert await at.system.deliver() == 0  # it waits a little before it tries again
    clock.advance(seconds=3)
    assert await at.system.deliver() == 1
    assert f"Communication/{message_id}" in at.digihelse.stored


async def test_reply_is_delivered_by_the_task_that_was_started(at: World) -> None:
    await deliver(at)
    await at.system.start()
    await at.submit("/samtale/thread-1/svar", text="Ja.", staff="Sunniva Lie")
    async with asyncio.timeout(5):
        await at.digihelse.was_put.wait()
    assert len(at.digihelse.puts) == 1


async def test_message_that_is_refused_is_shown_and_can_be_tried_again(at: World) -> None:
    await deliver(at)
    at.digihelse.refused = {"Communication/5b1c3c1e-0d38-4a47-b3a5-7ea0d5a1f0aa"}
    await at.submit("/samtale/thread-1/svar", text="Ja.", message_id="5b1c3c1e-0d38-4a47-b3a5-7ea0d5a1f0aa")
    await at.system.deliver()
    page = await at.http.get("/fagsystem/samtale/thread-1")
    assert page.text.count("Ikke levert: Digihelse tok ikke imot") == 1
    at.digihelse.refused = set()
    await at.submit("/drift/lever")
    assert await at.system.deliver() == 1


async def test_work_list_goes_from_new_to_opened_to_answered(at: World) -> None:
    await deliver(at)
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
    assert at.digihelse.stored[OLA_RECEIVES]["status"] == "active"


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


async def test_whole_day_on_postgresql(tmp_path: Path, clock: MovableClock, postgres_url: str) -> None:
    async with world(tmp_path, clock, database_url=postgres_url) as at:
        at.digihelse.feed = [(KARI.national_id, True)]
        run = await at.system.run_night_job()
        await deliver(at)
        await at.system.reply("thread-1", "Ja.")
        again = await at.system.run_night_job()
        assert run is not None
        assert again is not None
        assert (run.matched, again.matched, len(at.digihelse.stored)) == (1, 0, 8)


def test_own_tables_are_none_of_the_apps() -> None:
    assert [name for name in SQLModel.metadata.tables if name.startswith("fagsystem")] == []
