"""Visits that do not come as planned are found once, in time, and told of."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models import database as app_database
from digihelse_app.models.codes import (
    AccessTag,
    CancellationStatus,
    CancelReason,
    ConsentKind,
    NoticeChannel,
    NoticeKind,
    OutboxKind,
    RepresentationRole,
    VisitStatus,
)
from digihelse_app.models.database import new_id
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.services import consent, notices, visit_watch
from tests import world
from tests.conftest import MovableClock
from tests.people import OLA
from tests.visit_world import visit
from tests.world import World

ENDS = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""Three hours after the tests' clock."""


async def planned(of: World, **told: object) -> Visit:
    """A visit of Kari's, two hours long, that is to be over at ENDS."""
    ends_at = told.pop("ends_at", ENDS)
    assert isinstance(ends_at, datetime)
    one = visit(of.kari, of.service, ends_at - timedelta(hours=2), ends_at=ends_at, **told)
    await world.add(one)
    return one


async def marks() -> dict[str, tuple[datetime | None, datetime | None]]:
    """When each visit was found late and missed, by id."""
    return {one.id: (one.late_at, one.missed_at) for one in await world.rows(Visit)}


@pytest.mark.parametrize("told", [{}, {"is_window": False, "status": VisitStatus.BOOKED}])
async def test_a_visit_is_late_when_its_time_is_over_and_missed_after_the_services_delay(
    database: AsyncEngine, clock: MovableClock, told: dict[str, object]
) -> None:
    kari = await world.world()
    kari.service.missed_after_minutes = 30
    await world.add(kari.service)
    one = await planned(kari, **told)
    found = []
    for at in (-1, 0, 60, 30 * 60 - 1, 30 * 60, 30 * 60 + 30):
        clock.set(ENDS + timedelta(seconds=at))
        found.append(await visit_watch.find_late())
    assert found == [0, 1, 0, 0, 1, 0]
    assert await marks() == {one.id: (ENDS, ENDS + timedelta(minutes=30))}


async def test_one_who_is_willing_is_told_once_of_a_missed_visit(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one = await planned(kari)
    clock.set(ENDS + timedelta(minutes=1))
    await visit_watch.find_late()
    assert await world.rows(Notice) == []
    clock.set(ENDS + timedelta(hours=2))
    await visit_watch.find_late()
    await visit_watch.find_late()
    [notice] = await world.rows(Notice)
    assert (notice.kind, notice.recipient_id, notice.person_id, notice.subject_id, notice.created_at) == (
        NoticeKind.VISIT_MISSED,
        kari.kari.id,
        kari.kari.id,
        one.id,
        clock.at,
    )
    [sent] = await world.rows(OutboxItem)
    assert (sent.kind, sent.subject_id) == (OutboxKind.NOTICE, notice.id)


async def test_one_who_is_not_to_be_told_is_not_and_the_visit_is_marked_all_the_same(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari, ola = await world.world(), await world.person(OLA)
    await notices.choose(await kari.acting(), NoticeChannel.NONE)
    await planned(kari)
    ola.birth_date = date(2013, 6, 1)
    await world.add(ola)
    his = visit(ola, kari.service, ENDS - timedelta(hours=2))
    kept = visit(ola, kari.service, ENDS - timedelta(hours=2), access_tag=AccessTag.NOT_YOUNG)
    await world.add(his, kept)
    clock.set(ENDS + timedelta(hours=2))
    assert await visit_watch.find_late() == 6
    assert [notice.subject_id for notice in await world.rows(Notice)] == [his.id]


async def test_one_who_has_withdrawn_is_not_told(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    await planned(kari)
    await consent.withdraw(await kari.acting(), ConsentKind.DIALOGUE)
    clock.set(ENDS + timedelta(hours=2))
    assert await visit_watch.find_late() == 2
    assert await world.rows(Notice) == []


async def test_a_visit_under_way_is_not_late_but_missed_when_nobody_says_that_it_is_done(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one = await planned(kari, begun_at=ENDS - timedelta(minutes=10))
    clock.set(ENDS + timedelta(hours=1))
    assert await visit_watch.find_late() == 1
    assert await marks() == {one.id: (None, clock.at)}


@pytest.mark.parametrize(
    "told",
    [
        {"done_at": ENDS},
        {"status": VisitStatus.FULFILLED},
        {"status": VisitStatus.CANCELLED, "cancel_reason": CancelReason.BY_SERVICE},
        {"status": VisitStatus.NO_SHOW},
        {"status": VisitStatus.ENTERED_IN_ERROR},
    ],
)
async def test_a_visit_that_is_done_or_off_is_neither(
    database: AsyncEngine, clock: MovableClock, told: dict[str, object]
) -> None:
    kari = await world.world()
    off, control = await planned(kari, **told), await planned(kari)
    clock.set(ENDS + timedelta(hours=2))
    assert await visit_watch.find_late() == 2
    assert await marks() == {off.id: (None, None), control.id: (clock.at, clock.at)}


@pytest.mark.parametrize(
    ("status", "found"), [(CancellationStatus.ACCEPTED, 0), (CancellationStatus.REQUESTED, 2)]
)
async def test_a_visit_is_waited_for_until_its_cancelling_is_granted(
    database: AsyncEngine, clock: MovableClock, status: CancellationStatus, found: int
) -> None:
    kari = await world.world()
    one = await planned(kari)
    asked = Cancellation(
        visit_id=one.id,
        person_id=kari.kari.id,
        actor_id=kari.kari.id,
        actor_name="Kari Nordmann",
        role=RepresentationRole.SELF,
        reason=CancelReason.BY_CITIZEN,
        idempotency_key=new_id(),
        status=status,
        visit_starts_at=one.starts_at,
        requested_at=world.START,
    )
    await world.add(asked)
    clock.set(ENDS + timedelta(hours=2))
    assert await visit_watch.find_late() == found


async def test_what_ended_two_days_ago_is_history(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    old = await planned(kari, ends_at=ENDS)
    recent = await planned(kari, ends_at=ENDS + timedelta(seconds=1))
    clock.set(ENDS + timedelta(hours=48))
    assert await visit_watch.find_late() == 2
    assert await marks() == {old.id: (None, None), recent.id: (clock.at, clock.at)}


async def test_open_pages_of_those_concerned_look_again(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    told: list[set[str]] = []

    async def listen(people: set[str]) -> None:
        told.append(people)

    app_database.on_commit(listen)
    await planned(kari)
    await visit_watch.find_late()
    assert told == []
    clock.set(ENDS)
    await visit_watch.find_late()
    assert told == [{kari.kari.id}]


async def test_many_are_found_a_batch_at_a_time_by_two_workers_and_each_told_of_once(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    visits = [visit(kari.kari, kari.service, ENDS - timedelta(hours=2)) for _ in range(230)]
    await world.add(*visits)
    clock.set(ENDS + timedelta(hours=2))
    found = await asyncio.gather(visit_watch.find_late(), visit_watch.find_late())
    assert sum(found) + await visit_watch.find_late() == 2 * len(visits)
    assert set((await marks()).values()) == {(clock.at, clock.at)}
    told = sorted(notice.subject_id for notice in await world.rows(Notice))
    assert told == sorted(one.id for one in visits)
