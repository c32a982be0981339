"""All that leaves parses with FHIR models nobody here wrote (`fhir.resources`, R4B)."""

import json
from collections.abc import AsyncIterator
from datetime import UTC
from typing import Any

import pytest
from fhir.resources.R4B.appointment import Appointment
from fhir.resources.R4B.appointmentresponse import AppointmentResponse
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.communication import Communication
from fhir.resources.R4B.consent import Consent
from fhir.resources.R4B.encounter import Encounter
from fhir.resources.R4B.episodeofcare import EpisodeOfCare
from fhir.resources.R4B.healthcareservice import HealthcareService
from fhir.resources.R4B.operationoutcome import OperationOutcome
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.codes import CancelReason, RepresentationRole
from digihelse_app.outside.outgoing_cancellation import OutgoingCancellation, response
from digihelse_app.outside.outgoing_communication import (
    OutgoingMessage,
    OutgoingThread,
    Party,
    header,
    message,
)
from digihelse_app.outside.outgoing_consent import OutgoingDelegation, consent
from digihelse_app.web.fhir.capability import statement
from tests import fhir_visits, fhir_world
from tests.machine_issuer import machine_issuer
from tests.people import KARI, OLA

MODELS: dict[str, Any] = {
    "Appointment": Appointment,
    "AppointmentResponse": AppointmentResponse,
    "Encounter": Encounter,
    "Bundle": Bundle,
    "CapabilityStatement": CapabilityStatement,
    "Communication": Communication,
    "Consent": Consent,
    "EpisodeOfCare": EpisodeOfCare,
    "HealthcareService": HealthcareService,
    "OperationOutcome": OperationOutcome,
}
CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
TEXT = st.text(CHARACTERS, min_size=1, max_size=200).filter(str.strip)
PARTY = st.builds(Party, st.sampled_from([KARI.national_id, OLA.national_id]), TEXT)
ID = st.uuids().map(str)
INSTANT = st.datetimes(timezones=st.just(UTC))
THREAD = st.builds(OutgoingThread, ID, ID, TEXT, INSTANT, PARTY)
MESSAGE = st.builds(OutgoingMessage, ID, THREAD, PARTY, st.sampled_from(RepresentationRole), TEXT, INSTANT)
CANCELLATION = st.builds(
    OutgoingCancellation,
    ID,
    st.sampled_from([1, 2]),
    INSTANT,
    ID,
    PARTY,
    PARTY,
    st.sampled_from(RepresentationRole),
    st.sampled_from(CancelReason),
    st.just("") | TEXT,
    INSTANT,
    st.none() | INSTANT,
)

RIGHTS = st.dictionaries(
    st.sampled_from(["see-visits", "read-messages"]),
    st.none() | st.lists(ID, min_size=1, max_size=3).map(tuple),
    min_size=1,
)
DELEGATION = st.builds(
    OutgoingDelegation,
    id=ID,
    patient=PARTY,
    proxy=PARTY,
    role=st.sampled_from([RepresentationRole.FU, RepresentationRole.TD]),
    rights=RIGHTS,
    active=st.booleans(),
    given_at=INSTANT,
    begins_at=INSTANT,
    ends_at=st.none() | INSTANT,
    since=st.none() | INSTANT,
    changed_at=INSTANT,
)


@pytest.fixture
async def small_api(sqlite_database: AsyncEngine) -> AsyncIterator[fhir_world.World]:
    """The record-system API with two organisations that call it."""
    with machine_issuer() as issuer:
        async with fhir_world.world(issuer) as made:
            yield made


def assert_conforms(resource: dict[str, Any]) -> None:
    """It parses, and says the same when written again: nothing was dropped or read as something else."""
    model = MODELS[resource["resourceType"]].model_validate(resource)
    assert set(json.loads(model.model_dump_json())) == set(resource)


@given(THREAD)
def test_header_of_any_conversation_conforms(thread: OutgoingThread) -> None:
    assert_conforms(header(thread))


@given(MESSAGE)
def test_any_message_conforms(written: OutgoingMessage) -> None:
    assert_conforms(message(written))
    acted = written.role is not RepresentationRole.SELF
    assert ("extension" in message(written)) is acted


