"""What services answer those who ask for a visit to be cancelled, and what overtakes the asking."""

from typing import Any

import pytest

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    CancellationStatus,
    NoticeKind,
)
from digihelse_app.models.database import unit_of_work
from tests.conftest import MovableClock
from tests.fhir_visits import (
    answer,
    appointment,
    ask,
    at,
    booked,
    cancellation,
    cancelled,
    encounter,
    take_back,
    visit,
)
from tests.fhir_world import (
    HER_ID,
    World,
    issues,
    patient,
    rows,
    service,
)
from tests.kept_visits import plan, told
from tests.people import KARI, OLA

NINE, TEN = "2026-11-24T09:00:00+01:00", "2026-11-24T10:00:00+01:00"
LATER_WINDOW = {"start": "2026-11-24T12:00:00+01:00", "end": "2026-11-24T14:00:00+01:00"}
SOON, LATER = at("2026-11-20T12:00:00Z"), at("2026-11-20T13:00:00Z")


@pytest.mark.parametrize("status", [CancellationStatus.ACCEPTED, CancellationStatus.DECLINED])
async def test_answer_is_kept_with_its_words_and_told(
    api: World, clock: MovableClock, status: CancellationStatus
) -> None:
    await plan(api)
    request = await ask(KARI)
    clock.advance(minutes=5)
    put = await api.alvdal.put(answer(request, status.value, comment="Vi ses torsdag."))
    asked = await cancellation(request)
    assert (put.status_code, asked.status, asked.answered_at) == (201, status, clock())
    assert (asked.answer, await told()) == ("Vi ses torsdag.", [NoticeKind.CANCEL_ANSWERED])
    again = await api.alvdal.put(answer(request, status.value, id="svar-2", comment="Vi ses torsdag."))
    assert (again.status_code, len(await told())) == (201, 1)
    logged = [row for row in await rows(AccessLogEntry) if row.object_id == request]
    assert {row.represented_id for row in logged} == {asked.person_id}
    read = await api.alvdal.get("/fhir/AppointmentResponse/svar-1")
    assert read.json()["comment"] == "Vi ses torsdag."


async def test_other_answer_to_what_is_answered_is_a_conflict(small_api: World, clock: MovableClock) -> None:
    await plan(small_api)
    request = await ask(KARI)
    await small_api.alvdal.put(answer(request, "declined"))
    other = await small_api.alvdal.put(answer(request, "accepted", id="svar-2"))
    changed = await small_api.alvdal.put(answer(request, "accepted"))
    assert [other.status_code, changed.status_code] == [409, 409]
    assert (await cancellation(request)).status is CancellationStatus.DECLINED


async def test_answer_wins_over_a_taking_back_that_was_not_heard_of(
    small_api: World, clock: MovableClock
) -> None:
    await plan(small_api)
    request = await ask(KARI)
    await take_back(request)
    put = await small_api.alvdal.put(answer(request))
    assert (put.status_code, (await cancellation(request)).status) == (201, CancellationStatus.ACCEPTED)


async def test_taking_back_that_was_heard_of_stands(small_api: World, clock: MovableClock) -> None:
    await plan(small_api)
    request = await ask(KARI)
    await take_back(request)
    async with unit_of_work() as session:
        asked = await session.merge(await cancellation(request))
        asked.delivered_version = 2
    assert (await small_api.alvdal.put(answer(request))).status_code == 409
    await small_api.alvdal.put(appointment(KARI, meta=SOON, **cancelled("AAI")))
    assert (await cancellation(request)).status is CancellationStatus.TAKEN_BACK


