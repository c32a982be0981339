"""Whom one may act for, and what is said of what one may not see."""

import pytest

from digihelse_app import routes
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.representation import Representation
from digihelse_app.standins.people import PEOPLE, SyntheticPerson
from digihelse_app.state.delegations import DelegationsState
from digihelse_app.state.failures import FailureState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.nav import NavState
from digihelse_app.state.person import PersonState, empty
from digihelse_app.state.persons import SEARCH_FROM, PersonsState
from tests import world
from tests.people import INGRID, JONAS, KARI, LIV, OLA

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")

SEE, CANCEL = Permission.SEE_VISITS, Permission.CANCEL_VISITS
READ, WRITE = Permission.READ_MESSAGES, Permission.WRITE_MESSAGES


async def test_the_selector_has_each_person_with_what_one_may_do_and_why_not() -> None:
    kari = await world.world()
    ingrid, ola = await world.person(INGRID, consented=False), await world.person(OLA, consented=False)
    held = world.representation(ingrid, kari.kari, READ, WRITE, SEE, CANCEL)
    await world.add(held, world.representation(ingrid, ola, SEE))
    page = await world.state(PersonsState, ingrid, key=held.key)
    await page.load()
    assert [(row.name, row.may) for row in page.usable] == [
        ("Kari Nordmann", "Du kan lese og skrive meldinger, og se og avbestille besøk.")
    ]
    assert [row.name for row in page.others] == ["Ola Hansen"]
    assert page.others[0].why_not.startswith("Ola Hansen bruker ikke Digihelse nå.")
    assert (page.own_name, page.searchable, page.shown_for) == ("Ingrid Nordmann", False, held.key)


async def test_many_are_searched_by_the_beginnings_and_parts_of_their_names() -> None:
    ingrid = await world.person(INGRID, consented=False)
    for who in (KARI, OLA, *others(SEARCH_FROM - 2)):
        person = await world.person(who)
        await world.add(world.representation(ingrid, person, SEE))
    page = await world.state(PersonsState, ingrid)
    await page.load()
    assert (len(page.usable), page.searchable, page.found) == (SEARCH_FROM, True, "")
    await page.search({"text": "  nordmann KA "})
    await page.look_again()
    assert ([row.name for row in page.usable], page.found) == (["Kari Nordmann"], "Viser 1 som passer")
    await page.search({"text": "finnes ikke"})
    assert (page.usable, page.found) == ([], "Viser 0 som passer")
    await page.load()
    assert (len(page.usable), page.found) == (SEARCH_FROM, "")


def others(number: int) -> list[SyntheticPerson]:
    """So many of the synthetic people, but for Kari, Ola and Ingrid."""
    return [who for who in PEOPLE if who not in (KARI, OLA, INGRID)][:number]


async def test_guardianship_is_shown_and_gives_nothing() -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    await world.add(world.representation(ingrid, kari.kari, role=RepresentationRole.VE))
    page = await world.state(PersonsState, ingrid)
    await page.load()
    assert [(row.role, row.may) for row in page.others] == [("Vergemål", "")]
    listed = await world.state(DelegationsState, ingrid)
    await listed.load()
    assert [(row.role, row.can, row.cannot, row.usable) for row in listed.held] == [
        ("Vergemål", [], [], False)
    ]


async def test_a_parent_who_has_not_consented_reads_what_to_do_first() -> None:
    jonas, liv = await world.person(JONAS, consented=False), await world.person(LIV, consented=False)
    liv.birth_date = LIV.birth_date
    await world.add(liv, world.representation(jonas, liv, SEE, role=RepresentationRole.FO))
    page = await world.state(PersonsState, jonas)
    await page.load()
    assert [row.why_not for row in page.others] == [
        "Du må selv samtykke til Digihelse først. Så kan du bruke det for Liv Nordmann."
    ]


async def _acting_for_kari(*permissions: Permission, path: str) -> tuple[InboxState, Representation]:
    kari = await world.world()
    jonas = await world.person(JONAS, consented=False)
    held = world.representation(jonas, kari.kari, *permissions)
    await world.add(held)
    inbox = await world.state(InboxState, jonas, key=held.key, path=path)
    nav = await inbox.get_state(NavState)
    await nav.load()
    return inbox, held


async def test_a_page_beyond_ones_rights_says_what_one_may_do_and_where_to_go() -> None:
    inbox, _ = await _acting_for_kari(SEE, CANCEL, path=routes.INBOX)
    failure = await inbox.get_state(FailureState)
    await failure.show("denied")
    assert (failure.stopped, failure.way_on) == ("narrow", routes.VISITS)
    assert failure.text == ("Du kan se og avbestille besøk for Kari Nordmann. Du kan ikke lese meldinger.")
    nav = await inbox.get_state(NavState)
    await nav.load()
    assert (nav.sees_messages, nav.sees_visits, nav.writes, nav.helps) == (False, True, False, True)


async def test_a_page_that_is_hers_alone_leads_to_ones_own() -> None:
    inbox, _ = await _acting_for_kari(SEE, path=routes.DELEGATIONS)
    failure = await inbox.get_state(FailureState)
    await failure.show("denied")
    assert (failure.stopped, failure.title, failure.way_on) == (
        "own",
        "Denne siden er bare for Kari Nordmann selv",
        routes.DELEGATIONS,
    )


@pytest.mark.parametrize("read", [True, False], ids=["the frame was read", "the frame had yet to be read"])
async def test_a_delegation_that_ended_empties_the_tab_and_is_said_with_the_name_on_each_tap(
    *, read: bool
) -> None:
    inbox, held = await _acting_for_kari(READ, path=routes.INBOX)
    (await inbox.get_state(PersonState))._represented_name = "Kari Nordmann"  # as the gate does
    if not read:
        await empty(inbox)
    held.ended_at = world.later(days=1)
    await world.add(held)
    failure = await inbox.get_state(FailureState)
    for _ in range(2):
        await failure.show("denied")
        assert (failure.stopped, failure.title) == (
            "lost",
            "Du kan ikke lenger bruke Digihelse for Kari Nordmann",
        )
        await failure.clear()  # the next page begins so
        assert failure.stopped == ""
    assert (await inbox.get_state(NavState)).acting_name == ""


async def test_a_key_that_never_gave_a_right_is_told_no_name() -> None:
    await world.world()
    jonas = await world.person(JONAS)
    inbox = await world.state(InboxState, jonas, key="unknown", path=routes.INBOX)
    failure = await inbox.get_state(FailureState)
    await failure.show("denied")
    assert failure.title == "Du kan ikke lenger bruke Digihelse for denne personen"
