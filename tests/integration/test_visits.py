"""What is told of visits: the next, what did not go as planned, and where one was moved from."""

from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    CancellationStatus,
    LogAction,
    VisitChangeKind,
    VisitStatus,
)
from digihelse_app.models.visit import VisitChange
from digihelse_app.services import visits
from tests import world
from tests.conftest import MovableClock
from tests.visit_world import NOW, ids, planned, requested


async def test_exceptions_are_what_changed_and_is_not_over_and_what_did_not_come_lately(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    hour = timedelta(hours=1)
    shown = [
        await planned(kari, NOW - 47 * hour, late_at=NOW - 45 * hour, missed_at=NOW - 44 * hour),
        await planned(kari, NOW - 3 * hour, late_at=NOW - hour),
        await planned(kari, NOW + 24 * hour, changed_at=NOW - hour),
        await planned(kari, NOW + 48 * hour, changed_at=NOW - hour, status=VisitStatus.CANCELLED),
    ]
    await planned(kari, NOW - 49 * hour, late_at=NOW - 47 * hour)
    await planned(kari, NOW - 4 * hour, late_at=NOW - 2 * hour, done_at=NOW - hour)
    await planned(kari, NOW - 4 * hour, late_at=NOW - 2 * hour, status=VisitStatus.NO_SHOW)
    await planned(kari, NOW - 4 * hour, changed_at=NOW - 5 * hour)
    await planned(kari, NOW + 24 * hour)
    assert ids(await visits.exceptions(await kari.acting())) == [one.id for one in shown]


async def test_a_visit_missed_while_under_way_is_an_exception_too(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    begun = NOW - timedelta(hours=4)
    one = await planned(kari, begun, begun_at=begun, missed_at=NOW - timedelta(hours=1))
    assert ids(await visits.exceptions(await kari.acting())) == [one.id]


async def test_the_next_visit_is_the_first_that_will_come(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    acting = await kari.acting()
    assert await visits.next_visit(acting) is None
    hour = timedelta(hours=1)
    granted = await planned(kari, NOW + 2 * hour)
    await world.add(requested(granted, kari.kari, CancellationStatus.ACCEPTED))
    await planned(kari, NOW - 3 * hour)  # over
    await planned(kari, NOW - hour, done_at=NOW)
    await planned(kari, NOW + hour, status=VisitStatus.CANCELLED)
    wanted = await planned(kari, NOW + 4 * hour)
    await world.add(requested(wanted, kari.kari, CancellationStatus.REQUESTED))
    await planned(kari, NOW + 5 * hour)
    found = await visits.next_visit(acting)
    assert found is not None
    assert (found.visit.id, found.awaits_answer) == (wanted.id, True)
    now_on = await planned(kari, NOW - hour)
    found = await visits.next_visit(acting)
    assert found is not None
    assert found.visit.id == now_on.id


async def test_a_summary_has_the_newest_request_and_where_it_was_moved_from_last(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one = await planned(kari, NOW + timedelta(days=3))
    asked = [
        requested(one, kari.kari, status, NOW - timedelta(hours=hours))
        for status, hours in ((CancellationStatus.TAKEN_BACK, 2), (CancellationStatus.DECLINED, 1))
    ]
    changes = [
        VisitChange(
            visit_id=one.id,
            kind=kind,
            at=NOW - timedelta(hours=hours),
            starts_at=one.starts_at - timedelta(hours=hours),
            ends_at=one.ends_at,
            is_window=True,
        )
        for kind, hours in (
            (VisitChangeKind.MOVED, 2),
            (VisitChangeKind.MOVED, 3),
            (VisitChangeKind.ASSIGNED, 1),
        )
    ]
    await world.add(*asked, *changes)
    acting = await kari.acting()
    [summary] = (await visits.list_coming(acting)).visits
    assert summary.cancellation is not None
    assert summary.moved_from is not None
    assert (summary.cancellation.id, summary.moved_from.id) == (asked[1].id, changes[0].id)
    opened = await visits.open_visit(acting, one.id)
    assert [row.id for row in opened.cancellations] == [asked[1].id, asked[0].id]
    assert [row.id for row in opened.changes] == [changes[2].id, changes[0].id, changes[1].id]


async def test_each_reading_is_in_the_log(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    one = await planned(kari, NOW + timedelta(days=1))
    acting = await kari.acting()
    await visits.list_coming(acting)
    await visits.list_past(acting)
    await visits.open_visit(acting, one.id)
    await visits.exceptions(acting)
    await visits.next_visit(acting)
    await visits.list_between(acting, date(2026, 11, 23), date(2026, 11, 29), 9)
    await visits.continuity(acting)
    logged = [(entry.action, entry.object_id) for entry in await world.rows(AccessLogEntry)]
    several = (LogAction.VISITS_READ, "")
    assert logged == [
        *(several, several, (LogAction.VISIT_READ, one.id), several, several),
        *((LogAction.VISITS_PRINT, ""), several),
    ]
