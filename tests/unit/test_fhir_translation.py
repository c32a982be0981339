"""The pure translations: every element's meaning, also of what is left out."""

from datetime import date
from typing import Any

import pytest

from digihelse_app.models.codes import ServiceKind
from digihelse_app.services.submission import CareReport, ServiceMessage, ThreadOpening
from digihelse_app.web.fhir import communication, elements, episode_of_care, health_care_service, patient
from digihelse_app.web.fhir.outcome import FhirError
from digihelse_app.web.fhir.submissions import read
from tests.fhir_world import EXTENSION, episode, header, message, service
from tests.people import KARI, OLA


def test_service_with_the_least_said_is_active_and_closed_for_dialogue() -> None:
    least = {name: service()[name] for name in ("resourceType", "id", "name", "providedBy")}
    described = health_care_service.read(least)
    assert (described.active, described.opens_on, described.reply_working_days) == (True, None, None)
    assert (described.kind, described.phone, described.opening_hours) == (ServiceKind.OTHER, "", [])
    assert (described.categories, described.shows_visits, described.emergency_text) == ([], False, "")


@pytest.mark.parametrize(
    ("code", "kind"),
    [("7", ServiceKind.HOME_CARE), ("19", ServiceKind.NURSING_HOME), ("4711", ServiceKind.OTHER)],
)
def test_service_category_is_its_kind(code: str, kind: ServiceKind) -> None:
    codings = [
        {"system": "urn:oid:1.2.3", "code": "19"},
        {"system": "urn:oid:2.16.578.1.12.4.1.1.7619", "code": code},
    ]
    category = [{"coding": [coding]} for coding in codings]
    assert health_care_service.read(service(category=category)).kind is kind


@pytest.mark.parametrize(
    ("entry", "hours"),
    [
        ({"allDay": True}, {"from": "00:00", "to": "24:00"}),
        (
            {"availableStartTime": "07:30:00", "availableEndTime": "22:00:00"},
            {"from": "07:30", "to": "22:00"},
        ),
    ],
)
def test_opening_hours_without_days_are_every_day(entry: dict[str, Any], hours: dict[str, str]) -> None:
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert health_care_service.read(service(availableTime=[entry])).opening_hours == [{"days": days} | hours]


@pytest.mark.parametrize("told", [1, "1", "tidlig", "24:00:00"])
@pytest.mark.parametrize("element", ["availableStartTime", "availableEndTime"])
def test_opening_hours_are_times_of_day(element: str, told: object) -> None:
    hours = {"availableStartTime": "07:30:00", "availableEndTime": "22:00:00"} | {element: told}
    with pytest.raises(FhirError) as raised:
        health_care_service.read(service(availableTime=[hours]))
    assert [issue.expression for issue in raised.value.issues] == [
        f"HealthcareService.availableTime[0].{element}"
    ]


@pytest.mark.parametrize(
    ("status", "active"),
    [
        ("active", True),
        ("planned", False),
        ("waitlist", False),
        ("onhold", False),
        ("finished", False),
        ("cancelled", False),
        ("entered-in-error", False),
    ],
)
def test_only_an_active_episode_gives_the_right(status: str, active: bool) -> None:
    assert episode_of_care.read(episode(KARI, status=status)) == CareReport(
        service="hjemmebasert-omsorg",
        provider_her_id="80001",
        active=active,
        since=date(2025, 2, 1),
        until=None,
    )


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2028", date(2028, 1, 1), date(2028, 12, 31)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("2028-12", date(2028, 12, 1), date(2028, 12, 31)),
        ("2028-02-03", date(2028, 2, 3), date(2028, 2, 3)),
        ("2028-02-03T23:30:00+01:00", date(2028, 2, 3), date(2028, 2, 3)),
    ],
)
def test_part_of_a_date_is_its_first_or_last_day(written: str, first: date, last: date) -> None:
    assert (elements.day(written, "x"), elements.day(written, "x", last=True)) == (first, last)


def test_communication_with_part_of_is_a_message_and_without_a_header() -> None:
    assert communication.read(message(KARI)) == ServiceMessage(
        "hjemmebasert-omsorg", "t1", "Vi kommer klokken ti."
    )
    assert communication.read(header(KARI)) == ThreadOpening("hjemmebasert-omsorg", "Nye tider")


def test_header_with_a_text_is_refused_where_the_conversation_is_missing() -> None:
    with pytest.raises(FhirError) as raised:
        communication.read(header(KARI, payload=[{"contentString": "Hei"}]))
    assert [issue.expression for issue in raised.value.issues] == ["Communication.partOf"]


def test_number_is_taken_out_and_put_back_wherever_it_stands() -> None:
    concealed, number = patient.conceal(header(KARI), "subject")
    assert number == KARI.national_id
    assert patient.has_numbers(concealed) is True
    assert [value for value in _strings(concealed) if KARI.national_id in value] == []
    assert patient.reveal(concealed, number) == header(KARI)


def test_two_patients_in_one_resource_are_refused() -> None:
    with pytest.raises(FhirError) as raised:
        patient.conceal(header(KARI, recipient=[{"identifier": _identifier(OLA.national_id)}]), "subject")
    assert [issue.expression for issue in raised.value.issues] == ["Communication.subject"]


def test_submission_carries_no_number_and_no_metadata_in_its_body() -> None:
    put = episode(KARI, meta={"lastUpdated": "2026-11-20T12:00:00+01:00"})
    submission = read("EpisodeOfCare", "e1", put, 'W/"7"')
    assert (submission.national_id, submission.if_match) == (KARI.national_id, 7)
    assert submission.source_updated_at is not None
    assert submission.source_updated_at.isoformat() == "2026-11-20T12:00:00+01:00"
    assert "meta" not in submission.body
    assert [value for value in _strings(submission.body) if KARI.national_id in value] == []
    assert KARI.national_id not in repr(submission)


@pytest.mark.parametrize("if_match", ["1", 'W/"x"', 'W/"1", W/"2"', "*", ""])
def test_if_match_is_one_version(if_match: str) -> None:
    with pytest.raises(FhirError) as raised:
        read("HealthcareService", "hjemmebasert-omsorg", service(), if_match)
    assert raised.value.status == 400


@pytest.mark.parametrize("kind", ["valueString", "valueInteger"])
def test_extension_of_another_kind_is_refused(kind: str) -> None:
    url = f"{EXTENSION}/opens-for-dialogue"
    value: Any = "2026-01-12" if kind == "valueString" else 2026
    with pytest.raises(FhirError) as raised:
        read("HealthcareService", "hjemmebasert-omsorg", service(extension=[{"url": url, kind: value}]), None)
    assert [issue.expression for issue in raised.value.issues] == [f"HealthcareService.extension('{url}')"]


def _identifier(number: str) -> dict[str, str]:
    return {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": number}


def _strings(content: Any) -> list[str]:
    if isinstance(content, dict):
        return [found for value in content.values() for found in _strings(value)]
    if isinstance(content, list):
        return [found for item in content for found in _strings(item)]
    return [content] if isinstance(content, str) else []
