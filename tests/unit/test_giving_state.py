"""Giving and changing a delegation: said first, then done; one answer for all who cannot be given one."""

from collections.abc import Iterator

import pytest

from digihelse_app import routes
from digihelse_app.access.permissions import Permission
from digihelse_app.models.representation import Representation
from digihelse_app.services import delegation
from digihelse_app.standins.people import SyntheticPerson
from digihelse_app.state.delegations import DelegationsState
from digihelse_app.state.person import ComposedForAnotherError
from tests import world
from tests.answers import focus_of, plain
from tests.conftest import MovableClock
from tests.delegation_pages import form, given, giving
from tests.delegation_world import Register, signing
from tests.people import INGRID, JONAS, KARI, MINA, NILS, OLA

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")


SEE, CANCEL = Permission.SEE_VISITS, Permission.CANCEL_VISITS


@pytest.fixture(autouse=True)
def register() -> Iterator[Register]:
    """A register that knows the synthetic people."""
    with signing():
        known = Register()
        delegation.configure(known, {80})
        yield known


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


@pytest.mark.parametrize("asked_for", ["nothing", "unknown", "theirs"])
async def test_what_is_not_ones_own_is_not_there_to_change(asked_for: str) -> None:
    await world.world()
    theirs = world.representation(await world.person(INGRID), await world.person(OLA), SEE)
    await world.add(theirs)
    wanted = theirs.id if asked_for == "theirs" else asked_for
    page = await giving(path=routes.CHANGE, fullmakt="" if asked_for == "nothing" else wanted)
    assert (page.missing, page.changing, page.shown_for) == (True, "", "")