@pytest.mark.parametrize(
    ("told_as", "status", "notices"),
    [
        (cancelled("AAI"), CancellationStatus.ACCEPTED, [NoticeKind.CANCEL_ANSWERED]),
        (cancelled("APVAI"), CancellationStatus.ACCEPTED, [NoticeKind.CANCEL_ANSWERED]),
        (cancelled("AAT"), CancellationStatus.OVERTAKEN, [NoticeKind.VISIT_CHANGED]),
        ({"status": "noshow"}, CancellationStatus.OVERTAKEN, []),
        ({"status": "entered-in-error"}, CancellationStatus.OVERTAKEN, []),
        (booked(NINE, TEN) | {"status": "fulfilled"}, CancellationStatus.OVERTAKEN, []),
        ({"requestedPeriod": [LATER_WINDOW]}, CancellationStatus.REQUESTED, [NoticeKind.VISIT_CHANGED]),
    ],
)
async def test_what_happens_to_the_visit_answers_or_overtakes_the_request(
    small_api: World,
    clock: MovableClock,
    told_as: dict[str, Any],
    status: CancellationStatus,
    notices: list[NoticeKind],
) -> None:
    await plan(small_api)
    request = await ask(KARI)
    await small_api.alvdal.put(appointment(KARI, meta=SOON, **told_as))
    asked = await cancellation(request)
    assert (asked.status, await told()) == (status, notices)
    assert (asked.answered_at is not None) is (status is CancellationStatus.ACCEPTED)


async def test_done_visit_overtakes_the_request_and_a_late_answer_still_counts(
    small_api: World, clock: MovableClock
) -> None:
    await plan(small_api)
    request = await ask(KARI)
    await small_api.alvdal.put(encounter(KARI, end=NINE))
    assert (await cancellation(request)).status is CancellationStatus.OVERTAKEN
    await small_api.alvdal.put(answer(request, "declined"))
    assert (await cancellation(request)).status is CancellationStatus.DECLINED


async def test_visits_asked_for_at_once_are_answered_with_one_notice(
    small_api: World, clock: MovableClock
) -> None:
    await plan(small_api)
    await small_api.alvdal.put(appointment(KARI, "v2"))
    requests = [await ask(KARI, name, period_id="one-week") for name in ("v1", "v2")]
    for number, request in enumerate(requests, 1):
        await small_api.alvdal.put(answer(request, visit_id=f"v{number}", id=f"svar-{number}"))
    assert await told() == [NoticeKind.CANCEL_ANSWERED]


async def test_answer_must_fit_its_request(small_api: World, clock: MovableClock) -> None:
    api = small_api
    await plan(api)
    await api.alvdal.put(appointment(KARI, "v2"))
    request = await ask(KARI)
    other_provider = {"identifier": {"system": HER_ID, "value": "80002"}}
    refused = [
        (await api.alvdal.put(wanted))
        for wanted in (
            answer("no-such"),
            answer(request, visit_id="v2"),
            answer(request, actor={"reference": "HealthcareService/annen"}),
            answer(request, actor=other_provider),
            answer(request, actor=patient(OLA)),
        )
    ]
    assert [(one.status_code, issues(one)) for one in refused] == [
        (422, [("not-found", f"AppointmentResponse.{element}")])
        for element in ("identifier", "appointment", "actor", "actor", "actor")
    ]
    taken = await api.alvdal.put(answer(request, id=request))
    assert (taken.status_code, (await cancellation(request)).status) == (409, CancellationStatus.REQUESTED)
    by_patient = await api.alvdal.put(answer(request, actor=patient(KARI)))
    assert (by_patient.status_code, by_patient.json()["actor"]) == (201, patient(KARI))


async def test_bundle_takes_service_visit_progress_and_answer_in_any_order(
    api: World, clock: MovableClock
) -> None:
    await plan(api)
    request = await ask(KARI)
    wanted = [
        answer(request),
        encounter(KARI, "v2"),
        appointment(KARI, meta=SOON, **cancelled("AAI")),
        appointment(KARI, "v2"),
        service(name="Hjemmetjenesten"),
    ]
    entries = [
        {"resource": one, "request": {"method": "PUT", "url": f"{one['resourceType']}/{one['id']}"}}
        for one in wanted
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    put = await api.alvdal.call("POST", "/fhir", json=bundle)
    assert [entry["response"]["status"] for entry in put.json()["entry"]] == [
        "201 Created",
        "201 Created",
        "200 OK",
        "201 Created",
        "200 OK",
    ]
    assert (await cancellation(request)).status is CancellationStatus.ACCEPTED
    assert (await visit("v2")).begun_at is not None
