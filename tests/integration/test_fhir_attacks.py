"""What an organisation must not reach, and what the API must survive."""

import json
import logging
from typing import Any

import pytest
from sqlalchemy import text

from digihelse_app.models.conversation import Message
from digihelse_app.models.database import engine
from digihelse_app.models.fhir_resource import FhirResource
from digihelse_app.models.organisation import CareService
from tests.fhir_world import (
    EXTENSION,
    FODSELSNUMMER,
    World,
    issues,
    message,
    patient,
    rows,
    service,
)
from tests.people import KARI, OLA

JSON = {"Content-Type": "application/fhir+json"}
HOURS = {"availableStartTime": "08:00:00", "availableEndTime": "15:30:00"}
CANCEL_BEFORE = {"url": f"{EXTENSION}/cancel-before"}


@pytest.mark.parametrize("method", ["DELETE", "PATCH", "POST"])
async def test_other_methods_are_not_offered(small_api: World, method: str) -> None:
    answer = await small_api.alvdal.call(method, "/fhir/HealthcareService/x")
    assert (answer.status_code, issues(answer)) == (405, [("not-supported", "")])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/fhir/Patient/1", 404),
        ("/fhir/Patient", 404),
        ("/fhir/HealthcareService/..%2f..%2fmetadata", 405),
        ("/fhir/HealthcareService/a%00b", 422),
        ("/fhir/HealthcareService/a%0a", 422),
        ("/fhir/HealthcareService/%2e%2e%2e", 422),
        ("/fhir/HealthcareService/" + "a" * 65, 422),
        ("/fhir/HealthcareService/a'%20OR%201=1--", 422),
        ("/fhir/HealthcareService/14834813638", 422),
        ("/fhir/HealthcareService/a.148348.13638", 422),
        ("/fhir/healthcareservice/a", 404),
        ("/fhir/HealthcareService/%c3%a6", 422),
        ("/fhir//HealthcareService/a", 405),
    ],
)
async def test_tricks_in_the_path_lead_nowhere(small_api: World, path: str, status: int) -> None:
    assert (await small_api.alvdal.get(path)).status_code == status
    body = json.dumps(service())
    assert (await small_api.alvdal.call("PUT", path, content=body, headers=JSON)).status_code == status
    assert await rows(FhirResource) == []


async def test_body_above_the_limit_is_refused_unread(small_api: World) -> None:
    big = json.dumps(service(comment="x" * 1_000_000))
    answer = await small_api.alvdal.call("PUT", "/fhir/HealthcareService/a", content=big, headers=JSON)
    assert (answer.status_code, issues(answer)) == (413, [("too-long", "")])


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/fhir+xml"},
        {"Content-Type": ""},
        {"Content-Type": "application/json; charset=iso-8859-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
    ids=str,
)
async def test_other_content_types_are_refused(small_api: World, headers: dict[str, str]) -> None:
    content = json.dumps(service())
    answer = await small_api.alvdal.call(
        "PUT", "/fhir/HealthcareService/hjemmebasert-omsorg", content=content, headers=headers
    )
    assert (answer.status_code, issues(answer)) == (415, [("not-supported", "")])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b'{"a": "\\u0000"}',
        b'{"a": "\\ud800"}',
        b'{"\\u0001": 1}',
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b"[" * 100_000,
        b'{"a":' + b"[" * 60 + b"]" * 60 + b"}",
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
    ids=range(15),
)
async def test_bodies_that_are_no_resource_are_refused(small_api: World, body: bytes) -> None:
    answer = await small_api.alvdal.call("PUT", "/fhir/HealthcareService/a", content=body, headers=JSON)
    assert (answer.status_code, issues(answer)) == (400, [("structure", "")])


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"tull": 1}, "HealthcareService.tull"),
        ({"14834813638": 1}, "HealthcareService"),
        ({"resource_type": "x"}, "HealthcareService"),
        ({"active": "true"}, "HealthcareService.active"),
        ({"active": 1}, "HealthcareService.active"),
        ({"active": None}, "HealthcareService.active"),
        ({"name": 5}, "HealthcareService.name"),
        ({"name": " "}, "HealthcareService.name"),
        ({"name": "x" * 201}, "HealthcareService.name"),
        ({"providedBy": {"display": "x"}}, "HealthcareService.providedBy"),
        ({"telecom": {"system": "phone"}}, "HealthcareService.telecom"),
        ({"telecom": [{"system": "phone", "value": "1" * 31}]}, "HealthcareService.telecom[0].value"),
        ({"availableTime": [{"daysOfWeek": ["man"]}]}, "HealthcareService.availableTime[0].daysOfWeek"),
        (
            {"availableTime": [{"availableStartTime": "25:00:00"}]},
            "HealthcareService.availableTime[0].availableStartTime",
        ),
        *(
            ({"availableTime": [HOURS | {element: 9}]}, f"HealthcareService.availableTime[0].{element}")
            for element in ("availableStartTime", "availableEndTime")
        ),
        ({"extension": [CANCEL_BEFORE | {"valueTime": 12}]}, "HealthcareService.extension[0].valueTime"),
        ({"contained": [{"resourceType": "Patient"}]}, "HealthcareService.contained"),
        ({"modifierExtension": [{"url": "x"}]}, "HealthcareService.modifierExtension"),
        ({"implicitRules": "http://x"}, "HealthcareService.implicitRules"),
        ({"id": "other"}, "HealthcareService.id"),
        ({"resourceType": "Patient"}, "resourceType"),
        ({"meta": {"lastUpdated": "yesterday"}}, "HealthcareService.meta.lastUpdated"),
        ({"meta": {"lastUpdated": "0001-01-01T00:00:00+05:00"}}, "HealthcareService.meta.lastUpdated"),
        ({"meta": {"lastUpdated": "9999-12-31T23:59:00-05:00"}}, "HealthcareService.meta.lastUpdated"),
        ({"identifier": [{"system": FODSELSNUMMER, "value": "1"}]}, "HealthcareService"),
    ],
    ids=str,
)
async def test_wrong_element_is_named_and_its_value_is_not(
    small_api: World, changes: dict[str, Any], element: str
) -> None:
    path = "/fhir/HealthcareService/hjemmebasert-omsorg"
    answer = await small_api.alvdal.call("PUT", path, json=service(**changes))
    assert answer.status_code == 422
    assert [expression for _, expression in issues(answer)] == [element]
    assert "14834813638" not in answer.text
    assert await rows(CareService) == []


