"""Being away: a period's visits cancelled at once, on a real database, without a browser."""

from datetime import date, timedelta
from typing import Any

import pytest

from digihelse_app import routes
from digihelse_app.models.codes import (
    CancellationStatus,
    VisitStatus,
)
from digihelse_app.models.database import new_id
from digihelse_app.models.visit import Cancellation
from digihelse_app.services import cancellation
from digihelse_app.state.away import AwayState
from tests import world
from tests.answers import focus_of
from tests.visit_pages import NOW, THURSDAY, answered, planned, showing
from tests.visit_world import asking
from tests.world import World

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")


async def away(of: World) -> AwayState:
    """The page of being away."""
    page = await world.state(AwayState, of.kari, path=routes.AWAY)
    await page.load()
    return page


def days(first: date | str, last: date | str, **more: object) -> dict[str, Any]:
    """A form with the days of a period."""
    return {"person": "", "key": new_id(), "first": str(first), "last": str(last), **more}


STAY = date(2026, 11, 24), date(2026, 11, 30)


async def test_a_period_is_sorted_by_what_it_takes_and_asked_for_at_once() -> None:
    kari = await showing()
    late = await planned(kari, NOW + timedelta(days=1))
    needed = await planned(kari, THURSDAY, essential=True)
    plain_one = await planned(kari, THURSDAY + timedelta(days=1))
    page = await away(kari)
    assert focus_of(await page.find(days(*STAY))) == "ref_away_hits"
    assert [[row.id for row in rows] for rows in (page.essential, page.others, page.closed)] == [
        [needed.id],
        [plain_one.id],
        [late.id],
    ]
    ticked = {f"visit-{one.id}": "yes" for one in (needed, plain_one)}
    assert focus_of(await page.ask(days(*STAY, **ticked))) == "ref_error_summary"
    assert (page.essentials_error, page.stage) == ("Kryss av for at det som trengs, er ordnet.", "choose")
    sent = days(*STAY, **ticked, essentials="yes", comment="Innlagt.")
    await page.ask(sent)
    await page.ask(sent)
    assert len(await world.rows(Cancellation)) == 2
    assert (page.stage, page.told) == ("done", "Du har bedt om å avbestille 2 besøk")
    assert [(row.id, row.status) for row in page.asked] == [
        (needed.id, "Avbestilling sendt"),
        (plain_one.id, "Avbestilling sendt"),
    ]
    await page.take_back({"person": "", "cancellation": page.asked[0].cancellation})
    assert [row.status for row in page.asked] == [
        "Angret. Besøket kommer som planlagt.",
        "Avbestilling sendt",
    ]
    assert page.told == "Du har bedt om å avbestille ett besøk"
    await answered(CancellationStatus.ACCEPTED)
    await page.look_again()
    assert page.announcement == "Tjenesten har svart på avbestillingen."


async def test_what_of_a_period_could_not_be_is_told_beside_what_could() -> None:
    kari = await showing()
    one, gone = await planned(kari), await planned(kari, THURSDAY + timedelta(days=1))
    page = await away(kari)
    await page.find(days(*STAY))
    await cancellation.request(await kari.acting(), asking(gone))
    await page.ask(days(*STAY, **{f"visit-{each.id}": "yes" for each in (one, gone)}))
    assert ([row.id for row in page.asked], [row.id for row in page.refused]) == ([one.id], [gone.id])
    assert page.refused[0].why_not == "Det er alt bedt om å avbestille dette besøket."


async def test_what_is_granted_or_moved_stays_among_what_was_asked_for() -> None:
    kari = await showing()
    granted, moved = await planned(kari), await planned(kari, THURSDAY + timedelta(days=1))
    page = await away(kari)
    await page.find(days(*STAY))
    await page.ask(days(*STAY, **{f"visit-{one.id}": "yes" for one in (granted, moved)}))
    await answered(CancellationStatus.ACCEPTED)
    granted.status, moved.starts_at = VisitStatus.CANCELLED, THURSDAY + timedelta(days=14)
    moved.ends_at = moved.starts_at + timedelta(hours=1)
    await world.add(granted, moved)
    await page.look_again()
    assert [(row.id, row.status) for row in page.asked] == [
        (granted.id, "Avbestilt"),
        (moved.id, "Avbestilt"),
    ]
    assert (page.told, page.remaining) == ("Du har bedt om å avbestille 2 besøk", [])


async def test_what_comes_all_the_same_is_told_beside_what_was_asked_for() -> None:
    kari = await showing()
    late = await planned(kari, NOW + timedelta(days=1))
    asked, kept = await planned(kari), await planned(kari, THURSDAY + timedelta(days=1))
    before = await planned(kari, THURSDAY + timedelta(days=2))
    await cancellation.request(await kari.acting(), asking(before))
    page = await away(kari)
    await page.find(days(*STAY))
    await page.ask(days(*STAY, **{f"visit-{asked.id}": "yes"}))
    assert [row.id for row in page.asked] == [asked.id]
    assert [(row.id, row.why_not != "") for row in page.remaining] == [(late.id, True), (kept.id, False)]


@pytest.mark.parametrize(
    ("first", "last", "errors"),
    [
        ("", "", ("Velg første dag.", "Velg siste dag.")),
        ("2026-11-24", "tirsdag", ("", "Velg siste dag.")),
        ("2026-11-22", "2026-11-24", ("Første dag kan ikke være før i dag.", "")),
        ("2026-11-25", "2026-11-24", ("", "Siste dag kan ikke være før første dag.")),
        ("9999-12-31", "9999-12-31", ("Velg en dag i de nærmeste to årene.", "")),
    ],
)
async def test_days_that_are_no_period_are_told_at_their_field(
    first: str, last: str, errors: tuple[str, str]
) -> None:
    page = await away(await showing())
    await page.find(days(first, last))
    assert ((page.first_error, page.last_error), page.stage) == (errors, "period")