@given(CANCELLATION)
def test_any_request_to_cancel_conforms(asked: OutgoingCancellation) -> None:
    resource = response(asked)
    assert_conforms(resource)
    # hn-basis-AppointmentResponse: one identifier, and the patient by identity number.
    assert len(resource["identifier"]) == 1
    assert (resource["actor"]["type"], "reference" in resource["actor"]) == ("Patient", False)
    assert resource["actor"]["identifier"]["value"] == asked.patient.national_id


async def test_every_answer_about_visits_conforms(small_api: fhir_world.World) -> None:
    api = small_api.alvdal
    await api.put(fhir_world.service())
    flag = fhir_visits.contained_flag("cancel") | {"subject": fhir_world.patient(KARI)}
    visit = fhir_visits.appointment(KARI, contained=[fhir_visits.place(), fhir_visits.party(), flag])
    answers = [await api.put(visit), await api.put(fhir_visits.encounter(KARI))]
    request = await fhir_visits.ask(KARI)
    answers += [await api.put(fhir_visits.answer(request))]
    kinds = ("Appointment", "Encounter", "AppointmentResponse")
    answers += [await api.get(f"/fhir/{kind}") for kind in kinds]
    answers += [await api.get(f"/fhir/AppointmentResponse/{request}"), await api.get("/fhir/Appointment/v1")]
    assert [answer.status_code for answer in answers] == [201] * 3 + [200] * 5
    for answer in answers:
        assert_conforms(answer.json())
    assert answers[-1].json()["contained"] == visit["contained"]


@given(DELEGATION)
def test_any_delegation_conforms(given_away: OutgoingDelegation) -> None:
    told = consent(given_away)
    assert_conforms(told)
    assert set(told["provision"]) - {"dataPeriod"} == {"type", "period", "actor", "provision"}
    period = told["provision"]["period"]
    assert period.get("end", period["start"]) >= period["start"]


def test_capability_statement_conforms() -> None:
    assert_conforms(statement("https://digihelse.example"))


async def test_every_answer_of_the_api_conforms(small_api: fhir_world.World) -> None:
    api = small_api.alvdal
    put = fhir_world.service(), fhir_world.episode(KARI), fhir_world.header(KARI), fhir_world.message(KARI)
    answers = [await api.put(resource) for resource in put]
    asked = await fhir_world.write(KARI, "Hei")
    kinds = ("HealthcareService", "EpisodeOfCare", "Communication")
    answers += [await api.get(f"/fhir/{kind}?_count=1") for kind in kinds]
    answers += [await api.get(f"/fhir/Communication/{name}") for name in ("m1", asked.id, asked.thread_id)]
    answers += [await api.get("/fhir/Communication/none"), await api.put(fhir_world.episode(OLA, status="x"))]
    entries = [
        {"resource": resource, "request": {"method": "PUT", "url": f"EpisodeOfCare/{resource['id']}"}}
        for resource in (fhir_world.episode(OLA, "e3"), fhir_world.episode(OLA, "e4", status="x"))
    ]
    batch = {"resourceType": "Bundle", "type": "batch", "entry": entries}
    answers += [await api.call("POST", "/fhir", json=batch), await api.get("/fhir/metadata")]
    assert [answer.status_code for answer in answers] == [201] * 4 + [200] * 6 + [404, 422, 200, 200]
    for answer in answers:
        assert_conforms(answer.json())


@pytest.mark.parametrize(
    "kind",
    [
        "HealthcareService",
        "EpisodeOfCare",
        "Communication",
        "Appointment",
        "Encounter",
        "AppointmentResponse",
    ],
)
async def test_capability_statement_is_true(small_api: fhir_world.World, kind: str) -> None:
    told = (await small_api.client.get("/fhir/metadata")).json()["rest"][0]
    resource = next(entry for entry in told["resource"] if entry["type"] == kind)
    assert [entry["code"] for entry in resource["interaction"]] == ["read", "update", "search-type"]
    values = {"_lastUpdated": "ge2026-01-01", "_id": "a", "part-of": "a"}
    for parameter in resource["searchParam"]:
        by_identifier = parameter["type"] == "reference" and parameter["name"] != "part-of"
        name = f"{parameter['name']}:identifier" if by_identifier else parameter["name"]
        data = {name: values.get(parameter["name"], KARI.national_id)}
        found = await small_api.alvdal.call("POST", f"/fhir/{kind}/_search", data=data)
        assert found.status_code == 200
