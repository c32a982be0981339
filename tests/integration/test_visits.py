"""Reading visits: every one once, on its day, and none that the reader may not see."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    AccessTag,
    CancellationStatus,
    CancelReason,
    LogAction,
    RepresentationRole,
    VisitChangeKind,
    VisitStatus,
)
from digihelse_app.models.database import new_id
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Cancellation, Visit, VisitChange
from digihelse_app.services import visits
from digihelse_app.services.representation import acting_context
from digihelse_app.services.visit_list import Cursor, VisitPage, VisitSummary
from tests import world
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.visit_world import visit
from tests.world import World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The tests' clock: Monday 10:00 in Oslo."""
MIDNIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
"""When that Monday began in Oslo."""


async def planned(of: World, at: datetime, service: CareService | None = None, **told: object) -> Visit:
    """A visit of Kari's."""
    one = visit(of.kari, service or of.service, at, **told)
    await world.add(one)
    return one


async def proxy(of: World, role: RepresentationRole = RepresentationRole.FU, **told: object) -> ActingContext:
    """Ingrid acting for Kari with the right to see visits; `told` changes what was given."""
    ingrid = await world.person(INGRID)
    given = world.representation(ingrid, of.kari, "see_visits", role=role)
    for name, value in told.items():
        setattr(given, name, value)
    await world.add(given)
    return await acting_context(ingrid.id, given.key)


def requested(of: Visit, by: Person, status: CancellationStatus, at: datetime = NOW) -> Cancellation:
    """A request to cancel, and what became of it."""
    return Cancellation(
        visit_id=of.id,
        person_id=of.person_id,
        actor_id=by.id,
        actor_name="Kari Nordmann",
        role=RepresentationRole.SELF,
        reason=CancelReason.BY_CITIZEN,
        idempotency_key=new_id(),
        status=status,
        visit_starts_at=of.starts_at,
        requested_at=at,
    )


def ids(shown: VisitPage | list[VisitSummary]) -> list[str]:
    """Which visits, in their order."""
    summaries = shown.visits if isinstance(shown, VisitPage) else shown
    return [summary.visit.id for summary in summaries]


async def every_page(acting: ActingContext, *, past: bool, limit: int) -> list[list[str]]:
    """The ids of each page, until there is none."""
    pages: list[list[str]] = []
    after: Cursor | None = None
    read = visits.list_past if past else visits.list_coming
    while True:
        page = await read(acting, after, limit)
        pages.append(ids(page))
        after = page.following
        if after is None:
            return pages


