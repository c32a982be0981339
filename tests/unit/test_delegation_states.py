"""The states of the pages of delegations: on a real database, with a register of the synthetic people."""

from collections.abc import Iterator
from typing import Any

import pytest

from digihelse_app import routes
from digihelse_app.access.context import NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.representation import Representation
from digihelse_app.services import delegation
from digihelse_app.standins.people import SyntheticPerson
from digihelse_app.state.asking import AskingState
from digihelse_app.state.delegation_requests import RequestsState
from digihelse_app.state.delegations import DelegationsState
from digihelse_app.state.failures import FailureState
from digihelse_app.state.giving import GivingState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.nav import NavState
from digihelse_app.state.person import ComposedForAnotherError
from digihelse_app.state.persons import PersonsState
from tests import world
from tests.answers import focus_of, plain
from tests.conftest import MovableClock
from tests.delegation_world import Register, signing
from tests.people import INGRID, JONAS, KARI, MINA, NILS, OLA

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")

SEE, CANCEL = Permission.SEE_VISITS, Permission.CANCEL_VISITS
READ, WRITE = Permission.READ_MESSAGES, Permission.WRITE_MESSAGES


@pytest.fixture(autouse=True)
def register() -> Iterator[Register]:
    """A register that knows the synthetic people."""
    with signing():
        known = Register()
        delegation.configure(known, {80})
        yield known


