"""Home visits as a record system tells of them, and what citizens ask of them, for `tests.fhir_world`."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from digihelse_app.models.codes import CancellationStatus, CancelReason, OutboxKind, RepresentationRole
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside import clock
from digihelse_app.services import delivery
from digihelse_app.standins.people import SyntheticPerson
from digihelse_app.web.fhir.outcome import FhirError
from digihelse_app.web.fhir.submissions import read
from tests.fhir_world import ALVDAL, EXTENSION, HER_ID, Resource, patient, person_id, rows

VOLVEN = "urn:oid:2.16.578.1.12.4.1.1"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
REQUESTS = f"{EXTENSION}/avbestilling"
WINDOW = {"start": "2026-11-24T08:00:00+01:00", "end": "2026-11-24T10:00:00+01:00"}


def concept(system: str, code: str) -> Resource:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def contained_flag(code: str, flag_id: str = "flag") -> Resource:
    """What the citizen may do."""
    return {
        "resourceType": "Flag",
        "id": flag_id,
        "status": "active",
        "code": concept("http://helsenorge.no/fhir/CodeSystem/hn-appointment-flag-code-cs", code),
        "subject": {"display": "pasienten"},
    }


def place(code: str = "PTRES", place_id: str = "home") -> Resource:
    """Where the visit is."""
    return {"resourceType": "Location", "id": place_id, "type": [concept(ROLE_CODE, code)]}


def party(her_id: str = ALVDAL) -> Resource:
    """Whose visit it is."""
    return {
        "resourceType": "Organization",
        "id": "party",
        "identifier": [{"system": HER_ID, "value": her_id}],
    }


def carer(name: str = "Mona Nordmann", number: str = "4711") -> Resource:
    """Who comes."""
    actor = {"identifier": {"system": "https://fagsystem.test/ansatt", "value": number}, "display": name}
    return {"type": [{"text": "Sykepleier"}], "actor": actor, "status": "accepted"}


def appointment(synthetic: SyntheticPerson, visit_id: str = "v1", **changes: Any) -> Resource:
    """A visit by home care tomorrow between eight and ten, which can be cancelled with a comment.

    What is None in `changes` is left out.
    """
    resource: Resource = {
        "resourceType": "Appointment",
        "id": visit_id,
        "meta": {"lastUpdated": "2026-11-20T11:00:00Z"},
        "contained": [place(), party(), contained_flag("cancelWithComment")],
        "extension": [service_named(), {"url": f"{EXTENSION}/essential", "valueBoolean": True}],
        "identifier": [{"system": "https://fagsystem.test/besok", "value": visit_id}],
        "status": "proposed",
        "serviceCategory": [concept(f"{VOLVEN}.7619", "7")],
        "appointmentType": concept(f"{VOLVEN}.7617", "Hjemmebesok"),
        "description": "Medisiner og tilsyn",
        "patientInstruction": "Vi har egen nøkkel.",
        "participant": [
            {"actor": patient(synthetic) | {"type": "Patient"}, "status": "accepted"},
            {"actor": {"reference": "#home"}, "status": "accepted"},
        ],
        "supportingInformation": [{"reference": "#party"}, {"reference": "#flag"}],
        "requestedPeriod": [WINDOW],
    } | changes
    return {name: value for name, value in resource.items() if value is not None}


def service_named(service_id: str = "hjemmebasert-omsorg") -> Resource:
    """Which service comes."""
    reference = {"reference": f"HealthcareService/{service_id}"}
    return {"url": f"{EXTENSION}/healthcare-service", "valueReference": reference}


def at(said: str) -> Resource:
    """When the record system says so, for an argument `meta`."""
    return {"lastUpdated": said}


def booked(start: str, end: str) -> Resource:
    """Arguments for a visit at a time."""
    return {"status": "booked", "start": start, "end": end, "requestedPeriod": None}


def cancelled(reason: str) -> Resource:
    """Arguments for a visit that is cancelled."""
    return {"status": "cancelled", "cancelationReason": concept(f"{VOLVEN}.7621", reason)}


def encounter(synthetic: SyntheticPerson, visit_id: str = "v1", end: str = "", **changes: Any) -> Resource:
    """That a visit has begun at 08:10, and when it was over."""
    resource: Resource = {
        "resourceType": "Encounter",
        "id": f"e-{visit_id}",
        "status": "finished" if end else "in-progress",
        "class": {"system": ACT_CODE, "code": "HH"},
        "subject": patient(synthetic),
        "appointment": [{"reference": f"Appointment/{visit_id}"}],
        "period": {"start": "2026-11-24T08:10:00+01:00"} | ({"end": end} if end else {}),
    }
    return resource | changes


def answer(request: str, status: str = "accepted", visit_id: str = "v1", **changes: Any) -> Resource:
    """The service's answer to a request."""
    resource: Resource = {
        "resourceType": "AppointmentResponse",
        "id": "svar-1",
        "identifier": [{"system": REQUESTS, "value": request}],
        "appointment": {"reference": f"Appointment/{visit_id}"},
        "actor": {"reference": "HealthcareService/hjemmebasert-omsorg"},
        "participantStatus": status,
    }
    return resource | changes


async def visit(visit_id: str = "v1") -> Visit:
    """The visit as it stands."""
    return next(row for row in await rows(Visit) if row.external_id == visit_id)


async def cancellation(request: str) -> Cancellation:
    """The request as it stands."""
    return next(row for row in await rows(Cancellation) if row.id == request)


async def ask(
    synthetic: SyntheticPerson,
    visit_id: str = "v1",
    *,
    actor: SyntheticPerson | None = None,
    comment: str = "",
    period_id: str | None = None,
) -> str:
    """Someone asks for a visit to be cancelled, as the app would store it; the request's id."""
    wanted = await visit(visit_id)
    asked = Cancellation(
        visit_id=wanted.id,
        person_id=await person_id(synthetic),
        actor_id=await person_id(actor or synthetic),
        actor_name=(actor or synthetic).name,
        role=RepresentationRole.FU if actor else RepresentationRole.SELF,
        reason=CancelReason.FOR_CITIZEN if actor else CancelReason.BY_CITIZEN,
        comment=comment,
        idempotency_key=new_id(),
        period_id=period_id,
        status=CancellationStatus.REQUESTED,
        visit_starts_at=wanted.starts_at,
        requested_at=clock.now(),
    )
    async with unit_of_work() as session:
        session.add(asked)
        await session.flush()
        delivery.enqueue(session, OutboxKind.CANCELLATION, asked.id, wanted.organisation_id)
    return asked.id


async def take_back(request: str) -> None:
    """The request is taken back, as the app would store it."""
    async with unit_of_work() as session:
        asked = await session.get_one(Cancellation, request)
        of = await session.get_one(Visit, asked.visit_id)
        asked.status, asked.version = CancellationStatus.TAKEN_BACK, 2
        asked.taken_back_at = clock.now() + timedelta(milliseconds=1)
        session.add(asked)
        delivery.enqueue(session, OutboxKind.CANCELLATION, asked.id, of.organisation_id)


def utc(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text)


def refusal(resource: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and element of what is wrong with it, structure and meaning."""
    with pytest.raises(FhirError) as raised:
        read(resource["resourceType"], resource["id"], resource, None)
    assert raised.value.status == 422
    return [(issue.code, issue.expression) for issue in raised.value.issues]
