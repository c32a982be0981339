"""The agenda, and what the home page tells of visits: on a real database, without a browser."""

from datetime import timedelta

import pytest

from digihelse_app import routes
from digihelse_app.access.context import AccessDeniedError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    CancellationStatus,
    LogAction,
    VisitStatus,
)
from digihelse_app.services import cancellation
from digihelse_app.state.ahead import AheadState
from digihelse_app.state.home import HomeState
from digihelse_app.state.live import LiveState
from digihelse_app.state.visits import VisitsState
from tests import world
from tests.answers import names
from tests.conftest import MovableClock
from tests.people import INGRID
from tests.visit_pages import NOW, THURSDAY, agenda, answered, ids, planned, showing, words
from tests.visit_world import asking, visit

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")


async def test_the_agenda_is_by_day_and_goes_on_below() -> None:
    kari = await showing()
    made = [await planned(kari, NOW + timedelta(days=day, hours=1)) for day in range(40)]
    page = await agenda(kari)
    assert (ids(page), page.has_more) == ([one.id for one in made[:30]], True)
    assert [(day.strong, words(day.rest)) for day in page.days[:3]] == [
        ("I dag", "mandag 23. november"),
        ("I morgen", "tirsdag 24. november"),
        ("Onsdag", "25. november"),
    ]
    await page.show_more()
    await page.load()
    assert (ids(page), page.has_more, page.shown_for) == ([one.id for one in made], False, "")


async def test_what_has_been_is_newest_first_by_month_with_who_came() -> None:
    kari = await showing()
    kari.service.shares_names = True
    done = {"status": VisitStatus.FULFILLED, "who_key": "a"}
    older = await planned(kari, NOW - timedelta(days=30), **done)
    newer = await planned(kari, NOW - timedelta(days=2), **done)
    await world.add(kari.service)
    page = await agenda(kari)
    assert (ids(page), page.continuity) == ([], "")
    await page.choose_view("past")
    assert (ids(page), [day.month for day in page.days]) == (
        [newer.id, older.id],
        ["November 2026", "Oktober 2026"],
    )
    assert page.continuity == "Denne måneden har den samme kommet hver gang, på 1 besøk."
    await page.choose_view("what no page sends")
    assert page.view == "coming"


async def test_only_services_that_show_visits_are_chosen_between_and_the_others_named() -> None:
    kari = await showing()
    silent = world.service(kari.organisation, "Dagsenter")
    other = world.service(kari.organisation, "Praktisk hjelp")
    other.shows_visits = True
    await world.add(silent, other, world.relation(kari.kari, silent), world.relation(kari.kari, other))
    hers = visit(kari.kari, other, THURSDAY)
    await world.add(hers)
    await planned(kari)
    page = await agenda(kari)
    assert [one.name for one in page.services] == ["Hjemmesykepleie", "Praktisk hjelp"]
    assert page.silent == "Viser ikke besøk i Digihelse: Dagsenter. Ring dem når du lurer på et besøk."
    await page.choose_service(other.id)
    assert ids(page) == [hers.id]
    await page.choose_service(silent.id)
    assert (page.service, len(ids(page))) == ("", 2)


async def test_a_mark_stays_while_one_looks_and_is_gone_when_one_comes_back_later(
    clock: MovableClock,
) -> None:
    kari = await showing()
    one = await planned(kari, changed_at=NOW - timedelta(hours=1))
    page = await agenda(kari)
    marks = [[tag.kind for tag in row.tags] for day in page.days for row in day.visits]
    assert (marks, page.unseen) == ([["changed"]], one.changed_at.isoformat() if one.changed_at else "")
    await page.looked_at()
    await page.refresh()
    assert ([tag.kind for tag in page.days[0].visits[0].tags], page.unseen) == (["changed"], "")
    assert [row.tags for row in (await agenda(kari)).days[0].visits] == [[]]
    clock.advance(minutes=11)
    await page.load()
    assert page.days[0].visits[0].tags == []


