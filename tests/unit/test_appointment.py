"""A home visit from the wire, understood."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digihelse_app.models.codes import AccessTag, CancelReason, CancelRight, VisitStatus
from digihelse_app.outside import clock
from digihelse_app.services.submission import VisitReport
from digihelse_app.web.fhir import appointment
from digihelse_app.web.fhir.submissions import read
from tests import fhir_visits as visits
from tests.fhir_visits import VOLVEN, booked, cancelled, carer, contained_flag, party, place, refusal
from tests.fhir_world import patient
from tests.people import KARI, OLA

RECURRING = {"url": "http://helsenorge.no/fhir/StructureDefinition/hn-extension-recurring"}
NINE, TEN = "2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00"
RESTRICTION = f"{VOLVEN}.9603"
LATER = "2026-11-20T11:00:00Z"
YEARS = "2026-01-01", "2036-01-01"


def test_window_is_understood() -> None:
    assert appointment.read(visits.appointment(KARI)) == VisitReport(
        service="hjemmebasert-omsorg",
        status=VisitStatus.PROPOSED,
        cancel_reason=None,
        starts_at=datetime(2026, 11, 24, 7, tzinfo=UTC),
        ends_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
        is_window=True,
        title="Medisiner og tilsyn",
        instruction="Vi har egen nøkkel.",
        essential=True,
        cancel_right=CancelRight.WITH_COMMENT,
        provider_her_id="80001",
    )


def test_assigned_visit_at_a_time_is_understood() -> None:
    told = visits.appointment(KARI, **booked(NINE, TEN))
    told["participant"].append(carer())
    told["extension"].append(RECURRING | {"valueBoolean": True})
    told["meta"] = {"lastUpdated": LATER, "security": [{"system": RESTRICTION, "code": "NORN_FORANS"}]}
    report = appointment.read(told)
    assert (report.status, report.is_window, report.recurring) == (VisitStatus.BOOKED, False, True)
    assert (report.starts_at, report.ends_at) == (visits.utc(NINE), visits.utc(TEN))
    assert (report.who_role, report.who_name, len(report.who_key)) == ("Sykepleier", "Mona Nordmann", 64)
    assert report.access_tag is AccessTag.NOT_PARENTS


def test_those_who_come_are_told_apart_by_their_number_and_not_their_name() -> None:
    def key(*comers: dict[str, Any]) -> str:
        told = visits.appointment(KARI)
        told["participant"] += comers
        return appointment.read(told).who_key

    assert key(carer("Mona", "1")) == key(carer("Mona N.", "1"))
    assert len({key(), key(carer("Mona", "1")), key(carer("Mona", "2"))}) == 3
    assert key(carer("Mona", "1"), carer("Per", "2")) == key(carer("Per", "2"), carer("Mona", "1"))


def test_role_is_known_before_who_it_is() -> None:
    told = visits.appointment(KARI)
    actor = {"type": "PractitionerRole", "display": "Helsefagarbeider"}
    told["participant"].append({"actor": actor, "status": "needs-action"})
    report = appointment.read(told)
    assert (report.who_role, report.who_name, report.who_key) == ("Helsefagarbeider", "", "")


@pytest.mark.parametrize(
    ("codes", "right"),
    [
        ([], CancelRight.NONE),
        (["canChangeAppointment", "canCancelServiceRequest"], CancelRight.NONE),
        (["cancel"], CancelRight.CANCEL),
        (["cancel", "cancelWithComment"], CancelRight.WITH_COMMENT),
    ],
)
def test_flags_give_the_right_to_cancel(codes: list[str], right: CancelRight) -> None:
    flags = [contained_flag(code, f"flag{number}") for number, code in enumerate(codes)]
    told = visits.appointment(
        KARI,
        contained=[place(), party(), *flags],
        supportingInformation=[{"reference": f"#{part['id']}"} for part in (party(), *flags)],
    )
    assert appointment.read(told).cancel_right is right


@pytest.mark.parametrize("reason", ["AAT", "AIH", "AAI", "APVAI", "IM"])
def test_cancelled_visit_says_why_and_may_be_told_by_its_window(reason: str) -> None:
    report = appointment.read(visits.appointment(KARI, **cancelled(reason)))
    assert (report.status, report.cancel_reason) == (VisitStatus.CANCELLED, CancelReason(reason))
    assert report.is_window is True
    by_clock = booked(NINE, TEN) | cancelled(reason)
    assert appointment.read(visits.appointment(KARI, **by_clock)).is_window is False


@pytest.mark.parametrize("status", ["noshow", "entered-in-error"])
def test_what_did_not_happen_may_be_told_by_its_window(status: str) -> None:
    assert appointment.read(visits.appointment(KARI, status=status)).is_window is True


def test_title_is_the_beginning_of_the_description() -> None:
    assert len(appointment.read(visits.appointment(KARI, description="å" * 1000)).title) == 200


def test_other_patients_number_anywhere_is_refused() -> None:
    flag = contained_flag("cancel") | {"subject": patient(OLA)}
    told = visits.appointment(KARI, contained=[place(), party(), flag])
    assert refusal(told) == [("value", "Appointment.participant")]


def test_number_is_nowhere_in_what_is_kept_and_whom_it_is_kept_from_is() -> None:
    flag = contained_flag("cancel") | {"subject": patient(KARI)}
    security = [{"system": RESTRICTION, "code": "NORN_UNGDOM"}]
    told = visits.appointment(
        KARI, contained=[place(), party(), flag], meta={"lastUpdated": LATER, "security": security}
    )
    submission = read("Appointment", "v1", told, None)
    assert (submission.national_id, submission.body["meta"]) == (KARI.national_id, {"security": security})
    assert KARI.national_id not in str(submission.body)


@pytest.mark.parametrize(("year", "is_near"), [(2015, False), (2016, True), (2036, True), (2037, False)])
def test_visit_is_within_ten_years_of_now(year: int, is_near: bool) -> None:
    told = visits.appointment(KARI, **booked(NINE.replace("2026", f"{year}"), TEN.replace("2026", f"{year}")))
    with clock.at(datetime.fromisoformat(NINE)):
        if is_near:
            assert appointment.read(told).starts_at.year == year
        else:
            assert refusal(told) == [("value", "Appointment.start")]


@given(
    start=st.datetimes(*map(datetime.fromisoformat, YEARS), timezones=st.timezones()),
    minutes=st.integers(1, 24 * 60),
)
def test_any_time_in_any_zone_is_the_same_instant(start: datetime, minutes: int) -> None:
    end = start.astimezone(UTC) + timedelta(minutes=minutes)
    try:
        told = {"start": start.isoformat(timespec="seconds"), "end": end.isoformat(timespec="seconds")}
        written = datetime.fromisoformat(told["start"]), datetime.fromisoformat(told["end"])
    except ValueError:  # an offset of seconds, which nobody writes
        return
    with clock.at(datetime.fromisoformat(NINE)):
        report = appointment.read(visits.appointment(KARI, requestedPeriod=[told]))
    assert (report.starts_at, report.ends_at) == written
    assert (report.starts_at.utcoffset(), report.ends_at.utcoffset()) == (timedelta(), timedelta())