@pytest.mark.parametrize("number", [0, 3, 4, 8, 9])
@pytest.mark.parametrize("past", [False, True])
async def test_pages_have_every_visit_once_also_those_of_one_instant(
    database: AsyncEngine, clock: MovableClock, number: int, past: bool
) -> None:
    kari = await world.world()
    hours = [24 * (1 + n // 3) for n in range(number)]  # three at each instant
    starts = [NOW - timedelta(hours=n) if past else NOW + timedelta(hours=n) for n in hours]
    made = [await planned(kari, at) for at in starts]
    await planned(kari, NOW + timedelta(days=400) if past else NOW - timedelta(days=400))
    pages = await every_page(await kari.acting(), past=past, limit=4)
    expected = sorted(made, key=lambda one: (one.starts_at, one.id), reverse=past)
    assert [one for page in pages for one in page] == [one.id for one in expected]
    assert [len(page) for page in pages] == [4] * ((number - 1) // 4) + [
        (number - 1) % 4 + 1 if number else 0
    ]


async def test_a_visit_that_comes_in_between_neither_repeats_nor_hides_another(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    acting = await kari.acting()
    made = [await planned(kari, NOW + timedelta(days=n)) for n in (1, 2, 3, 4)]
    first = await visits.list_coming(acting, None, 2)
    await planned(kari, NOW + timedelta(hours=1))
    second = await visits.list_coming(acting, first.following, 2)
    assert ids(first) + ids(second) == [one.id for one in made]


@pytest.mark.parametrize(
    ("starts_at", "long", "coming"),
    [
        (MIDNIGHT, 30, True),  # today, though it is over
        (MIDNIGHT - timedelta(minutes=30), 30, False),  # yesterday in Oslo, today in UTC would be the same
        (MIDNIGHT - timedelta(minutes=1), 600, False),  # began yesterday, over before ten
        (MIDNIGHT - timedelta(minutes=1), 602, True),  # began yesterday, still on
        (NOW - timedelta(hours=24) + timedelta(minutes=1), 1440, True),
        (MIDNIGHT - timedelta(seconds=1), 0, False),
    ],
)
async def test_a_visit_is_either_coming_or_past_by_the_day_in_oslo(
    database: AsyncEngine, clock: MovableClock, starts_at: datetime, long: int, coming: bool
) -> None:
    kari = await world.world()
    one = await planned(kari, starts_at, ends_at=starts_at + timedelta(minutes=long))
    acting = await kari.acting()
    assert ids(await visits.list_coming(acting)) == ([one.id] if coming else [])
    assert ids(await visits.list_past(acting)) == ([] if coming else [one.id])


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2026, 11, 23), MIDNIGHT, MIDNIGHT + timedelta(hours=24)),
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
async def test_a_day_has_23_24_or_25_hours(
    database: AsyncEngine, clock: MovableClock, day: date, begins: datetime, ends: datetime
) -> None:
    kari = await world.world()
    second = timedelta(seconds=1)
    made = [await planned(kari, at) for at in (begins - second, begins, ends - second, ends)]
    shown = await visits.list_between(await kari.acting(), day, day, 10)
    assert ids(shown) == [made[1].id, made[2].id]


async def test_one_service_at_a_time(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    other = world.service(kari.organisation, "Praktisk hjelp")
    await world.add(other)
    own = [await planned(kari, NOW + timedelta(days=n), other) for n in (1, -1)]
    for n in (1, -1):
        await planned(kari, NOW + timedelta(days=n))
    acting = await kari.acting()
    assert ids(await visits.list_coming(acting, service_id=other.id)) == [own[0].id]
    assert ids(await visits.list_past(acting, service_id=other.id)) == [own[1].id]


async def test_what_was_entered_in_error_was_never_a_visit(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    cancelled = await planned(kari, NOW + timedelta(days=1), status=VisitStatus.CANCELLED)
    await planned(kari, NOW + timedelta(days=1), status=VisitStatus.ENTERED_IN_ERROR)
    assert ids(await visits.list_coming(await kari.acting())) == [cancelled.id]


async def sees(acting: ActingContext, which: Visit) -> set[bool]:
    """Whether each way of reading shows the visit: they must agree."""
    shown = [*ids(await visits.list_coming(acting)), *ids(await visits.list_past(acting))]
    day = which.starts_at.date()
    between = ids(await visits.list_between(acting, day - timedelta(days=1), day + timedelta(days=1), 50))
    try:
        opened = (await visits.open_visit(acting, which.id)).visit.id == which.id
    except NotFoundError:
        opened = False
    return {which.id in shown, which.id in between, opened}


async def test_a_proxy_sees_neither_hidden_visits_nor_other_services_nor_what_was_before(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    other = world.service(kari.organisation, "Praktisk hjelp")
    await world.add(other)
    scopes = {"see_visits": [kari.service.id]}
    ingrid = await proxy(kari, scopes=scopes, since=NOW - timedelta(days=7))
    tomorrow, before = NOW + timedelta(days=1), NOW - timedelta(days=7, hours=2)
    shown = await planned(kari, tomorrow)
    still_on = await planned(kari, before, ends_at=NOW - timedelta(days=7))
    not_shown = [
        await planned(kari, tomorrow, hidden_at=world.START),
        await planned(kari, tomorrow, other),
        await planned(kari, before, ends_at=NOW - timedelta(days=7, seconds=1)),
    ]
    assert [await sees(ingrid, one) for one in (shown, still_on)] == [{True}] * 2
    assert [await sees(ingrid, one) for one in not_shown] == [{False}] * 3
    own = await kari.acting()
    assert [await sees(own, one) for one in (shown, still_on, *not_shown)] == [{True}] * 5


async def test_of_a_child_each_side_sees_what_is_not_kept_from_it(
    database: AsyncEngine, clock: MovableClock
) -> None:
    child = await world.world()
    child.kari.birth_date = date(2013, 6, 1)
    await world.add(child.kari)
    parent = await proxy(child, RepresentationRole.FO)
    open_to_all, not_parents, not_young = [
        await planned(child, NOW + timedelta(days=1), access_tag=tag) for tag in AccessTag
    ]
    own = await child.acting()
    found = {
        one.id: (await sees(parent, one), await sees(own, one))
        for one in (open_to_all, not_parents, not_young)
    }
    assert found == {
        open_to_all.id: ({True}, {True}),
        not_parents.id: ({False}, {True}),
        not_young.id: ({True}, {False}),
    }


async def test_anothers_visit_is_not_found(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    one = await planned(kari, NOW + timedelta(days=1))
    ola = await acting_context((await world.person(OLA)).id)
    assert await sees(ola, one) == {False}
    for wanted in ("finnes-ikke", "\0"):
        with pytest.raises(NotFoundError):
            await visits.open_visit(ola, wanted)


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


@pytest.mark.parametrize(("shared", "name"), [(True, "Siri Moen"), (False, "")])
async def test_who_comes_is_told_by_name_where_the_service_shares_it_and_nowhere_else(
    database: AsyncEngine, clock: MovableClock, shared: bool, name: str
) -> None:
    kari = await world.world()
    kari.service.shares_names = shared
    await world.add(kari.service)
    told = {"who_name": "Siri Moen", "who_role": "Sykepleier", "changed_at": NOW}
    one = await planned(kari, NOW + timedelta(days=1), **told)
    await planned(kari, NOW - timedelta(days=1), **told)
    acting = await kari.acting()
    following = await visits.next_visit(acting)
    assert following is not None
    read = [
        *(await visits.list_coming(acting)).visits,
        *(await visits.list_past(acting)).visits,
        *(await visits.exceptions(acting)),
        *(await visits.list_between(acting, date(2026, 11, 1), date(2026, 12, 1), 9)),
        following,
        await visits.open_visit(acting, one.id),
    ]
    assert [(each.visit.who_name, each.visit.who_role) for each in read] == [(name, "Sykepleier")] * 7
    # Left out of the answer, and not of what is known.
    assert {row.who_name for row in await world.rows(Visit)} == {"Siri Moen"}


async def test_continuity_counts_people_of_done_visits_this_month_where_it_is_shared(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    kari.service.shares_names = True
    silent = world.service(kari.organisation, "Praktisk hjelp")
    await world.add(kari.service, silent)
    done = {"status": VisitStatus.FULFILLED}
    first = datetime(2026, 10, 31, 23, 0, tzinfo=UTC)  # the first of November in Oslo
    for who, at in (("a", first), ("b", NOW - timedelta(days=2)), ("a", NOW - timedelta(days=1))):
        await planned(kari, at, who_key=who, **done)
    await planned(kari, first - timedelta(seconds=1), who_key="c", **done)
    await planned(kari, NOW - timedelta(days=1), silent, who_key="d", **done)
    await planned(kari, NOW - timedelta(days=1), who_key="", **done)
    await planned(kari, NOW - timedelta(days=1), who_key="e")
    await planned(kari, NOW - timedelta(days=1), who_key="f", hidden_at=NOW, **done)
    own = await visits.continuity(await kari.acting())
    assert (own.month, own.people, own.visits) == (date(2026, 11, 1), 3, 4)
    hers = await visits.continuity(await proxy(kari))
    assert (hers.people, hers.visits) == (2, 3)


async def test_what_changed_is_marked_until_this_reader_has_looked(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    await planned(kari, NOW + timedelta(days=1))
    one = await planned(kari, NOW + timedelta(days=2), changed_at=NOW)
    own, hers = await kari.acting(), await proxy(kari)

    async def marked(acting: ActingContext) -> list[str]:
        return [shown.visit.id for shown in (await visits.list_coming(acting)).visits if shown.changed]

    assert (await marked(own), await marked(hers)) == ([one.id], [one.id])
    await visits.mark_seen(own, clock.at)
    assert (await marked(own), await marked(hers)) == ([], [one.id])
    clock.advance(hours=1)
    one.changed_at = clock.at
    await world.add(one)
    assert await marked(own) == [one.id]
    clock.advance(hours=1)
    await visits.mark_seen(own, clock.at)
    await visits.mark_seen(own, clock.at)
    assert await marked(own) == []


async def test_services_are_told_apart_by_whether_they_show_visits(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    kari.service.shows_visits = True
    silent, foreign = (
        world.service(kari.organisation, name) for name in ("Praktisk hjelp", "Trygghetsalarm")
    )
    await world.add(kari.service, silent, foreign, world.relation(kari.kari, silent))
    own = await visits.list_services(await kari.acting())
    assert ([one.id for one in own.showing], [one.id for one in own.silent]) == (
        [kari.service.id],
        [silent.id],
    )
    hers = await visits.list_services(await proxy(kari, scopes={"see_visits": [silent.id]}))
    assert ([one.id for one in hers.showing], [one.id for one in hers.silent]) == ([], [silent.id])


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
