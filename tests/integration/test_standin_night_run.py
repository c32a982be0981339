"""The night run of the stand-in record system, on real sockets."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digihelse_app.standins.record_system import faults
from digihelse_app.standins.record_system.night_job import NightRunDiedError, next_due, run_when_due
from digihelse_app.standins.record_system.schedule import next_run
from tests.conftest import MovableClock
from tests.people import ASTRID, KARI, NILS, OLA
from tests.record_system_world import World, another, world

OLA_RECEIVES = "EpisodeOfCare/ola-hjemmebasert-omsorg"
KARI_RECEIVES = [
    "EpisodeOfCare/kari-hjemmebasert-omsorg",
    "EpisodeOfCare/kari-praktisk-hjelp",
    "EpisodeOfCare/kari-solsida-omsorgsheim",
]


@pytest.fixture
async def at(tmp_path: Path, clock: MovableClock) -> AsyncIterator[World]:
    async with world(tmp_path, clock, page_size=2) as running:
        yield running


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T09:00", "2026-11-24T01:00"),
        ("2026-11-24T00:59", "2026-11-24T01:00"),
        ("2026-11-24T01:00", "2026-11-25T01:00"),
        ("2026-07-01T12:00", "2026-07-02T00:00"),
        ("2027-03-27T12:00", "2027-03-28T01:00"),  # 02:00 does not exist: 03:00 summer time
        ("2027-03-28T01:00", "2027-03-29T00:00"),
        ("2026-10-24T12:00", "2026-10-25T00:00"),  # 02:00 comes twice: the first
        ("2026-10-25T00:00", "2026-10-26T01:00"),
    ],
)
def test_next_run_is_once_a_night_by_the_norwegian_clock(now: str, due: str) -> None:
    assert next_run(utc(now)) == utc(due)


async def test_night_run_tells_of_services_and_matches_its_own_patients(at: World) -> None:
    at.digihelse.feed = [(ASTRID.national_id, True), (OLA.national_id, True), (KARI.national_id, True)]
    run = await at.system.run_night_job()
    assert run is not None
    assert (run.outcome, run.seen, run.matched, run.put, run.errors) == ("done", 3, 2, 8, 0)
    services = {name for name in at.digihelse.stored if name.startswith("HealthcareService/")}
    assert services == {
        "HealthcareService/dagsenter",
        "HealthcareService/hjemmebasert-omsorg",
        "HealthcareService/praktisk-hjelp",
        "HealthcareService/solsida-omsorgsheim",
    }
    assert at.digihelse.stored.keys() - services == {OLA_RECEIVES, *KARI_RECEIVES}
    assert at.digihelse.offsets == [0, 2, 3]


async def test_night_run_puts_what_the_integration_guide_shows(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    await at.system.run_night_job()
    assert at.digihelse.stored[OLA_RECEIVES] == {
        "resourceType": "EpisodeOfCare",
        "id": "ola-hjemmebasert-omsorg",
        "status": "active",
        "patient": {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.4.1", "value": OLA.national_id}},
        "managingOrganization": {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.2", "value": "80001"}},
        "period": {"start": "2026-10-09"},
        "extension": [
            {
                "url": "https://digihelse.no/fhir/healthcare-service",
                "valueReference": {"reference": "HealthcareService/hjemmebasert-omsorg"},
            }
        ],
    }
    opening = {"url": "https://digihelse.no/fhir/opens-for-dialogue", "valueDate": "2026-12-14"}
    assert opening in at.digihelse.stored["HealthcareService/solsida-omsorgsheim"]["extension"]


async def test_night_run_a_second_time_changes_nothing(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True), (KARI.national_id, True)]
    await at.system.run_night_job()
    changes = at.digihelse.changes
    run = await at.system.run_night_job()
    assert run is not None
    assert (run.outcome, run.seen, run.matched, at.digihelse.changes) == ("done", 0, 0, changes)


async def test_night_run_that_dies_half_way_is_continued_where_it_was(
    at: World, clock: MovableClock, tmp_path: Path
) -> None:
    at.digihelse.feed = [
        (ASTRID.national_id, True),
        (OLA.national_id, True),
        (KARI.national_id, True),
        (NILS.national_id, True),
    ]
    await faults.switch(at.system.system, faults.DIE_AFTER, on=True, number=2)
    with pytest.raises(NightRunDiedError):
        await at.system.run_night_job()
    assert KARI_RECEIVES[0] in at.digihelse.stored
    assert "EpisodeOfCare/nils-hjemmebasert-omsorg" not in at.digihelse.stored
    successor = another(at.origin, tmp_path, clock, page_size=2)
    assert await successor.run_night_job() is None  # the dead one's lease has not run out
    clock.advance(minutes=2)
    at.digihelse.offsets.clear()
    run = await successor.run_night_job()
    await successor.stop()
    assert run is not None
    assert (run.outcome, run.seen, run.matched) == ("done", 2, 2)
    assert at.digihelse.offsets == [2, 4]
    assert "EpisodeOfCare/nils-hjemmebasert-omsorg" in at.digihelse.stored


async def test_night_run_fails_while_digihelse_is_down_and_keeps_its_place(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    at.digihelse.down = True
    failed = await at.system.run_night_job()
    at.digihelse.down = False
    done = await at.system.run_night_job()
    assert failed is not None
    assert done is not None
    assert (failed.outcome, failed.detail, done.outcome, done.matched) == (
        "failed",
        "answered 503",
        "done",
        1,
    )


async def test_night_run_counts_what_is_refused_and_goes_on(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True), (KARI.national_id, True)]
    at.digihelse.refused = {OLA_RECEIVES}
    run = await at.system.run_night_job()
    assert run is not None
    assert (run.outcome, run.matched, run.detail) == ("done", 2, "EpisodeOfCare 422")
    assert at.digihelse.stored.keys() >= set(KARI_RECEIVES)


async def test_night_run_ends_the_episodes_of_one_who_is_no_longer_active(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    await at.system.run_night_job()
    at.digihelse.feed.append((OLA.national_id, False))
    await at.system.run_night_job()
    assert at.digihelse.stored[OLA_RECEIVES]["status"] == "finished"


async def test_night_run_goes_by_a_persons_newest_change(at: World) -> None:
    at.digihelse.feed = [(OLA.national_id, True), (OLA.national_id, False)]
    run = await at.system.run_night_job()
    assert run is not None
    assert (run.seen, run.matched) == (2, 1)
    assert at.digihelse.stored[OLA_RECEIVES]["status"] == "finished"


async def test_two_workers_never_run_the_night_job_at_the_same_time(
    at: World, clock: MovableClock, tmp_path: Path
) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    other = another(at.origin, tmp_path, clock)
    runs = await asyncio.gather(at.system.run_night_job(), other.run_night_job())
    await other.stop()
    assert [run is None for run in runs].count(True) == 1
    assert at.digihelse.puts.count(OLA_RECEIVES) == 1


async def test_scheduler_runs_at_two_in_the_night(at: World, clock: MovableClock) -> None:
    at.digihelse.feed = [(OLA.national_id, True)]
    system = at.system.system
    await run_when_due(system)
    assert at.digihelse.offsets == []
    clock.set(utc("2026-11-24T01:00"))
    await run_when_due(system)
    assert at.digihelse.offsets == [0, 1]
    assert await next_due(system) == utc("2026-11-25T01:00")
