"""Requests to cancel, as they come to the stand-in record system, and what its staff answers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from digihelse_app.standins.record_system import cancel_requests, faults, visits
from digihelse_app.standins.record_system.visit_tables import RequestState, VisitState
from tests.conftest import MovableClock
from tests.people import OLA
from tests.record_system_world import World, world
from tests.standin_visits import REQUEST_ID, planned, request, told, whole

OTHER_ID = "9b1f6e0e-3f43-4a3e-8f5c-0d6b5b7c1a22"


@pytest.fixture
async def at(tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock) as running:
        yield running


async def state(at: World, visit: str) -> list[str]:
    return [one.status for one in (await whole(at, visit)).requests]


async def answer(at: World, accepted: bool, words: str = "", request_id: str = REQUEST_ID) -> None:
    await cancel_requests.answer(at.system.system, request_id, accepted, words, "Marit Haugen")
    await at.system.deliver()


async def test_request_waits_and_the_same_again_is_the_same(at: World) -> None:
    visit = await planned(at)
    answers = [(await at.put(request(visit))).status_code for _ in range(2)]
    [waiting] = await cancel_requests.waiting(at.system.system)
    assert (answers, waiting.request.comment, waiting.visit.id) == ([201, 200], "Jeg er på sykehuset.", visit)


async def test_request_is_taken_back_and_an_older_version_does_not_bring_it_again(at: World) -> None:
    visit = await planned(at)
    answers = [(await at.put(request(visit, version))).status_code for version in (1, 2, 1, 2)]
    assert (answers, await state(at, visit)) == ([201, 200, 200, 200], [RequestState.TAKEN_BACK])


async def test_taking_back_may_come_before_the_asking(at: World) -> None:
    visit = await planned(at)
    answers = [(await at.put(request(visit, version))).status_code for version in (2, 1)]
    assert (answers, await state(at, visit)) == ([200, 200], [RequestState.TAKEN_BACK])


async def test_accepting_answers_and_cancels_in_the_citizens_name(at: World) -> None:
    visit = await planned(at)
    await at.put(request(visit))
    at.digihelse.puts.clear()
    await answer(at, True, "Da ses vi torsdag.")
    response = told(at, f"svar-{REQUEST_ID}", "AppointmentResponse")
    assert (response["participantStatus"], response["comment"]) == ("accepted", "Da ses vi torsdag.")
    assert response["identifier"] == [
        {"system": "https://digihelse.no/fhir/avbestilling", "value": REQUEST_ID}
    ]
    assert response["appointment"] == {"reference": f"Appointment/{visit}"}
    reason = told(at, visit)["cancelationReason"]["coding"]
    assert reason == [{"system": "urn:oid:2.16.578.1.12.4.1.1.7621", "code": "AAI"}]
    assert at.digihelse.puts == [f"AppointmentResponse/svar-{REQUEST_ID}", f"Appointment/{visit}"]


async def test_declining_leaves_the_visit(at: World) -> None:
    visit = await planned(at)
    await at.put(request(visit))
    at.digihelse.puts.clear()
    await answer(at, False, "Du trenger medisinene.")
    response = told(at, f"svar-{REQUEST_ID}", "AppointmentResponse")
    assert (response["participantStatus"], response["comment"]) == ("declined", "Du trenger medisinene.")
    assert at.digihelse.puts == [f"AppointmentResponse/svar-{REQUEST_ID}"]
    assert (await whole(at, visit)).visit.status == VisitState.PLANNED


@pytest.mark.parametrize("accepted", [True, False])
async def test_taking_back_what_is_answered_conflicts(at: World, accepted: bool) -> None:
    visit = await planned(at)
    await at.put(request(visit))
    await answer(at, accepted)
    answers = [(await at.put(request(visit, version))).status_code for version in (2, 1)]
    wanted = RequestState.ACCEPTED if accepted else RequestState.DECLINED
    assert (answers, await state(at, visit)) == ([409, 200], [wanted])


async def test_asking_about_a_visit_that_has_begun_conflicts(at: World) -> None:
    visit = await planned(at)
    await visits.start(at.system.system, visit)
    assert (await at.put(request(visit))).status_code == 409
    assert await state(at, visit) == []


async def test_what_waits_is_overtaken_when_the_visit_begins(at: World) -> None:
    visit = await planned(at)
    await at.put(request(visit))
    await visits.start(at.system.system, visit)
    assert ((await at.put(request(visit, 2))).status_code, await state(at, visit)) == (
        409,
        [RequestState.OVERTAKEN],
    )
    with pytest.raises(visits.NotNowError):
        await answer(at, True)


async def test_second_request_about_a_visit_is_overtaken_by_the_first_ones_answer(at: World) -> None:
    visit = await planned(at)
    for request_id in (REQUEST_ID, OTHER_ID):
        assert (await at.put(request(visit, id=request_id))).status_code == 201
    await answer(at, True, request_id=OTHER_ID)
    assert sorted(await state(at, visit)) == [RequestState.ACCEPTED, RequestState.OVERTAKEN]


async def test_lost_receipt_comes_once_for_each_version(at: World) -> None:
    visit = await planned(at)
    await faults.switch(at.system.system, faults.LOST_RECEIPT, on=True)
    answers = [(await at.put(request(visit, version))).status_code for version in (1, 1, 2, 2)]
    assert (answers, await state(at, visit)) == ([500, 200, 500, 200], [RequestState.TAKEN_BACK])


@pytest.mark.parametrize(("fault", "answers"), [(faults.DOWN, [503, 503]), (faults.EVERY_OTHER, [500, 201])])
async def test_faults_hold_for_requests_too(at: World, fault: str, answers: list[int]) -> None:
    visit = await planned(at)
    await faults.switch(at.system.system, fault, on=True)
    assert [(await at.put(request(visit))).status_code for _ in range(2)] == answers


async def test_request_without_a_good_token_is_refused(at: World) -> None:
    visit = await planned(at)
    tokens = ["not-a-token", await at.token("record-system/other")]
    answers = [(await at.put(request(visit), token=token)).status_code for token in tokens]
    assert (answers, await state(at, visit)) == ([401, 401], [])


def _actor(number: str) -> dict[str, Any]:
    return {
        "identifier": {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": number},
        "display": "Ola Hansen",
    }


@pytest.mark.parametrize(
    ("changed", "element"),
    [
        ({"actor": _actor(OLA.national_id)}, "AppointmentResponse.actor"),
        ({"actor": {"display": "Kari Nordmann"}}, "AppointmentResponse.actor"),
        ({"appointment": {"reference": "Appointment/nowhere"}}, "AppointmentResponse.appointment"),
        ({"appointment": {"reference": "Encounter/x"}}, "AppointmentResponse.appointment"),
        ({"meta": {"versionId": "3"}}, "AppointmentResponse.meta.versionId"),
        ({"meta": None}, "AppointmentResponse.meta.versionId"),
        ({"participantStatus": "tentative"}, "AppointmentResponse.participantStatus"),
        ({"participantStatus": "accepted"}, "AppointmentResponse.participantStatus"),
        ({"identifier": [{"system": "x", "value": REQUEST_ID}]}, "AppointmentResponse.identifier"),
        ({"comment": "x" * 1001}, "AppointmentResponse.comment"),
        ({"start": "2026-11-24T11:00:00"}, "AppointmentResponse.start"),
        ({"extension": []}, "AppointmentResponse.extension"),
    ],
)
async def test_what_cannot_be_taken_is_named(at: World, changed: dict[str, Any], element: str) -> None:
    visit = await planned(at)
    answered = await at.put(request(visit, **changed))
    assert (answered.status_code, answered.json()["issue"][0]["expression"]) == (422, [element])
    assert await state(at, visit) == []


async def test_request_can_be_read_back(at: World) -> None:
    visit = await planned(at)
    await at.put(request(visit))
    headers = {"Authorization": f"Bearer {await at.token()}"}
    read = await at.http.get(f"/fagsystem/fhir/AppointmentResponse/{REQUEST_ID}", headers=headers)
    assert (read.json(), read.headers["etag"]) == (request(visit), 'W/"1"')
