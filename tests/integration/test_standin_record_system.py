"""The wire of the stand-in record system, in and out, on real sockets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class
from sqlmodel import SQLModel

from digihelse_app.standins.record_system import faults
from tests.conftest import MovableClock
from tests.people import ASTRID, KARI
from tests.record_system_world import World, another, citizens_header, citizens_message, world


@pytest.fixture
async def at(tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, page_size=2) as running:
        yield running


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_record_system_refuses_an_address_that_is_not_this_machine(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="loopback"):
        another("https://fagsystem.example", tmp_path, datetime.now)


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


async def test_put_is_idempotent_by_id(at: World) -> None:
    await at.deliver(KARI.national_id)
    again = await at.put(citizens_message(KARI.national_id))
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')
    conversation = await at.system.read("thread-1")
    assert conversation is not None
    assert [message.text for message in conversation.messages] == ["Kan dere komme klokka ti i stedet?"]


async def test_put_of_another_text_under_a_known_id_conflicts(at: World) -> None:
    await at.deliver(KARI.national_id)
    changed = citizens_message(KARI.national_id, payload=[{"contentString": "Noe annet"}])
    answer = await at.put(changed)
    assert (answer.status_code, answer.json()["issue"]) == (409, [{"severity": "error", "code": "conflict"}])


async def test_put_with_another_version_is_a_failed_precondition(at: World) -> None:
    await at.deliver(KARI.national_id)
    answer = await at.put(citizens_header(KARI.national_id), **{"If-Match": 'W/"7"'})
    assert answer.status_code == 412


async def test_get_gives_what_was_put(at: World) -> None:
    await at.deliver(KARI.national_id)
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
    await at.deliver(KARI.national_id)
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
    await at.deliver(KARI.national_id)
    at.digihelse.down = True
    message_id = await at.system.reply("thread-1", "Ja.")
    at.digihelse.down = False
    assert await at.system.deliver() == 0  # it waits a little before it tries again
    clock.advance(seconds=3)
    assert await at.system.deliver() == 1
    assert f"Communication/{message_id}" in at.digihelse.stored


async def test_reply_is_delivered_by_the_task_that_was_started(at: World) -> None:
    await at.deliver(KARI.national_id)
    await at.system.start()
    await at.submit("/samtale/thread-1/svar", text="Ja.", staff="Sunniva Lie")
    async with asyncio.timeout(5):
        await at.digihelse.was_put.wait()
        await at.system.told("thread-1")  # or its task would be stopped in the middle of a statement
    # How far it has come with the question may have been told meanwhile, too.
    assert [put for put in at.digihelse.puts if put.startswith("Communication/")] == at.digihelse.puts[:1]


async def test_whole_day_on_postgresql(tmp_path: Path, clock: MovableClock, postgres_url: str) -> None:
    async with world(tmp_path, clock, database_url=postgres_url) as at:
        at.digihelse.feed = [(KARI.national_id, True)]
        run = await at.system.run_night_job()
        await at.deliver(KARI.national_id)
        await at.system.reply("thread-1", "Ja.")
        again = await at.system.run_night_job()
        assert run is not None
        assert again is not None
        assert (run.matched, again.matched, len(at.digihelse.stored)) == (1, 0, 8)


def test_own_tables_are_none_of_the_apps() -> None:
    assert [name for name in SQLModel.metadata.tables if name.startswith("fagsystem")] == []
