"""Visits as record systems tell of them: kept as they stand, with what changed, and whom it is told to."""

from typing import Any

import pytest

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    LogAction,
    NoticeKind,
    VisitChangeKind,
    VisitStatus,
)
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.visit import Visit, VisitReading
from tests.conftest import MovableClock
from tests.fhir_visits import (
    WINDOW,
    appointment,
    at,
    booked,
    cancelled,
    carer,
    encounter,
    utc,
    visit,
)
from tests.fhir_world import (
    ALVDAL,
    World,
    deactivate,
    issues,
    person_id,
    rows,
    service,
)
from tests.kept_visits import changes, plan, told
from tests.people import ASTRID, KARI, OLA

NINE, TEN = "2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00"
LATER_WINDOW = {"start": "2026-11-24T12:00:00+01:00", "end": "2026-11-24T14:00:00+01:00"}
SOON, LATER = at("2026-11-20T12:00:00Z"), at("2026-11-20T13:00:00Z")


async def looked(moment: Any) -> None:
    """Kari has looked at her agenda."""
    kari = await person_id(KARI)
    async with unit_of_work() as session:
        await session.merge(VisitReading(person_id=kari, reader_id=kari, seen_until=moment))


async def test_visit_is_kept_and_read_back_as_it_was_put(api: World, clock: MovableClock) -> None:
    kept = await plan(api)
    read = await api.alvdal.get("/fhir/Appointment/v1")
    assert {name: value for name, value in read.json().items() if name != "meta"} == {
        name: value for name, value in appointment(KARI).items() if name != "meta"
    }
    assert (kept.person_id, kept.status, kept.is_window) == (
        await person_id(KARI),
        VisitStatus.PROPOSED,
        True,
    )
    assert (kept.starts_at, kept.ends_at) == (utc(WINDOW["start"]), utc(WINDOW["end"]))
    assert (kept.title, kept.essential, kept.created_at) == ("Medisiner og tilsyn", True, clock())
    assert (await changes(), await told(), kept.changed_at) == ([], [], None)
    written = [row for row in await rows(AccessLogEntry) if row.object_type == "Visit"]
    assert [(row.action, row.represented_id) for row in written] == [
        (LogAction.FHIR_WRITE, kept.person_id),
        (LogAction.FHIR_READ, kept.person_id),
    ]


async def test_moved_visit_keeps_what_was_and_is_told_of_once_until_it_is_seen(
    api: World, clock: MovableClock
) -> None:
    await plan(api)
    for hour, window in enumerate((LATER_WINDOW, WINDOW)):
        clock.advance(minutes=5)
        await api.alvdal.put(
            appointment(KARI, requestedPeriod=[window], meta=at(f"2026-11-20T12:0{hour}:00Z"))
        )
    assert (await visit()).changed_at == clock()
    assert await changes() == [(VisitChangeKind.MOVED, "07:00"), (VisitChangeKind.MOVED, "11:00")]
    assert await told() == [NoticeKind.VISIT_CHANGED]
    await looked(clock())
    clock.advance(minutes=5)
    await api.alvdal.put(appointment(KARI, meta=LATER, requestedPeriod=[LATER_WINDOW]))
    assert await told() == [NoticeKind.VISIT_CHANGED] * 2


async def test_time_within_the_window_and_who_comes_are_no_cause_for_alarm(
    api: World, clock: MovableClock
) -> None:
    await plan(api)
    assigned = appointment(KARI, meta=SOON, **booked(NINE, TEN))
    assigned["participant"].append(carer())
    await api.alvdal.put(assigned)
    kept = await visit()
    assert (kept.status, kept.who_name, kept.starts_at) == (VisitStatus.BOOKED, "Mona Nordmann", utc(NINE))
    assert (await changes(), await told()) == ([(VisitChangeKind.ASSIGNED, "07:00")], [])
    assert kept.changed_at is None


@pytest.mark.parametrize(
    ("told_as", "kind", "noticed", "notices"),
    [
        (cancelled("AAT"), VisitChangeKind.CANCELLED, True, [NoticeKind.VISIT_CHANGED]),
        (cancelled("AIH"), VisitChangeKind.NOT_HOME, True, []),
        ({"status": "noshow"}, VisitChangeKind.NOT_HOME, True, []),
        (cancelled("AAI"), VisitChangeKind.CANCELLED, False, []),
        ({"status": "entered-in-error"}, VisitChangeKind.RETRACTED, False, []),
        (booked(NINE, TEN) | {"status": "fulfilled"}, VisitChangeKind.DONE, False, []),
    ],
)
async def test_ending_is_written_down_once_and_marked_when_it_matters(
    small_api: World,
    clock: MovableClock,
    told_as: dict[str, Any],
    kind: VisitChangeKind,
    noticed: bool,
    notices: list[NoticeKind],
) -> None:
    await plan(small_api)
    for meta in (SOON, LATER):
        await small_api.alvdal.put(appointment(KARI, meta=meta, patientInstruction=str(meta), **told_as))
    kept = await visit()
    assert (await changes(), await told()) == ([(kind, "07:00")], notices)
    assert (kept.changed_at is not None) is noticed


async def test_reinstated_visit_is_marked(small_api: World, clock: MovableClock) -> None:
    await plan(small_api)
    await small_api.alvdal.put(appointment(KARI, meta=SOON, **cancelled("AAI")))
    assert (await visit()).changed_at is None
    clock.advance(minutes=1)
    await small_api.alvdal.put(appointment(KARI, meta=LATER))
    kept = await visit()
    assert (kept.status, kept.cancel_reason, kept.changed_at) == (VisitStatus.PROPOSED, None, clock())
    assert [kind for kind, _ in await changes()] == [VisitChangeKind.CANCELLED, VisitChangeKind.REINSTATED]


