"""What staff and operator do with visits on the stand-in record system's pages, and a day that is played."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from digihelse_app.standins.record_system import live_day, visits
from digihelse_app.standins.record_system.visit_tables import RequestState, VisitState
from tests.conftest import MovableClock
from tests.record_system_world import World, world
from tests.standin_visits import (
    NOON,
    REQUEST_ID,
    TEN_SHARP,
    connect_kari,
    plan,
    planned,
    request,
    told,
    whole,
)

TODAY = datetime.fromisoformat("2026-11-23").date()
FORM = {
    "to": "kari/hjemmebasert-omsorg",
    "title": "Sårstell",
    "day": "2026-11-23",
    "start": "08:00",
    "end": "10:00",
    "kind": "window",
    "right": "cancel",
}


@pytest.fixture
async def at(tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock) as running:
        yield running


async def todays(at: World) -> list[tuple[str, str]]:
    """Titles and states of the day's visits."""
    return [(line.visit.title, line.visit.status) for line in await visits.of_day(at.system.system, TODAY)]


async def test_staff_plans_a_single_visit(at: World) -> None:
    await connect_kari(at)
    page = await at.submit("/besok/nytt", **FORM, carer="1001", essential="on")
    await at.system.deliver()
    [line] = await visits.of_day(at.system.system, TODAY)
    assert (page.text.count("Sårstell (viktig)"), page.text.count("mellom 08.00 og 10.00")) == (1, 1)
    assert (line.visit.series_id, line.visit.cancel_right, line.visit.carer) == ("", "cancel", "1001")
    assert told(at, line.visit.id)["contained"][2]["code"]["coding"] == [{"code": "cancel"}]


async def test_staff_plans_a_series(at: World) -> None:
    await connect_kari(at)
    repeated = {"weekday-0": "on", "weekday-3": "on", "weeks": "3"}
    await at.submit("/besok/nytt", **FORM, **repeated)
    assert await at.system.deliver() == 6


@pytest.mark.parametrize(
    "changed",
    [
        {"to": "kari/dagsenter"},
        {"title": ""},
        {"day": "i morgen"},
        {"end": "sent"},
        {"weekday-6": "on", "weeks": "0", "day": ""},
    ],
)
async def test_plan_that_cannot_be_is_shown_again(at: World, changed: dict[str, str]) -> None:
    page = await at.submit("/besok/nytt", **(FORM | changed))
    assert (page.status_code, page.text.count('role="alert"'), await todays(at)) == (422, 1, [])


async def test_staff_assigns_moves_starts_and_completes(at: World) -> None:
    visit = await planned(at)
    await at.submit(f"/besok/{visit}/tildel", carer="1002")
    await at.submit(f"/besok/{visit}/flytt", day="2026-11-25", start="14:00", end="15:30", kind="window")
    await at.submit(f"/besok/{visit}/start")
    begun = await whole(at, visit)
    page = await at.submit(f"/besok/{visit}/fullfor")
    await at.system.deliver()
    assert (begun.visit.status, page.text.count("Utført")) == (VisitState.BEGUN, 1)
    body = told(at, visit)
    assert (body["status"], body["start"]) == ("fulfilled", "2026-11-25T13:00:00.000Z")
    assert told(at, visit, "Encounter")["status"] == "finished"


@pytest.mark.parametrize(
    ("deed", "status", "words"),
    [
        ("ikke-hjemme", "cancelled", "Ikke hjemme"),
        ("avlys", "cancelled", "Avlyst"),
        ("feilfort", "entered-in-error", "Feilført"),
    ],
)
async def test_staff_ends_a_visit_otherwise(at: World, deed: str, status: str, words: str) -> None:
    visit = await planned(at)
    page = await at.submit(f"/besok/{visit}/{deed}")
    await at.system.deliver()
    assert (told(at, visit)["status"], page.text.count(f'<span class="state">{words}</span>')) == (status, 1)


async def test_deed_that_comes_too_late_says_so(at: World) -> None:
    visit = await planned(at)
    await at.submit(f"/besok/{visit}/avlys")
    page = await at.submit(f"/besok/{visit}/start")
    assert (page.status_code, page.text.count("Det går ikke lenger.")) == (409, 1)


