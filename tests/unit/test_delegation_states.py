"""Delegations as a list, asking for one, and answering: on a real database, with a register."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from digihelse_app.access.context import NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.representation import Representation
from digihelse_app.services import delegation
from digihelse_app.state.asking import AskingState
from digihelse_app.state.delegation_requests import RequestsState
from digihelse_app.state.delegations import DelegationsState
from tests import world
from tests.answers import focus_of, plain
from tests.delegation_pages import form, given, giving
from tests.delegation_world import Register, signing
from tests.people import JONAS, KARI, OLA

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


@pytest.mark.parametrize("until", [datetime(9999, 6, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
async def test_one_that_ends_with_the_calendar_is_shown_to_both_and_not_renewed(until: datetime) -> None:
    kari = await world.world()
    jonas = await world.person(JONAS)
    await world.add(world.representation(jonas, kari.kari, SEE.value, valid_until=until))
    for one, listed in ((kari.kari, "given"), (jonas, "held")):
        page = await world.state(DelegationsState, one)
        await page.load()
        (row,) = getattr(page, listed)
        assert (row.period.endswith("9999"), row.ends, row.renewed_to) == (True, "", "")


async def test_a_day_no_one_means_is_told_at_its_field() -> None:
    await world.world()
    page = await giving()
    await page.submit(form(ends="day", valid_until="9999-12-31"))
    assert (page.valid_until_error, page.confirming) == (
        "Datoen kan ikke være mer enn 100 år fram i tid.",
        False,
    )


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
