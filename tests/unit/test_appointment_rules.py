"""Every rule of hn-basis-appointment for home visits, named by the element that breaks it."""

from typing import Any

import pytest

from tests import fhir_visits as visits
from tests.fhir_visits import (
    VOLVEN,
    WINDOW,
    booked,
    cancelled,
    carer,
    concept,
    contained_flag,
    party,
    place,
    refusal,
)
from tests.fhir_world import EXTENSION, patient
from tests.people import KARI

RECURRING = {"url": "http://helsenorge.no/fhir/StructureDefinition/hn-extension-recurring"}
NINE, TEN = "2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00"
RESTRICTION = f"{VOLVEN}.9603"
LATER = "2026-11-20T11:00:00Z"
YEARS = "2026-01-01", "2036-01-01"


def tagged(what: str) -> dict[str, Any]:
    """Arguments for a visit with a tag of Helsenorge's."""
    tag = {"system": f"http://helsenorge.no/fhir/{what}", "code": "1"}
    return {"meta": {"lastUpdated": LATER, "tag": [tag]}}


def supporting(*ids: str) -> list[dict[str, str]]:
    return [{"reference": f"#{name}"} for name in ids]


BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "no version": ({"meta": None}, "required", "meta.lastUpdated"),
    "no identifier": ({"identifier": None}, "required", "identifier"),
    "two identifiers": (
        {"identifier": [{"system": "a:b", "value": "1"}, {"system": "a:b", "value": "2"}]},
        "required",
        "identifier",
    ),
    "identifier without system": ({"identifier": [{"value": "1"}]}, "required", "identifier"),
    "other status": ({"status": "arrived"}, "value", "status"),
    "no category": ({"serviceCategory": None}, "required", "serviceCategory"),
    "two categories": (
        {"serviceCategory": [concept(f"{VOLVEN}.7619", "7"), concept(f"{VOLVEN}.7619", "19")]},
        "required",
        "serviceCategory",
    ),
    "other category": (
        {"serviceCategory": [concept(f"{VOLVEN}.7619", "19")]},
        "not-supported",
        "serviceCategory",
    ),
    "category of no system": (
        {"serviceCategory": [{"coding": [{"code": "7"}]}]},
        "required",
        "serviceCategory.coding.system",
    ),
    "no type": ({"appointmentType": None}, "required", "appointmentType"),
    "other type": (
        {"appointmentType": concept(f"{VOLVEN}.7617", "Konsultasjon")},
        "not-supported",
        "appointmentType",
    ),
    "two types": (
        {
            "appointmentType": {
                "coding": [
                    {"system": f"{VOLVEN}.7617", "code": "Hjemmebesok"},
                    {"system": f"{VOLVEN}.7617", "code": "Konsultasjon"},
                ]
            }
        },
        "required",
        "appointmentType",
    ),
    "proposed at a time": ({"start": NINE, "end": TEN}, "value", "start"),
    "proposed without a window": ({"requestedPeriod": None}, "required", "requestedPeriod"),
    "two windows": ({"requestedPeriod": [WINDOW, WINDOW]}, "required", "requestedPeriod"),
    "window without an end": (
        {"requestedPeriod": [{"start": NINE}]},
        "required",
        "requestedPeriod[0].end",
    ),
    "booked by a window": ({"status": "booked"}, "value", "requestedPeriod"),
    "booked without a start": (booked(NINE, TEN) | {"start": None}, "required", "start"),
    "booked without an end": (booked(NINE, TEN) | {"end": None}, "required", "end"),
    "both a time and a window": (
        booked(NINE, TEN) | {"requestedPeriod": [WINDOW]},
        "value",
        "requestedPeriod",
    ),
    "fulfilled by a window": ({"status": "fulfilled"}, "value", "requestedPeriod"),
    "end before start": (booked(TEN, NINE), "value", "end"),
    "no length": (booked(NINE, NINE), "value", "end"),
    "at the calendar's end": (booked("9999-12-30T23:45:00Z", "9999-12-31T23:30:00Z"), "value", "start"),
    "beyond the calendar": (booked("9999-12-31T12:00:00Z", "9999-12-31T13:00:00Z"), "value", "start"),
    "before the calendar": (
        {"requestedPeriod": [{"start": "0001-01-01T00:00:00+05:00", "end": TEN}]},
        "value",
        "requestedPeriod[0].start",
    ),
    "longer than a day": (booked(NINE, "2026-11-25T09:00:01+01:00"), "value", "end"),
    "cancelled without a reason": ({"status": "cancelled"}, "required", "cancelationReason"),
    "cancelled for another reason": (cancelled("XYZ"), "value", "cancelationReason"),
    "reason of another system": (
        {"status": "cancelled", "cancelationReason": concept(f"{VOLVEN}.8445", "1")},
        "required",
        "cancelationReason",
    ),
    "planned with a reason": (
        {"cancelationReason": concept(f"{VOLVEN}.7621", "AAT")},
        "value",
        "cancelationReason",
    ),
    "no-show with another reason": (cancelled("AIH") | {"status": "noshow"}, "value", "cancelationReason"),
    "long description": ({"description": "å" * 1001}, "too-long", "description"),
    "long instruction": ({"patientInstruction": "å" * 1001}, "too-long", "patientInstruction"),
    "no place": (
        {"contained": [party()], "supportingInformation": supporting("party")},
        "value",
        "contained",
    ),
    "place of another type": (
        {"contained": [place("HOSP"), party()], "supportingInformation": supporting("party")},
        "value",
        "contained",
    ),
    "at home and at an office": (
        {"contained": [place(), place("OF", "of"), party()], "supportingInformation": supporting("party")},
        "value",
        "contained",
    ),
    "notified of at home": (tagged("varsling"), "not-supported", "meta.tag"),
    "reminded of at home": (tagged("paminnelse"), "not-supported", "meta.tag"),
    "restriction of no known code": (
        {"meta": {"lastUpdated": LATER, "security": [{"system": RESTRICTION, "code": "X"}]}},
        "value",
        "meta.security",
    ),
    "no party": (
        {"contained": [place()], "supportingInformation": None},
        "required",
        "supportingInformation",
    ),
    "party that is not referred to": (
        {"contained": [place(), party()], "supportingInformation": None},
        "required",
        "supportingInformation",
    ),
    "reference to nothing": (
        {"supportingInformation": supporting("party", "flag", "none")},
        "value",
        "supportingInformation[2]",
    ),
    "flag that is not referred to": (
        {"supportingInformation": supporting("party")},
        "value",
        "supportingInformation",
    ),
    "flag of a dialogue": (
        {"contained": [place(), party(), contained_flag("canInitiateDialog")]},
        "not-supported",
        "contained.ofType(Flag)[0].code",
    ),
    "flag twice": (
        {
            "contained": [place(), party(), contained_flag("cancel"), contained_flag("cancel", "again")],
            "supportingInformation": supporting("party", "flag", "again"),
        },
        "duplicate",
        "contained",
    ),
    "flag that is not active": (
        {"contained": [place(), party(), contained_flag("cancel") | {"status": "inactive"}]},
        "value",
        "contained.ofType(Flag)[0].status",
    ),
    "other things contained": (
        {"contained": [place(), party(), {"resourceType": "Device", "id": "d"}]},
        "not-supported",
        "contained[2]",
    ),
    "no service": ({"extension": None}, "required", f"extension('{EXTENSION}/healthcare-service')"),
    "part of another": (
        {
            "extension": [
                visits.service_named(),
                {
                    "url": "http://hl7.no/fhir/StructureDefinition/no-basis-partof",
                    "valueReference": {"reference": "Appointment/v0"},
                },
            ]
        },
        "not-supported",
        "extension('http://hl7.no/fhir/StructureDefinition/no-basis-partof')",
    ),
}
FORBIDDEN: dict[str, Any] = {
    "serviceType": [{"text": "x"}],
    "specialty": [{"text": "x"}],
    "reasonCode": [{"text": "x"}],
    "reasonReference": [{"reference": "Condition/1"}],
    "priority": 1,
    "slot": [{"reference": "Slot/1"}],
    "comment": "x",
    "basedOn": [{"reference": "ServiceRequest/1"}],
    "language": "nb",
}
BROKEN |= {name: ({name: value}, "not-supported", name) for name, value in FORBIDDEN.items()}