async def test_what_changed_after_the_agenda_was_read_is_not_seen_by_looking(clock: MovableClock) -> None:
    kari = await showing()
    one = await planned(kari)
    page = await agenda(kari)
    clock.advance(minutes=1)
    one.changed_at = clock.at
    await world.add(one)
    clock.advance(minutes=1)
    await page.looked_at()
    assert (await agenda(kari)).unseen == one.changed_at.isoformat()


async def test_what_goes_wrong_is_first_and_said_aloud_when_it_comes(clock: MovableClock) -> None:
    kari = await showing()
    one = await planned(kari, NOW - timedelta(hours=3))
    page = await agenda(kari)
    assert (page.exceptions, page.announcement) == ([], "")
    one.late_at = NOW
    await world.add(one)
    await page.refresh()
    assert [(row.kind, row.calls) for row in page.exceptions] == [("late", True)]
    said = "Medisiner og tilsyn er forsinket. Hjemmesykepleie skulle ha kommet innen kl. 09.00."
    assert words(page.announcement) == said
    await page.refresh()
    assert words(page.announcement) == said
    clock.advance(minutes=1)
    await page.refresh()
    assert page.announcement == ""


async def test_an_answer_is_said_aloud_on_the_agenda() -> None:
    kari = await showing()
    one = await planned(kari)
    await cancellation.request(await kari.acting(), asking(one))
    page = await agenda(kari)
    await answered(CancellationStatus.ACCEPTED)
    await page.refresh()
    assert page.announcement == "Tjenesten har svart på avbestillingen."


async def test_the_agenda_is_not_read_while_a_visit_is_open() -> None:
    kari = await showing()
    one = await planned(kari)
    page = await agenda(kari, **{routes.VISIT_QUERY: one.id})
    assert (page.days, page.shown_for) == ([], "-")
    assert await world.rows(AccessLogEntry) == []


async def test_printing_the_week_is_seven_days_and_in_the_log() -> None:
    kari = await showing()
    made = [await planned(kari, NOW + timedelta(days=day)) for day in (0, 6, 7)]
    page = await agenda(kari)
    await page.print_week()
    assert [row.id for day in page.week for row in day.visits] == [one.id for one in made[:2]]
    assert (page.prints, words(page.week_title)) == (1, "Besøk mandag 23. november til søndag 29. november")
    assert LogAction.VISITS_PRINT in [row.action for row in await world.rows(AccessLogEntry)]
    await page.load()
    assert (page.week, page.week_title) == ([], "")


async def test_one_who_may_not_see_visits_is_refused_and_told_nothing_at_home() -> None:
    kari = await showing()
    await planned(kari, NOW - timedelta(hours=3), late_at=NOW)
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(right)
    page = await world.state(VisitsState, ingrid, key=right.key, path=routes.VISITS)
    with pytest.raises(AccessDeniedError):
        await page.load()
    home = await world.state(HomeState, ingrid, key=right.key, path=routes.HOME)
    await home.load()
    ahead = await home.get_state(AheadState)
    assert (page.days, ahead.next, ahead.exceptions) == ([], [], [])


async def test_home_tells_the_next_visit_and_what_went_wrong() -> None:
    kari = await showing()
    await planned(kari, NOW - timedelta(hours=3), late_at=NOW)
    one = await planned(kari, NOW + timedelta(days=1))
    home = await world.state(HomeState, kari.kari, path=routes.HOME)
    await home.load()
    ahead = await home.get_state(AheadState)
    assert ([row.id for row in ahead.next], words(ahead.next_day)) == ([one.id], "I morgen kl.")
    assert ([row.kind for row in ahead.exceptions], ahead.announcement) == (["late"], "")


async def test_live_pages_of_visits_look_again() -> None:
    kari = await showing()
    for path, handlers in (
        (routes.VISITS, ["VisitState.refresh", "VisitsState.refresh", "NavState.load"]),
        (routes.AWAY, ["AwayState.look_again", "NavState.load"]),
    ):
        live = await world.state(LiveState, kari.kari, path=path)
        assert names(await live.refresh()) == handlers