async def test_older_never_overwrites_newer(api: World, clock: MovableClock) -> None:
    await plan(api)
    await api.alvdal.put(appointment(KARI, meta=LATER, requestedPeriod=[LATER_WINDOW]))
    late = await api.alvdal.put(appointment(KARI, meta=SOON, **cancelled("AAT")))
    assert (late.status_code, late.headers["etag"], late.json()["status"]) == (200, 'W/"2"', "proposed")
    kept = await visit()
    assert (kept.status, kept.starts_at) == (VisitStatus.PROPOSED, utc(LATER_WINDOW["start"]))


async def test_version_that_was_built_upon_must_be_the_one_stored(api: World, clock: MovableClock) -> None:
    await plan(api)
    moved = appointment(KARI, meta=SOON, requestedPeriod=[LATER_WINDOW])
    assert (await api.alvdal.put(moved, If_Match='W/"2"')).status_code == 412
    assert (await visit()).starts_at == utc(WINDOW["start"])
    assert (await api.alvdal.put(moved, If_Match='W/"1"')).status_code == 200


async def test_whom_it_is_kept_from_is_content_that_changes(small_api: World, clock: MovableClock) -> None:
    await plan(small_api)
    label = {"system": "urn:oid:2.16.578.1.12.4.1.1.9603", "code": "NORN_FORANS"}
    put = await small_api.alvdal.put(appointment(KARI, meta=SOON | {"security": [label]}))
    assert (put.status_code, put.json()["meta"]["versionId"]) == (200, "2")
    assert put.json()["meta"]["security"] == [label]
    assert (await visit()).access_tag == "NORN_FORANS"


async def test_progress_is_noted_and_clears_what_was_late(api: World, clock: MovableClock) -> None:
    planned = await plan(api)
    async with unit_of_work() as session:
        row = await session.get_one(Visit, planned.id)
        row.late_at = row.missed_at = clock()
    begun = await api.alvdal.put(encounter(KARI))
    kept = await visit()
    assert (begun.status_code, kept.begun_at, kept.done_at) == (201, utc("2026-11-24T07:10:00+00:00"), None)
    assert (kept.late_at, kept.missed_at) == (None, clock())
    await api.alvdal.put(encounter(KARI, end=NINE))
    await api.alvdal.put(
        appointment(KARI, meta=SOON, status="fulfilled", start=NINE, end=TEN, requestedPeriod=None)
    )
    kept = await visit()
    assert (kept.done_at, kept.missed_at, kept.status) == (utc(NINE), None, VisitStatus.FULFILLED)
    assert await changes() == [(VisitChangeKind.DONE, "07:00")]


async def test_moved_visit_is_late_no_more(small_api: World, clock: MovableClock) -> None:
    planned = await plan(small_api)
    async with unit_of_work() as session:
        row = await session.get_one(Visit, planned.id)
        row.late_at = row.missed_at = clock()
    await small_api.alvdal.put(appointment(KARI, meta=SOON, requestedPeriod=[LATER_WINDOW]))
    kept = await visit()
    assert (kept.late_at, kept.missed_at) == (None, None)


async def test_id_stands_for_one_person_and_one_service(small_api: World, clock: MovableClock) -> None:
    api = small_api
    await plan(api)
    await api.alvdal.put(service(service_id="annen"))
    other_service = appointment(KARI, meta=SOON)
    other_service["extension"][0]["valueReference"] = {"reference": "HealthcareService/annen"}
    answers = [await api.alvdal.put(appointment(OLA, meta=SOON)), await api.alvdal.put(other_service)]
    answers.append(await api.alvdal.put(encounter(OLA)))
    assert [answer.status_code for answer in answers] == [409, 409, 422]
    assert issues(answers[2]) == [("not-found", "Encounter.appointment")]
    assert (await visit()).person_id == await person_id(KARI)


async def test_service_that_shows_no_visits_cannot_have_any(small_api: World, clock: MovableClock) -> None:
    silent = {"url": "https://digihelse.no/fhir/shows-visits", "valueBoolean": False}
    await small_api.alvdal.put(service(extension=[silent]))
    put = await small_api.alvdal.put(appointment(KARI))
    named = "Appointment.extension('https://digihelse.no/fhir/healthcare-service')"
    assert (put.status_code, issues(put)) == (422, [("business-rule", named)])


async def test_inactive_and_unknown_patients_are_one_answer(small_api: World, clock: MovableClock) -> None:
    await plan(small_api)
    await deactivate(KARI)
    answers = [
        await small_api.alvdal.put(appointment(KARI, meta=SOON, **cancelled("AAT"))),
        await small_api.alvdal.put(appointment(ASTRID, "v2")),
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].content == answers[1].content
    assert (await visit()).status is VisitStatus.PROPOSED


async def test_service_rules_for_visits_are_kept(small_api: World) -> None:
    rules = [{"url": f"https://digihelse.no/fhir/{name}"} | value for name, value in RULES.items()]
    await small_api.alvdal.put(service(ALVDAL, extension=rules))
    [kept] = await rows(CareService)
    assert (kept.shares_names, kept.cancel_working_days, kept.missed_after_minutes) == (True, 2, 45)
    assert str(kept.cancel_before) == "12:00:00"


RULES: dict[str, dict[str, Any]] = {
    "shares-names": {"valueBoolean": True},
    "cancel-working-days": {"valueUnsignedInt": 2},
    "cancel-before": {"valueTime": "12:00:00"},
    "missed-after-minutes": {"valueUnsignedInt": 45},
}
