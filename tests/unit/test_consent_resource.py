"""A Consent that a municipality puts: what it says, and what is refused with the element that is wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.services.submission import DelegationReport
from digihelse_app.web.fhir import patient
from digihelse_app.web.fhir.outcome import FhirError
from digihelse_app.web.fhir.submissions import read
from tests.conftest import MovableClock
from tests.fhir_delegations import EVIDENCE, ROLE, coded, consent, named, right
from tests.fhir_visits import refusal
from tests.fhir_world import Resource
from tests.people import ERIK, KARI, NILS, OLA

PERIOD = "Consent.provision.period"


def understood(resource: Resource) -> DelegationReport:
    content = read("Consent", resource["id"], resource, None).content
    assert isinstance(content, DelegationReport)
    return content


def with_provision(**changes: Any) -> Resource:
    resource = consent()
    changed = resource["provision"] | changes
    resource["provision"] = {name: value for name, value in changed.items() if value is not None}
    return resource


def test_what_is_registered_on_paper_is_read_whole() -> None:
    resource = consent(rights=[right("read-messages"), right("see-visits", ["hjemmesykepleie", "dag"])])
    resource["provision"]["dataPeriod"] = {"start": "2026-11-20"}
    assert understood(resource) == DelegationReport(
        role=RepresentationRole.FU,
        active=True,
        proxy_name="Erik Solberg",
        scopes={Permission.READ_MESSAGES: None, Permission.SEE_VISITS: ("hjemmesykepleie", "dag")},
        starts_at=datetime(2026, 11, 19, 23, tzinfo=UTC),
        ends_at=datetime(2029, 11, 20, 23, tzinfo=UTC),
        since=datetime(2026, 11, 19, 23, tzinfo=UTC),
        evidence="2026/4711",
    )


def test_everything_that_can_be_given_has_a_code() -> None:
    assert set(understood(consent()).scopes) == DELEGABLE


def test_moments_are_taken_as_they_are_and_days_in_norway() -> None:
    moments = understood(consent(start="2026-06-01T10:00:00+02:00", end="2026-06-02T10:00:00Z"))
    days = understood(consent(start="2026-06-01", end="2026-06-02"))
    assert (moments.starts_at, moments.ends_at) == (
        datetime(2026, 6, 1, 8, tzinfo=UTC),
        datetime(2026, 6, 2, 10, tzinfo=UTC),
    )
    assert (days.starts_at, days.ends_at) == (
        datetime(2026, 5, 31, 22, tzinfo=UTC),
        datetime(2026, 6, 2, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-20", "2031-11-20"),
        ("2024-02-29", "2029-02-28"),
        ("2026-11-20T23:30:00Z", "2031-11-21"),
        ("2026-11-20", "2031-11-20T22:59:59Z"),
    ],
)
def test_five_years_may_be_assigned_to_the_day(start: str, end: str) -> None:
    assert understood(consent(role="TD", start=start, end=end)).role is RepresentationRole.TD


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-20", "2031-11-21"),
        ("2024-02-29", "2029-03-01"),
        ("2026-11-20", "2032-11-20"),
        ("2026-11-20", "2031-11-20T23:00:01Z"),
        ("2026-11-20", "2199-12-31"),
    ],
)
def test_no_more_than_five_years_may_be_assigned(start: str, end: str) -> None:
    assert refusal(consent(role="TD", start=start, end=end)) == [("business-rule", f"{PERIOD}.end")]
    assert understood(consent(start=start, end=end)).active


@pytest.mark.parametrize("end", ["9999-12-30", "9999-12-31", "9999-12-31T23:59:59Z", "2126-11-24"])
def test_an_end_that_never_comes_is_none_of_what_was_given(clock: MovableClock, end: str) -> None:
    assert understood(consent(end=end)).ends_at is None
    assert refusal(consent(role="TD", end=end)) == [("business-rule", f"{PERIOD}.end")]


def test_an_end_within_a_hundred_years_is_kept(clock: MovableClock) -> None:
    assert understood(consent(end="2126-11-23")).ends_at == datetime(2126, 11, 23, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "code", "element"),
    [
        ({"start": "9999-12-31"}, "business-rule", "start"),
        ({"start": "9999-12-31T23:30:00Z"}, "business-rule", "start"),
        ({"start": "0001-01-01"}, "value", "start"),
        ({"start": "9999-12-31T23:30:00-01:00"}, "value", "start"),
        ({"start": "2026-11-20", "end": "9999-12-31T23:30:00-01:00"}, "value", "end"),
        ({"start": "2026-11-20", "end": "0001-01-01T00:00:00+01:00"}, "value", "end"),
        ({"start": "2026-11-20", "end": "9999"}, "value", "end"),
    ],
)
def test_days_that_no_calendar_in_norway_has_are_refused(
    clock: MovableClock, period: Resource, code: str, element: str
) -> None:
    assert refusal(with_provision(period=period)) == [(code, f"{PERIOD}.{element}")]


def test_what_is_shown_does_not_begin_farther_ahead_either(clock: MovableClock) -> None:
    since = with_provision(dataPeriod={"start": "9999-12-31T23:30:00Z"})
    assert refusal(since) == [("business-rule", "Consent.provision.dataPeriod.start")]


def test_what_is_assigned_has_an_end_and_evidence() -> None:
    without_end, without_evidence = consent(role="TD", end=None), consent(role="TD", evidence=None)
    evidence = "Consent.sourceReference.identifier.value"
    assert refusal(without_end) == [("required", f"{PERIOD}.end")]
    assert refusal(without_evidence) == [("required", evidence)]
    assert (understood(consent(end=None)).ends_at, understood(consent(evidence=None)).evidence) == (None, "")


@pytest.mark.parametrize(
    ("resource", "code", "element"),
    [
        (consent(status="draft"), "value", "Consent.status"),
        (consent(status="entered-in-error"), "value", "Consent.status"),
        (consent(scope=coded("http://terminology.hl7.org/CodeSystem/consentscope", "research")),
         "value", "Consent.scope"),
        (consent(category=[coded("https://digihelse.no/fhir/fullmakt", "td")]), "value", "Consent.category"),
        (consent(patient={"reference": "Patient/1"}), "required", "Consent.patient"),
        (consent(OLA, OLA), "value", "Consent.patient"),
        (consent(provision=None), "required", "Consent.provision"),
        (consent(sourceAttachment={"title": "skjema"}, sourceReference=None),
         "not-supported", "Consent.sourceAttachment"),
        (consent(evidence=KARI.national_id), "value", "Consent.sourceReference.identifier.value"),
        (consent(evidence="x" * 201), "too-long", "Consent.sourceReference.identifier.value"),
        (consent(performer=[named(NILS)]), "value", "Consent.patient"),
        (with_provision(type="deny"), "value", "Consent.provision.type"),
        (with_provision(period=None), "required", f"{PERIOD}.start"),
        (with_provision(period={"start": "2026"}), "value", f"{PERIOD}.start"),
        (with_provision(period={"start": "2026-11-20", "end": "2026-11-19"}), "value", f"{PERIOD}.end"),
        (with_provision(period={"start": "0001-01-01"}), "value", f"{PERIOD}.start"),
        (with_provision(dataPeriod={"start": "0001-01-01"}), "value", "Consent.provision.dataPeriod.start"),
        (with_provision(purpose=[{"code": "TREAT"}]), "not-supported", "Consent.provision.purpose"),
        (with_provision(actor=None), "required", "Consent.provision.actor"),
        (with_provision(actor=[{"role": coded(ROLE, "VE"), "reference": named(ERIK)}]),
         "value", "Consent.provision.actor[0].role"),
        (with_provision(actor=[{"role": coded(ROLE, "FU"), "reference": {"reference": "RelatedPerson/1"}}]),
         "required", "Consent.provision.actor[0].reference"),
        (with_provision(actor=[{"role": coded(ROLE, "FU"), "reference": {
            "identifier": named(ERIK)["identifier"]}}]),
         "required", "Consent.provision.actor[0].reference.display"),
        (with_provision(provision=None), "required", "Consent.provision.provision"),
        (with_provision(provision=[right("manage-delegations")]),
         "value", "Consent.provision.provision[0].action"),
        (with_provision(provision=[right("see-visits"), right("see-visits")]),
         "duplicate", "Consent.provision.provision[1].action"),
        (with_provision(provision=[right("see-visits") | {"type": "deny"}]),
         "value", "Consent.provision.provision[0].type"),
        (with_provision(provision=[right("see-visits") | {"period": {"end": "2026-12-01"}}]),
         "not-supported", "Consent.provision.provision[0].period"),
        (with_provision(dataPeriod={"end": "2026-12-01"}),
         "not-supported", "Consent.provision.dataPeriod.end"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_by_its_element(resource: Resource, code: str, element: str) -> None:
    assert refusal(resource) == [(code, element)]


def test_two_numbers_each_get_their_own_place_and_no_other_is_let_in() -> None:
    resource = consent()
    concealed, number = patient.conceal(resource, "patient", ERIK.national_id)
    written = str(concealed)
    assert (number, OLA.national_id in written, ERIK.national_id in written) == (
        OLA.national_id,
        False,
        False,
    )
    assert patient.reveal(concealed, OLA.national_id, ERIK.national_id) == resource
    assert patient.reveal(concealed, KARI.national_id, ERIK.national_id) == consent(
        KARI, patient=named(KARI, f"{OLA.given_name} {OLA.family_name}")
    )
    hidden = consent(sourceReference={"identifier": {"system": EVIDENCE, "assigner": named(NILS)}})
    with pytest.raises(FhirError):
        patient.conceal(hidden, "patient", ERIK.national_id)