def form(to: SyntheticPerson = JONAS, **changed: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    written = {"person": "", "name": to.name, "national_id": f"{to.national_id[:6]} {to.national_id[6:]}"}
    terms = {"cancel_visits": "yes", "which": "all", "begins": "now", "ends": "never"}
    return {**written, **terms, **changed}


async def giving(actor: SyntheticPerson = KARI, path: str = routes.GIVE, **query: str) -> GivingState:
    """The form, opened."""
    state = await world.state(GivingState, await world.person(actor), path=path, **query)
    await (state.load_change() if path == routes.CHANGE else state.load())
    return state


async def test_a_delegation_is_said_before_it_is_given() -> None:
    await world.world()
    page = await giving()
    assert focus_of(await page.submit(form())) == "ref_confirm_title"
    assert (page.confirming, await world.rows(Representation)) == (True, [])
    assert [plain(said) for said in page.summary] == [
        "Jonas Nordmann får se og avbestille besøk for deg.",
        "Fullmakten gjelder fra nå av, til du trekker den tilbake.",
        "Jonas Nordmann får også se det som er fra før.",
    ]
    assert focus_of(await page.submit(form())) == "ref_receipt_title"
    (row,) = await world.rows(Representation)
    assert row.scopes == {"see_visits": ["*"], "cancel_visits": ["*"]}
    assert (page.receipt, page.confirming) == ("Jonas Nordmann har fått fullmakt", False)


async def test_what_was_not_shown_is_not_given() -> None:
    await world.world()
    page = await giving()
    await page.submit(form())
    await page.submit(form(read_messages="yes"))
    assert (await world.rows(Representation), page.confirming) == ([], True)
    assert plain(page.summary[0]) == "Jonas Nordmann får lese meldinger, og se og avbestille besøk for deg."


@pytest.mark.parametrize(
    "who",
    [MINA, NILS, KARI, "nobody", "another's name"],
    ids=["young", "protected", "oneself", "none", "name"],
)
async def test_the_answer_is_one_for_all_who_cannot_be_given_one(
    register: Register, who: SyntheticPerson | str
) -> None:
    await world.world()
    page = await giving()
    wrong = form(who) if isinstance(who, SyntheticPerson) else form()
    if who == "nobody":
        register.forget(JONAS)
    elif who == "another's name":
        wrong["name"] = "Ingrid Nordmann"
    await page.submit(wrong)
    assert focus_of(await page.submit(wrong)) == "ref_error_summary"
    assert page.national_id_error.startswith("Vi kan ikke gi fullmakt til denne personen.")
    assert (page.confirming, page.error_count, await world.rows(Representation)) == (False, 1, [])


async def test_what_is_to_be_mended_is_told_by_field_and_no_register_is_asked(register: Register) -> None:
    await world.world()
    page = await giving()
    wrong = form(name=" ", national_id="123", cancel_visits="", ends="day", valid_until="")
    assert focus_of(await page.submit(wrong)) == "ref_error_summary"
    assert (page.name_error, page.national_id_error) == (
        "Skriv fornavn og etternavn.",
        "Skriv fødselsnummeret med 11 siffer.",
    )
    assert (page.scopes_error, page.valid_until_error) == (
        "Velg minst én ting du gir fullmakt til.",
        "Velg en dato.",
    )
    assert (page.error_count, register.asked) == (4, [])


async def test_a_register_that_is_down_is_said_and_nothing_is_given(register: Register) -> None:
    await world.world()
    page = await giving()
    register.down = True
    await page.submit(form())
    await page.submit(form())
    assert page.national_id_error.startswith("Vi får ikke svar fra Folkeregisteret nå.")
    assert await world.rows(Representation) == []


async def test_the_identity_number_is_in_no_state() -> None:
    await world.world()
    page = await giving()
    await page.submit(form())
    held = [str(vars(state)) for state in (page, await page.get_state(DelegationsState))]
    assert [text for text in held if JONAS.national_id in text or JONAS.national_id[6:] in text] == []


async def test_a_form_for_another_person_gives_nothing() -> None:
    await world.world()
    page = await giving()
    with pytest.raises(ComposedForAnotherError):
        await page.submit(form(person="someone"))
    assert await world.rows(Representation) == []


@pytest.mark.parametrize(("who", "why"), [(NILS, "Du har beskyttet adresse"), (MINA, "Du må være 16 år")])
async def test_who_may_not_give_is_told_why(who: SyntheticPerson, why: str, clock: MovableClock) -> None:
    person = await world.person(who)
    person.address_protected = who is NILS
    person.birth_date = clock.at.date().replace(year=clock.at.year - 15)
    await world.add(person)
    page = await giving(who)
    assert page.hindrance.startswith(why)
    listed = await world.state(DelegationsState, person)
    await listed.load()
    assert listed.hindrance == page.hindrance


async def given(*permissions: Permission, to: SyntheticPerson = JONAS, **terms: Any) -> str:
    """A delegation of Kari's, given on the page; its id."""
    page = await giving()
    ticked = {permission.value: "yes" for permission in permissions}
    written = form(to, **{"cancel_visits": "", **ticked, **terms})
    await page.submit(written)
    await page.submit(written)
    return (await world.rows(Representation))[-1].id


async def test_a_change_begins_as_it_stands_and_ends_the_old() -> None:
    await world.world()
    old = await given(SEE, CANCEL, ends="day", valid_until="2026-12-31")
    page = await giving(path=routes.CHANGE, fullmakt=old)
    began = page.began
    assert (began.see_visits, began.cancel_visits, began.read_messages) == (True, True, False)
    assert (began.valid_until, began.only_new, page.name) == ("2026-12-31", False, "Jonas Nordmann")
    await page.submit(form(read_messages="yes", name="", national_id=""))
    await page.submit(form(read_messages="yes", name="", national_id=""))
    first, second = await world.rows(Representation)
    assert (first.end_reason, second.replaces_id, second.ended_at) == ("changed", first.id, None)
    assert page.receipt == "Fullmakten til Jonas Nordmann er endret"


@pytest.mark.parametrize("query", [{}, {"fullmakt": "unknown"}, {"fullmakt": "theirs"}])
async def test_what_is_not_ones_own_is_not_there_to_change(query: dict[str, str]) -> None:
    kari = await world.world()
    ola, ingrid = await world.person(OLA), await world.person(INGRID)
    theirs = world.representation(ingrid, ola, SEE)
    await world.add(theirs)
    page = await giving(
        path=routes.CHANGE, **(query | ({"fullmakt": theirs.id} if "theirs" in str(query) else {}))
    )
    assert (page.missing, page.changing, page.shown_for, kari.kari.given_name) == (True, "", "", "Kari")


async def test_the_list_has_what_one_gave_and_withdraws_it_after_asking() -> None:
    kari = await world.world()
    await given(SEE, CANCEL)
    page = await world.state(DelegationsState, kari.kari)
    await page.load()
    (row,) = page.given
    assert (row.can, row.cannot) == (["Se og avbestille besøk"], ["Kan ikke lese meldinger"])
    assert focus_of(await page.ask("withdraw", row.id)) == "ref_confirm_title"
    assert (page.step, page.about) == ("withdraw", row.id)
    await page.withdraw({"person": "", "delegation": row.id})
    assert (page.given, page.step, page.said) == (
        [],
        "",
        "Fullmakten til Jonas Nordmann er trukket tilbake.",
    )
    (ended,) = page.given_ended
    assert plain(ended.ended) == "Kari Nordmann trakk den tilbake 23. november 2026"


@pytest.mark.parametrize(
    ("step", "about"), [("burn", "own"), ("withdraw", "unknown"), ("renounce", "own"), (7, [])]
)
async def test_only_what_is_on_the_page_is_asked_about(step: Any, about: Any) -> None:
    kari = await world.world()
    own = await given(SEE)
    page = await world.state(DelegationsState, kari.kari)
    await page.load()
    await page.ask(step, own if about == "own" else about)
    assert (page.step, page.about) == ("", "")


async def test_what_ends_soon_is_renewed_by_a_year_from_its_end() -> None:
    kari = await world.world()
    await given(SEE, ends="day", valid_until="2026-12-31")
    page = await world.state(DelegationsState, kari.kari)
    await page.load()
    (row,) = page.given
    assert (row.ends, plain(row.renewed_until)) == ("Går ut om 38 dager", "31. desember 2027")
    await page.renew({"person": "", "delegation": row.id, "until": row.renewed_to})
    assert plain(page.given[0].period) == "23. november 2026 til 31. desember 2027"


async def test_who_holds_one_sees_it_without_consent_and_lets_go_of_it() -> None:
    await world.world()
    await given(SEE)
    jonas = await world.person(JONAS, consented=False)
    page = await world.state(DelegationsState, jonas)
    await page.load()
    (row,) = page.held
    assert (row.name, row.usable, row.can_let_go, page.consented) == ("Kari Nordmann", True, True, False)
    await page.renounce({"person": "", "delegation": row.id})
    assert (page.held, page.said) == ([], "Du har sagt fra deg fullmakten for Kari Nordmann.")
    with pytest.raises(NotFoundError):
        await page.renounce({"person": "", "delegation": "unknown"})


async def test_asking_is_answered_alike_for_somebody_and_nobody() -> None:
    kari = await world.world()
    jonas = await world.person(JONAS, consented=False)
    wanted = {"person": "", "see_visits": "yes", "reason": "Jeg er sønnen din."}
    for name, number in ((KARI.name, KARI.national_id), ("Ukjent Person", OLA.national_id)):
        page = await world.state(AskingState, jonas)
        await page.load()
        await page.ask({**wanted, "name": name, "national_id": number})
        assert (page.sent, page.error_count) == (True, 0)
    waiting = await world.state(RequestsState, kari.kari)
    await waiting.load()
    (row,) = waiting.to_decide
    assert (row.name, row.can, row.reason) == ("Jonas Nordmann", ["Se besøk"], "Jeg er sønnen din.")
    asked = await world.state(RequestsState, jonas)
    await asked.load()
    assert {(one.state, one.waits) for one in asked.asked} == {("Venter på svar", True)}


async def test_what_is_approved_is_what_was_shown_and_declining_tells_nobody() -> None:
    kari = await world.world()
    jonas = await world.person(JONAS, consented=False)
    asking = await world.state(AskingState, jonas)
    who = {"person": "", "name": KARI.name, "national_id": KARI.national_id}
    await asking.ask({**who, "write_messages": "yes"})
    waiting = await world.state(RequestsState, kari.kari)
    await waiting.load()
    (row,) = waiting.to_decide
    assert row.terms == "Jonas Nordmann får lese og skrive meldinger for deg, hos alle tjenestene dine."
    await waiting.approve({"person": "", "request": row.id})
    (made,) = await world.rows(Representation)
    assert (sorted(made.scopes), waiting.to_decide) == (["read_messages", "write_messages"], [])
    await asking.ask({**who, "see_visits": "yes"})
    await waiting.load()
    await waiting.decline({"person": "", "request": waiting.to_decide[0].id})
    asked = await world.state(RequestsState, jonas)
    await asked.load()
    assert sorted(one.state for one in asked.asked) == ["Du fikk fullmakt", "Venter på svar"]


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


async def test_a_delegation_that_ended_empties_the_tab_and_is_said_once_with_the_name() -> None:
    inbox, held = await _acting_for_kari(READ, path=routes.INBOX)
    held.ended_at = world.later(days=1)
    await world.add(held)
    failure = await inbox.get_state(FailureState)
    for _ in range(2):
        await failure.show("denied")
        assert (failure.stopped, failure.title) == (
            "lost",
            "Du kan ikke lenger bruke Digihelse for Kari Nordmann",
        )
    assert (await inbox.get_state(NavState)).acting_name == ""


async def test_a_key_that_never_gave_a_right_is_told_no_name() -> None:
    await world.world()
    jonas = await world.person(JONAS)
    inbox = await world.state(InboxState, jonas, key="unknown", path=routes.INBOX)
    failure = await inbox.get_state(FailureState)
    await failure.show("denied")
    assert failure.title == "Du kan ikke lenger bruke Digihelse for denne personen"
