"""Visits of the stand-in record system, and what it tells of them, against a Digihelse that records."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path

import pytest
from fhir.resources.R4B import get_fhir_model_class

from digihelse_app.standins.record_system import faults, visits
from digihelse_app.standins.record_system.visit_planning import Went, occurrences
from digihelse_app.standins.record_system.visits import NotNowError
from tests.conftest import MovableClock
from tests.record_system_world import World, world
from tests.standin_visits import NOON, TEN_SHARP, TUESDAY, connect_kari, plan, planned, told, whole

MONDAYS = [date(2026, 11, 23), date(2026, 11, 30)]
NOON_UTC = {"start": "2026-11-24T11:00:00.000Z", "end": "2026-11-24T13:00:00.000Z"}


@pytest.fixture
async def at(tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock) as running:
        yield running


async def test_window_is_proposed_and_a_time_is_booked(at: World) -> None:
    window = await planned(at)
    [sharp] = await at.system.plan(plan(TEN_SHARP), [TUESDAY])
    await at.system.deliver()
    first, second = told(at, window), told(at, sharp)
    assert (first["status"], first["requestedPeriod"], "start" in first) == ("proposed", [NOON_UTC], False)
    assert (second["status"], second["start"], second["end"], "requestedPeriod" in second) == (
        "booked",
        "2026-11-24T09:00:00.000Z",
        "2026-11-24T10:00:00.000Z",
        False,
    )


async def test_series_goes_in_one_call_and_says_that_it_recurs(at: World) -> None:
    first = await planned(at, *MONDAYS)
    extensions = {each["url"]: each for each in told(at, first)["extension"]}
    recurring = extensions["http://helsenorge.no/fhir/StructureDefinition/hn-extension-recurring"]
    visits_told = [name for name in at.digihelse.puts if name.startswith("Appointment/")]
    assert (len(visits_told), at.digihelse.bundles, recurring["valueBoolean"]) == (2, ["transaction"], True)


async def test_all_of_it_is_fhir_r4(at: World) -> None:
    visit = await planned(at, essential=True, instruction="Ha dosetten klar.")
    await visits.assign(at.system.system, visit, "1001")
    await visits.complete(at.system.system, visit)
    await at.system.plan(plan(TEN_SHARP), MONDAYS, {MONDAYS[0]: Went(cancel_reason="AIH")})
    await at.system.deliver()
    kinds = ("Appointment", "Encounter")
    told_of_visits = [body for body in at.digihelse.stored.values() if body["resourceType"] in kinds]
    for body in told_of_visits:
        get_fhir_model_class(body["resourceType"]).model_validate(body)
    assert len(told_of_visits) == 4


async def test_role_comes_first_and_then_who(at: World) -> None:
    visit = await planned(at)
    assert told(at, visit)["participant"][1] == {
        "type": [{"text": "Sykepleier"}],
        "actor": {"type": "PractitionerRole", "display": "Sykepleier"},
        "status": "needs-action",
    }
    await at.system.assign(visit, "1001")
    who = told(at, visit)["participant"][1]
    assert (who["actor"]["display"], who["actor"]["identifier"]["value"], who["status"]) == (
        "Anne",
        "1001",
        "accepted",
    )


async def test_each_telling_has_a_later_time_while_the_clock_stands(at: World) -> None:
    visit = await planned(at)
    times = [told(at, visit)["meta"]["lastUpdated"]]
    for carer in ("1001", "1002"):
        await at.system.assign(visit, carer)
        times.append(told(at, visit)["meta"]["lastUpdated"])
    assert times == sorted(set(times))


async def test_visit_is_begun_and_done(at: World, clock: MovableClock) -> None:
    visit = await planned(at)
    clock.set(datetime.fromisoformat("2026-11-24T11:10:00Z"))
    await visits.start(at.system.system, visit)
    await at.system.deliver()
    begun = told(at, visit, "Encounter")
    clock.advance(minutes=20)
    await visits.complete(at.system.system, visit)
    await at.system.deliver()
    done = told(at, visit, "Encounter")
    assert (begun["status"], begun["period"]) == ("in-progress", {"start": "2026-11-24T11:10:00.000Z"})
    assert (done["status"], done["period"]["end"]) == ("finished", "2026-11-24T11:30:00.000Z")
    assert (told(at, visit)["status"], told(at, visit)["start"]) == ("fulfilled", NOON_UTC["start"])
    assert at.digihelse.puts[-2:] == [f"Encounter/{visit}", f"Appointment/{visit}"]


@pytest.mark.parametrize("reason", ["AAT", "AIH"])
async def test_cancelled_visit_says_why(at: World, reason: str) -> None:
    visit = await planned(at)
    await visits.cancel(at.system.system, visit, reason)
    await at.system.deliver()
    body = told(at, visit)
    assert (body["status"], body["cancelationReason"]["coding"][0]["code"]) == ("cancelled", reason)


async def test_visit_entered_in_error_is_told_once_more(at: World) -> None:
    visit = await planned(at)
    await visits.cancel(at.system.system, visit)
    await visits.retract(at.system.system, visit)
    await at.system.deliver()
    body = told(at, visit)
    assert (body["status"], "cancelationReason" in body) == ("entered-in-error", False)
    with pytest.raises(NotNowError):
        await visits.retract(at.system.system, visit)


async def test_visit_that_is_done_cannot_be_moved(at: World) -> None:
    visit = await planned(at)
    await visits.complete(at.system.system, visit)
    with pytest.raises(NotNowError):
        await at.system.move(visit, TUESDAY, TEN_SHARP)


async def test_only_a_connected_patient_is_told_of_and_then_of_what_is_to_come(at: World) -> None:
    past, coming = await at.system.plan(plan(), [date(2026, 11, 20), TUESDAY])
    await at.system.deliver()
    assert at.digihelse.puts == []
    await connect_kari(at)
    await at.system.deliver()
    appointments = [name for name in at.digihelse.puts if name.startswith("Appointment/")]
    assert (appointments, past in " ".join(at.digihelse.puts)) == ([f"Appointment/{coming}"], False)


async def test_change_waits_for_what_came_before_it(at: World, clock: MovableClock) -> None:
    await connect_kari(at)
    at.digihelse.down = True
    [visit] = await at.system.plan(plan(), [TUESDAY])
    await at.system.move(visit, TUESDAY, TEN_SHARP)
    at.digihelse.down = False
    assert await at.system.deliver() == 0
    clock.advance(seconds=3)
    assert await at.system.deliver() == 2
    assert told(at, visit)["status"] == "booked"


async def test_one_refused_visit_does_not_stop_the_others(at: World) -> None:
    await connect_kari(at)
    first, second = await at.system.plan(plan(), MONDAYS)
    at.digihelse.refused = {f"Appointment/{first}"}
    assert await at.system.deliver() == 1
    [told_first], [told_second] = (await whole(at, first)).told, (await whole(at, second)).told
    assert (told_first.status, told_second.status) == ("refused", "delivered")
    assert at.digihelse.bundles == ["batch"]


async def test_faults_send_twice_and_the_newest_first(at: World) -> None:
    await connect_kari(at)
    await faults.switch(at.system.system, faults.DUPLICATES, on=True)
    await at.system.plan(plan(), MONDAYS)
    assert (await at.system.deliver(), at.digihelse.bundles) == (2, ["transaction"] * 2)
    await faults.switch(at.system.system, faults.DUPLICATES, on=False)
    await faults.switch(at.system.system, faults.OUT_OF_ORDER, on=True)
    [visit] = await at.system.plan(plan(), [TUESDAY])
    await visits.complete(at.system.system, visit)
    at.digihelse.puts.clear()
    await at.system.deliver()
    assert at.digihelse.puts == [f"Appointment/{visit}", f"Encounter/{visit}", f"Appointment/{visit}"]


async def test_history_is_told_as_it_went(at: World) -> None:
    await connect_kari(at)
    begun, done = (datetime.fromisoformat(f"2026-11-20T11:{minute}:00Z") for minute in (15, 35))
    days = [date(2026, 11, 19), date(2026, 11, 20)]
    went = {days[0]: Went(cancel_reason="AIH"), days[1]: Went("1002", begun, done)}
    away, over = await at.system.plan(plan(), days, went)
    assert await at.system.deliver() == 3
    assert (told(at, away)["status"], told(at, over)["status"]) == ("cancelled", "fulfilled")
    assert told(at, over, "Encounter")["period"] == {
        "start": "2026-11-20T11:15:00.000Z",
        "end": "2026-11-20T11:35:00.000Z",
    }


def test_series_is_on_its_weekdays_within_its_weeks() -> None:
    assert occurrences(date(2026, 11, 24), [0, 3], 2) == [
        date(2026, 11, 26),
        date(2026, 11, 30),
        date(2026, 12, 3),
        date(2026, 12, 7),
    ]
    assert occurrences(TUESDAY, [], 3) == [TUESDAY]


def test_hours_follow_the_clock_on_the_wall_and_pass_midnight() -> None:
    winter, summer = NOON.on(date(2026, 10, 25))[0], NOON.on(date(2026, 10, 24))[0]
    night = type(NOON)(NOON.end, NOON.start).on(TUESDAY)
    assert (winter.hour, summer.hour, night[1].day) == (11, 10, 25)


async def test_services_say_what_holds_for_their_visits(at: World) -> None:
    await connect_kari(at)
    rules = {}
    for service in ("hjemmebasert-omsorg", "praktisk-hjelp"):
        extensions = at.digihelse.stored[f"HealthcareService/{service}"]["extension"]
        values = {each["url"].rpartition("/")[2]: list(each.values())[1] for each in extensions}
        names = ("shares-names", "cancel-working-days", "cancel-before", "missed-after-minutes")
        rules[service] = tuple(values[name] for name in names)
    assert rules == {
        "hjemmebasert-omsorg": (True, 1, "12:00:00", 30),
        "praktisk-hjelp": (False, 1, "12:00:00", 60),
    }
