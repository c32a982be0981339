"""Progress, answers and a service's rules for visits from the wire."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from digihelse_app.models.codes import AccessTag
from digihelse_app.services.submission import CancelAnswer, VisitProgress
from digihelse_app.web.fhir import appointment_response, encounter, health_care_service
from digihelse_app.web.fhir.submissions import read
from tests import fhir_visits as visits
from tests.fhir_visits import (
    VOLVEN,
    refusal,
)
from tests.fhir_world import EXTENSION, header, message, patient, service
from tests.people import KARI

RECURRING = {"url": "http://helsenorge.no/fhir/StructureDefinition/hn-extension-recurring"}
NINE, TEN = "2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00"
RESTRICTION = f"{VOLVEN}.9603"
LATER = "2026-11-20T11:00:00Z"
YEARS = "2026-01-01", "2036-01-01"
LAST_OF_ALL = "9999-12-31T23:30:00Z"


def test_encounter_is_progress() -> None:
    begun = datetime(2026, 11, 24, 7, 10, tzinfo=UTC)
    assert encounter.read(visits.encounter(KARI)) == VisitProgress("v1", begun, None)
    over = visits.encounter(KARI, end="2026-11-24T08:40:00+01:00")
    assert encounter.read(over) == VisitProgress("v1", begun, begun + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("changes", "code", "element"),
    [
        ({"status": "planned"}, "value", "status"),
        ({"class": {"system": visits.ACT_CODE, "code": "AMB"}}, "not-supported", "class"),
        ({"appointment": [{"reference": "Appointment/v1"}] * 2}, "required", "appointment"),
        ({"appointment": [{"reference": "ServiceRequest/v1"}]}, "required", "appointment"),
        ({"period": {"end": TEN}}, "required", "period.start"),
        ({"status": "finished"}, "required", "period.end"),
        ({"period": {"start": NINE, "end": TEN}}, "required", "period.end"),
        ({"status": "finished", "period": {"start": TEN, "end": NINE}}, "value", "period.end"),
        ({"period": {"start": "0001-01-01T00:00:00+05:00"}}, "value", "period.start"),
        ({"status": "finished", "period": {"start": NINE, "end": LAST_OF_ALL}}, "value", "period.end"),
    ],
)
def test_broken_encounter_is_named_by_its_element(changes: dict[str, Any], code: str, element: str) -> None:
    assert refusal(visits.encounter(KARI, **changes)) == [(code, f"Encounter.{element}")]


def test_answer_is_understood_whoever_it_says_answers() -> None:
    said = appointment_response.read(visits.answer("r1", "declined", comment="Vi må komme."))
    assert said == CancelAnswer("r1", "v1", False, "Vi må komme.", service="hjemmebasert-omsorg")
    by_her_id = visits.answer("r1", actor={"identifier": {"system": visits.HER_ID, "value": "80001"}})
    assert appointment_response.read(by_her_id) == CancelAnswer("r1", "v1", True, provider_her_id="80001")
    of_patient = read("AppointmentResponse", "svar-1", visits.answer("r1", actor=patient(KARI)), None)
    assert (of_patient.content, of_patient.national_id) == (CancelAnswer("r1", "v1", True), KARI.national_id)


@pytest.mark.parametrize(
    ("changes", "code", "element"),
    [
        ({"identifier": [{"system": "a:b", "value": "r1"}]}, "required", "identifier"),
        ({"identifier": [{"system": visits.REQUESTS}]}, "required", "identifier.value"),
        ({"participantStatus": "tentative"}, "value", "participantStatus"),
        ({"appointment": {"reference": "Slot/v1"}}, "required", "appointment"),
        ({"actor": {"reference": "Practitioner/1"}}, "required", "actor"),
        ({"actor": {"display": "Hjemmetjenesten"}}, "required", "actor"),
        ({"comment": "å" * 1001}, "too-long", "comment"),
    ],
)
def test_broken_answer_is_named_by_its_element(changes: dict[str, Any], code: str, element: str) -> None:
    assert refusal(visits.answer("r1", **changes)) == [(code, f"AppointmentResponse.{element}")]


def test_service_tells_its_rules_for_visits() -> None:
    told = service(
        extension=[
            {"url": f"{EXTENSION}/shares-names", "valueBoolean": True},
            {"url": f"{EXTENSION}/cancel-working-days", "valueUnsignedInt": 0},
            {"url": f"{EXTENSION}/cancel-before", "valueTime": "12:30:00"},
            {"url": f"{EXTENSION}/missed-after-minutes", "valueUnsignedInt": 90},
        ]
    )
    read_as = health_care_service.read(told)
    assert (read_as.shares_names, read_as.cancel_working_days) == (True, 0)
    assert (read_as.cancel_before, read_as.missed_after_minutes) == (time(12, 30), 90)
    silent = health_care_service.read(service())
    assert (silent.shares_names, silent.cancel_working_days) == (False, 1)
    assert (silent.cancel_before, silent.missed_after_minutes) == (None, 60)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cancel-working-days", {"valueUnsignedInt": 31}),
        ("missed-after-minutes", {"valueUnsignedInt": 0}),
        ("missed-after-minutes", {"valueUnsignedInt": 1441}),
        ("cancel-before", {"valueTime": "12:30:30"}),
        ("shares-names", {"valueString": "ja"}),
    ],
)
def test_rules_beyond_bounds_are_refused(name: str, value: dict[str, Any]) -> None:
    url = f"{EXTENSION}/{name}"
    told = service(extension=[{"url": url} | value])
    assert refusal(told) == [("value", f"HealthcareService.extension('{url}')")]


def test_header_says_from_whom_it_is_kept_and_a_message_cannot() -> None:
    security = {"security": [{"system": RESTRICTION, "code": "NORN_FORANS"}]}
    opening = read("Communication", "t1", header(KARI, meta=security), None)
    assert getattr(opening.content, "access_tag", None) is AccessTag.NOT_PARENTS
    assert opening.body["meta"] == security
    assert refusal(message(KARI, meta=security)) == [("not-supported", "Communication.meta.security")]