@pytest.mark.parametrize(
    ("changes", "element"),
    [
        ({"status": "preparation"}, "Communication.status"),
        ({"payload": []}, "Communication.payload"),
        ({"payload": [{"contentString": "a"}, {"contentString": "b"}]}, "Communication.payload"),
        ({"payload": [{"contentString": " \n "}]}, "Communication.payload[0].contentString"),
        ({"payload": [{"contentString": "x" * 20_001}]}, "Communication.payload[0].contentString"),
        ({"payload": [{"contentReference": {"reference": "Binary/1"}}]}, "Communication.payload"),
        ({"sender": {"reference": "Practitioner/1"}}, "Communication.sender"),
        ({"sender": {"reference": "HealthcareService/unknown"}}, "Communication.sender"),
        ({"recipient": [{"reference": "Patient/1"}]}, "Communication.recipient"),
        ({"subject": {"reference": "Patient/1"}}, "Communication.subject"),
        ({"recipient": [patient(OLA)]}, "Communication.subject"),
        ({"partOf": [{"reference": "Communication/t1"}] * 2}, "Communication.partOf"),
        ({"partOf": [{"reference": "http://evil.example/Communication/t1"}]}, "Communication.partOf"),
        ({"sent": "in a while"}, "Communication.sent"),
    ],
    ids=str,
)
async def test_wrong_message_is_refused_by_element(
    filled: tuple[World, Message], changes: dict[str, Any], element: str
) -> None:
    api, _ = filled
    answer = await api.alvdal.put(message(KARI, "m2", **changes))
    assert answer.status_code == 422
    assert [expression for _, expression in issues(answer)] == [element]
    assert KARI.national_id not in answer.text


async def test_failure_here_repeats_nothing_of_what_was_sent(
    filled: tuple[World, Message], caplog: pytest.LogCaptureFixture
) -> None:
    api, _ = filled
    async with engine().begin() as connection:
        await connection.execute(text("ALTER TABLE message RENAME TO message_elsewhere"))
    with caplog.at_level(logging.INFO):
        answer = await api.alvdal.put(message(KARI, "m2", payload=[{"contentString": "Sår på leggen."}]))
    assert (answer.status_code, issues(answer)) == (500, [("exception", "")])
    assert [word for word in (KARI.national_id, "leggen") if word in answer.text + caplog.text] == []
    ours = [record for record in caplog.records if record.name.startswith("digihelse_app")]
    assert [record.levelname for record in ours] == ["ERROR"]