@pytest.mark.parametrize(("changes", "code", "element"), BROKEN.values(), ids=BROKEN)
def test_broken_rule_is_named_by_its_element(changes: dict[str, Any], code: str, element: str) -> None:
    assert refusal(visits.appointment(KARI, **changes)) == [(code, f"Appointment.{element}")]


TAKING_PART: dict[str, tuple[list[dict[str, Any]], str, str]] = {
    "nobody": ([carer()], "required", "participant"),
    "two patients": ([{"actor": patient(KARI), "status": "accepted"}] * 2, "required", "participant"),
    "patient who declined": (
        [{"actor": patient(KARI), "status": "declined"}],
        "value",
        "participant[0].status",
    ),
    "patient by reference": (
        [{"actor": patient(KARI) | {"reference": "Patient/1"}, "status": "accepted"}],
        "value",
        "participant[0].actor",
    ),
    "patient without a number": (
        [{"actor": {"type": "Patient", "display": "Kari"}, "status": "accepted"}],
        "value",
        "participant[0].actor",
    ),
    "no actor": (
        [{"type": [{"text": "Sykepleier"}], "status": "accepted"}],
        "required",
        "participant[0].actor",
    ),
    "nameless": (
        [{"actor": {"identifier": {"system": "a:b", "value": "1"}}, "status": "accepted"}],
        "required",
        "participant[0].actor.display",
    ),
    "name without a number": (
        [{"actor": {"display": "Mona"}, "status": "accepted"}],
        "required",
        "participant[0].actor.identifier",
    ),
}


@pytest.mark.parametrize(("taking_part", "code", "element"), TAKING_PART.values(), ids=TAKING_PART)
def test_one_patient_takes_part_and_others_by_name_and_number(
    taking_part: list[dict[str, Any]], code: str, element: str
) -> None:
    told = visits.appointment(KARI, participant=taking_part)
    assert refusal(told) == [(code, f"Appointment.{element}")]
