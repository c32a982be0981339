"""Visits on the wire: Appointment in the shape of hn-basis-appointment, Encounter, answers to requests."""

from datetime import datetime

from digihelse_app.standins.record_system.carers import BY_NUMBER
from digihelse_app.standins.record_system.resources import (
    EXTENSION,
    HER_ID,
    SERVICE_CATEGORY,
    Resource,
    extension,
    instant,
    person,
    reference,
)
from digihelse_app.standins.record_system.tables import Patient
from digihelse_app.standins.record_system.visit_tables import CancelRequest, Visit, VisitState

VISIT_IDS = "https://fagsystem.example/besok"
CARER_IDS = "https://fagsystem.example/ansatt"
REQUEST_IDS = f"{EXTENSION}avbestilling"
APPOINTMENT_TYPE = "urn:oid:2.16.578.1.12.4.1.1.7617"
CANCEL_REASON = "urn:oid:2.16.578.1.12.4.1.1.7621"
RECURRING = "http://helsenorge.no/fhir/StructureDefinition/hn-extension-recurring"
LOCATION_KIND = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ENCOUNTER_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
AT_HOME = "PTRES"

BY_SERVICE = "AAT"
NOT_AT_HOME = "AIH"
BY_CITIZEN = "AAI"
FOR_CITIZEN = "APVAI"

CANCEL = "cancel"
CANCEL_WITH_COMMENT = "cancelWithComment"

_STATUSES = {
    VisitState.DONE: "fulfilled",
    VisitState.CANCELLED: "cancelled",
    VisitState.IN_ERROR: "entered-in-error",
}


def appointment(visit: Visit, patient: Patient, her_id: str, at: datetime) -> Resource:
    """The visit as it is now; `at` is the version of this telling."""
    start, end = instant(visit.starts_at), instant(visit.ends_at)
    planned = "proposed" if visit.is_window else "booked"
    status = _STATUSES.get(VisitState(visit.status), planned)
    by_window = visit.is_window and status != "fulfilled"
    resource: Resource = {
        "resourceType": "Appointment",
        "id": visit.id,
        "meta": {"lastUpdated": instant(at)},
        "contained": [_home(), _party(her_id), *_right(visit, patient)],
        "extension": [
            extension(
                "healthcare-service", "valueReference", reference("HealthcareService", visit.service_id)
            ),
            extension("essential", "valueBoolean", visit.essential),
            {"url": RECURRING, "valueBoolean": bool(visit.series_id)},
        ],
        "identifier": [{"system": VISIT_IDS, "value": visit.id}],
        "status": status,
        "serviceCategory": [_concept(SERVICE_CATEGORY, "7")],
        "appointmentType": _concept(APPOINTMENT_TYPE, "Hjemmebesok"),
        "description": visit.title,
        "participant": [
            {"actor": person(patient.national_id), "status": "accepted"},
            *_who(visit),
            {"actor": {"reference": "#home"}, "status": "accepted"},
        ],
        "supportingInformation": [{"reference": f"#{each}"} for each in ("party", *_right_ids(visit))],
    }
    resource |= (
        {"requestedPeriod": [{"start": start, "end": end}]} if by_window else {"start": start, "end": end}
    )
    if visit.instruction:
        resource["patientInstruction"] = visit.instruction
    if visit.cancel_reason:
        resource["cancelationReason"] = _concept(CANCEL_REASON, visit.cancel_reason)
    return resource


def _home() -> Resource:
    return {"resourceType": "Location", "id": "home", "type": [_concept(LOCATION_KIND, AT_HOME)]}


def _party(her_id: str) -> Resource:
    return {
        "resourceType": "Organization",
        "id": "party",
        "identifier": [{"system": HER_ID, "value": her_id}],
    }


def _right_ids(visit: Visit) -> list[str]:
    return ["right"] if visit.cancel_right else []


def _right(visit: Visit, patient: Patient) -> list[Resource]:
    """What the citizen may do with the visit."""
    return [
        {
            "resourceType": "Flag",
            "id": each,
            "status": "active",
            "code": {"coding": [{"code": visit.cancel_right}]},
            "subject": person(patient.national_id),
        }
        for each in _right_ids(visit)
    ]


def _who(visit: Visit) -> list[Resource]:
    """Who comes: the role until somebody has it, then the one who has."""
    carer = BY_NUMBER.get(visit.carer)
    if carer is not None:
        actor = {"identifier": {"system": CARER_IDS, "value": carer.number}, "display": carer.first_name}
        return [{"type": [{"text": carer.role}], "actor": actor, "status": "accepted"}]
    if not visit.role:
        return []
    actor = {"type": "PractitionerRole", "display": visit.role}
    return [{"type": [{"text": visit.role}], "actor": actor, "status": "needs-action"}]


def _concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def encounter(visit: Visit, patient: Patient, at: datetime) -> Resource:
    """That the visit has begun, and when it is over also that."""
    period = {"start": instant(visit.begun_at or at)}
    if visit.done_at is not None:
        period["end"] = instant(visit.done_at)
    return {
        "resourceType": "Encounter",
        "id": visit.id,
        "meta": {"lastUpdated": instant(at)},
        "status": "in-progress" if visit.done_at is None else "finished",
        "class": {"system": ENCOUNTER_CLASS, "code": "HH"},
        "subject": person(patient.national_id),
        "appointment": [reference("Appointment", visit.id)],
        "period": period,
    }


def answer(request: CancelRequest, visit: Visit, accepted: bool, at: datetime) -> Resource:
    """The service's answer to a request, with its words."""
    resource: Resource = {
        "resourceType": "AppointmentResponse",
        "id": f"svar-{request.id}"[:64],
        "meta": {"lastUpdated": instant(at)},
        "identifier": [{"system": REQUEST_IDS, "value": request.id}],
        "appointment": reference("Appointment", visit.id),
        "actor": reference("HealthcareService", visit.service_id),
        "participantStatus": "accepted" if accepted else "declined",
    }
    return resource | ({"comment": request.answer} if request.answer else {})