async def test_staff_sees_a_request_and_accepts_it_with_words(at: World) -> None:
    visit = await planned(at)
    parts = [
        {"url": "name", "valueString": "Ingrid Nordmann"},
        {"url": "role", "valueCoding": {"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}},
    ]
    acting = {"url": "https://digihelse.no/fhir/representant", "extension": parts}
    asked = request(visit)
    await at.put(asked | {"extension": [*asked["extension"], acting]})
    listed = await at.http.get("/fagsystem/besok")
    assert listed.text.count("Ønsker om avbestilling (1)") == 1
    assert listed.text.count("Ingrid Nordmann (fullmakt)") == 1
    answered = {"answer": "yes", "words": "Da ses vi torsdag."}
    page = await at.submit(f"/besok/avbestilling/{REQUEST_ID}/svar", **answered)
    await at.system.deliver()
    assert page.text.count("Marit Haugen: Da ses vi torsdag.") == 1
    response = told(at, f"svar-{REQUEST_ID}", "AppointmentResponse")
    assert (response["comment"], told(at, visit)["status"]) == ("Da ses vi torsdag.", "cancelled")


async def test_staff_declines_and_cannot_answer_twice(at: World) -> None:
    visit = await planned(at)
    await at.put(request(visit))
    await at.submit(f"/besok/avbestilling/{REQUEST_ID}/svar", answer="no", words="Nei.")
    page = await at.submit(f"/besok/avbestilling/{REQUEST_ID}/svar", answer="yes")
    assert page.status_code == 409
    assert [one.status for one in (await whole(at, visit)).requests] == [RequestState.DECLINED]


async def test_operator_sets_what_holds_for_visits(at: World) -> None:
    rules = {"cancel_days": "2", "cancel_before": "", "missed_minutes": "45", "shares_names": "on"}
    await at.submit("/drift/tjeneste/praktisk-hjelp", opens_on="2026-01-12", **rules)
    extensions = at.digihelse.stored["HealthcareService/praktisk-hjelp"]["extension"]
    values = {each["url"].rpartition("/")[2]: list(each.values())[1] for each in extensions}
    assert (values["cancel-working-days"], values["missed-after-minutes"], values["shares-names"]) == (
        2,
        45,
        True,
    )
    assert "cancel-before" not in values


@pytest.mark.parametrize("changed", [{"cancel_days": "31"}, {"missed_minutes": "0"}, {"cancel_before": "x"}])
async def test_operator_cannot_set_what_the_wire_does_not_know(at: World, changed: dict[str, str]) -> None:
    rules = {"cancel_days": "2", "cancel_before": "", "missed_minutes": "45"} | changed
    page = await at.submit("/drift/tjeneste/praktisk-hjelp", opens_on="", **rules)
    assert (page.status_code, at.digihelse.puts) == (404, [])


async def test_visit_forms_from_elsewhere_are_refused(at: World) -> None:
    visit = await planned(at)
    deeds = ("tildel", "flytt", "start", "fullfor", "ikke-hjemme", "avlys", "feilfort")
    paths = [f"/besok/{visit}/{deed}" for deed in deeds]
    paths += ["/besok/nytt", f"/besok/avbestilling/{REQUEST_ID}/svar"]
    paths += [f"/drift/dag/{deed}" for deed in ("legg-opp", "steg", "spill", "stopp")]
    answers = [await at.http.post(f"/fagsystem{path}", data={"a": "b"}) for path in paths]
    assert [answer.status_code for answer in answers] == [403] * len(paths)
    assert (await whole(at, visit)).visit.status == VisitState.PLANNED


async def test_visit_that_is_not_there_is_not_found(at: World) -> None:
    shown = await at.http.get("/fagsystem/besok/nowhere")
    done = await at.submit("/besok/nowhere/start")
    answered = await at.submit("/besok/avbestilling/nowhere/svar", answer="yes")
    assert [page.status_code for page in (shown, done, answered)] == [404, 404, 404]


async def lay_out_today(at: World) -> list[str]:
    """Three visits of today's, told, and laid out to be played; their ids in order."""
    await connect_kari(at)
    noon, ten = plan(NOON), plan(TEN_SHARP)
    evening = plan(type(NOON)(NOON.end, NOON.end.replace(hour=16)))
    ids = [(await at.system.plan(each, [TODAY]))[0] for each in (ten, noon, evening)]
    await at.system.deliver()
    await at.submit("/drift/dag/legg-opp")
    return ids


async def test_each_step_of_a_played_day_changes_one_visit(at: World) -> None:
    late, missed, last = await lay_out_today(at)
    changes = []
    for _ in range(6):
        at.digihelse.puts.clear()
        page = await at.submit("/drift/dag/steg")
        assert page.text.count("Ett steg er tatt.") == 1
        await at.system.deliver()
        changes.append({name.partition("/")[2] for name in at.digihelse.puts})
    assert changes == [{late}, {late}, {late}, {missed}, {last}, {last}]
    statuses = [told(at, each)["status"] for each in (late, missed, last)]
    assert statuses == ["fulfilled", "proposed", "fulfilled"]
    assert told(at, late)["start"] == "2026-11-23T09:45:00.000Z"


async def test_missed_visit_should_have_been_registered_by_now(at: World, clock: MovableClock) -> None:
    _, missed, _ = await lay_out_today(at)
    for _ in range(4):
        await live_day.step(at.system.system)
    found = await whole(at, missed)
    overdue = found.visit.ends_at + timedelta(minutes=found.service.missed_after_minutes)
    assert (overdue < clock.at, found.visit.status) == (True, VisitState.PLANNED)


async def test_day_plays_by_itself_at_its_pace_until_it_is_over(at: World, clock: MovableClock) -> None:
    await lay_out_today(at)
    system = at.system.system
    await at.submit("/drift/dag/spill")

    async def taken() -> int:
        await live_day.step_when_due(system)
        return sum(line.step.done_at is not None for line in await live_day.lines(system))

    at_once = [await taken(), await taken()]
    later = []
    for _ in range(6):
        clock.advance(seconds=4)
        later.append(await taken())
    assert (at_once, later) == ([1, 1], [2, 3, 4, 5, 6, 6])
    assert await live_day.is_playing(system) is False


async def test_stopped_day_takes_no_step(at: World, clock: MovableClock) -> None:
    await lay_out_today(at)
    await at.submit("/drift/dag/spill")
    await at.submit("/drift/dag/stopp")
    clock.advance(seconds=10)
    await live_day.step_when_due(at.system.system)
    assert [line.step.done_at for line in await live_day.lines(at.system.system)] == [None] * 6


async def test_played_day_leaves_a_visit_that_has_gone_another_way(at: World) -> None:
    late, *_ = await lay_out_today(at)
    await visits.cancel(at.system.system, late)
    assert await live_day.step(at.system.system) is True
    [first, *_] = await live_day.lines(at.system.system)
    assert (first.step.skipped, (await whole(at, late)).visit.status) == (True, VisitState.CANCELLED)


async def test_day_of_those_who_are_not_connected_is_empty(at: World) -> None:
    await at.system.plan(plan(), [TODAY])
    page = await at.submit("/drift/dag/legg-opp")
    assert (page.text.count("Ta neste steg"), await live_day.step(at.system.system)) == (0, False)
