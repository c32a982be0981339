"""What each reader sees of visits, and nothing beyond it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.models.codes import (
    AccessTag,
    RepresentationRole,
    VisitStatus,
)
from digihelse_app.models.visit import Visit
from digihelse_app.services import visits
from digihelse_app.services.representation import acting_context
from tests import world
from tests.conftest import MovableClock
from tests.people import OLA
from tests.visit_world import NOW, ids, planned, proxy


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
    done: dict[str, Any] = {"status": VisitStatus.FULFILLED}
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
