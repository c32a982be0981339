"""An open visit, and cancelling it: on a real database, without a browser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digihelse_app import routes
from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import (
    CancellationStatus,
    CancelReason,
    OutboxStatus,
    VisitChangeKind,
)
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.visit import Cancellation, VisitChange
from digihelse_app.services import cancellation
from digihelse_app.state.away import AwayState
from digihelse_app.state.cancelling import CancellingState
from digihelse_app.state.person import ComposedForAnotherError
from digihelse_app.state.visit import VisitState
from tests import world
from tests.answers import focus_of, redirect_of
from tests.conftest import MovableClock
from tests.people import INGRID
from tests.visit_pages import NOW, THURSDAY, answered, form, opened, planned, showing, words
from tests.visit_world import asking
from tests.world import World

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")


async def test_a_visit_tells_what_it_is_until_when_and_what_has_happened() -> None:
    kari = await showing()
    one = await planned(kari, who_role="Sykepleier", who_name="Anne", instruction="Ha listen klar.")
    moved = VisitChange(
        visit_id=one.id,
        kind=VisitChangeKind.MOVED,
        at=NOW - timedelta(hours=1),
        starts_at=THURSDAY - timedelta(days=1),
        ends_at=THURSDAY - timedelta(days=1, hours=-2),
        is_window=True,
    )
    await world.add(moved)
    page, _ = await opened(kari, one)
    shown = page.detail
    assert (shown.title, words(shown.day), words(shown.time), words(shown.old)) == (
        "Medisiner og tilsyn",
        "Torsdag 26. november",
        "kl. 10.00–12.00",
        "onsdag 25. november kl. 10.00–12.00",
    )
    assert (shown.who, shown.instruction) == ("Sykepleier", "Ha listen klar.")  # the name is not shared
    assert "Anne" not in str(shown)
    assert (shown.can_cancel, words(shown.deadline)) == (True, "onsdag 25. november kl. 10.00")
    assert [(words(event.when), words(event.text)) for event in shown.events] == [
        ("I dag kl. 09.00", "Flyttet fra onsdag 25. november kl. 10.00–12.00.")
    ]


@pytest.mark.parametrize(
    ("at", "told", "why"),
    [
        (
            datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
            {},
            "Fristen for å avbestille her gikk ut i dag kl. 09.00. Ring tjenesten hvis besøket ikke passer.",
        ),
        (
            THURSDAY,
            {"cancel_right": "none"},
            "Dette besøket kan ikke avbestilles her. Ring tjenesten hvis det ikke passer.",
        ),
        (
            NOW - timedelta(hours=1),
            {},
            "Det er for sent å avbestille her, for besøket kan komme når som helst. "
            "Ring tjenesten hvis det ikke passer.",
        ),
        (NOW - timedelta(days=2), {}, ""),
    ],
)
async def test_why_a_visit_cannot_be_cancelled_is_said(at: datetime, told: dict[str, Any], why: str) -> None:
    kari = await showing()
    page, _ = await opened(kari, await planned(kari, at, **told))
    assert (page.detail.can_cancel, words(page.detail.why_not)) == (False, why)


async def test_a_visit_of_another_or_none_is_missing() -> None:
    kari = await showing()
    one = await planned(kari)
    ingrid = await world.person(INGRID)
    stranger = World(ingrid, kari.organisation, kari.service)
    page, _ = await opened(stranger, one)
    assert (page.missing, page.visit_id, page.detail.id) == (True, "", "")


async def test_a_visit_is_cancelled_once_and_its_page_tells_how_far_that_has_come() -> None:
    kari = await showing()
    one = await planned(kari)
    page, acts = await opened(kari, one)
    sent = form(one, comment="Jeg er borte.")
    assert redirect_of(await acts.cancel(sent)) == f"/besok?besok={one.id}"
    await acts.cancel(sent)
    [row] = await world.rows(Cancellation)
    await page.load()
    asked = page.detail.asked
    assert (acts.sent_key, acts.done, asked.id, asked.comment) == (
        sent["key"],
        "Avbestillingen er sendt.",
        row.id,
        "Jeg er borte.",
    )
    assert [(step.name, step.done) for step in asked.steps] == [
        ("Sendt", True),
        ("Overlevert", False),
        ("Svar", False),
    ]
    await answered(CancellationStatus.DECLINED, "Vi må bytte medisin.")
    await page.refresh()
    assert page.announcement == (
        "Avbestillingen er avslått. Hjemmesykepleie kommer som planlagt. Ring dem hvis det ikke passer. "
        "Vi må bytte medisin."
    )
    assert page.detail.can_cancel  # asked again, if one must


async def test_a_request_is_taken_back_until_it_is_answered() -> None:
    kari = await showing()
    one = await planned(kari)
    asked = await cancellation.request(await kari.acting(), asking(one))
    page, acts = await opened(kari, one)
    back = {"person": "", "cancellation": asked.cancellation_id}
    assert focus_of(await acts.take_back(back)) == "ref_cancel_result"
    assert (acts.done, acts.done_while, page.detail.asked.status, page.detail.can_cancel) == (
        "Avbestillingen er tatt tilbake. Besøket kommer som planlagt.",
        "taken-back",
        "taken-back",
        True,
    )
    await answered(CancellationStatus.ACCEPTED)
    await acts.take_back(back)
    assert (acts.done, acts.conflict) == ("", "Tjenesten hadde alt svart. Svaret gjelder.")


async def test_a_visit_that_has_begun_meanwhile_is_a_conflict_and_the_words_are_kept() -> None:
    kari = await showing()
    one = await planned(kari)
    page, acts = await opened(kari, one)
    one.begun_at = NOW
    await world.add(one)
    assert focus_of(await acts.cancel(form(one, comment=" Jeg er borte. "))) == "ref_cancel_result"
    assert (acts.conflict, acts.written, page.detail.can_cancel) == (
        "Avbestillingen ble ikke sendt. Besøket er alt i gang, eller kan komme når som helst.",
        "Jeg er borte.",
        False,
    )
    assert await world.rows(Cancellation) == []


async def test_a_long_comment_is_told_at_its_field_and_for_another_nothing_is_sent() -> None:
    kari = await showing()
    one = await planned(kari)
    _, acts = await opened(kari, one)
    assert focus_of(await acts.cancel(form(one, comment="a" * 501))) == "ref_cancel_comment"
    assert acts.error == "Kommentaren kan ha høyst 500 tegn. Kort den ned."
    with pytest.raises(ComposedForAnotherError):
        await acts.cancel(form(one, person="another"))
    with pytest.raises(NotFoundError):
        await acts.cancel(form(one, visit="no-such"))
    assert await world.rows(Cancellation) == []


async def test_what_came_of_an_act_is_forgotten_at_the_next_visit() -> None:
    kari = await showing()
    one, other = await planned(kari), await planned(kari, THURSDAY + timedelta(days=1))
    page, acts = await opened(kari, one)
    await acts.cancel(form(one))
    await acts.begin()
    assert acts.done == "Avbestillingen er sendt."
    page.router_data = {**page.router_data, "query": {routes.VISIT_QUERY: other.id}}
    await acts.begin()
    assert (acts.done, acts.about) == ("", "")


async def test_a_proxy_cancels_with_her_own_reason_and_only_where_she_may() -> None:
    kari = await showing()
    one = await planned(kari)
    ingrid = await world.person(INGRID)
    sees = world.representation(ingrid, kari.kari, "see_visits")
    await world.add(sees)
    page = await world.state(
        VisitState, ingrid, key=sees.key, path=routes.VISITS, **{routes.VISIT_QUERY: one.id}
    )
    await page.load()
    assert (page.detail.can_cancel, page.detail.why_not) == (
        False,
        "Du kan se besøket, men ikke avbestille det.",
    )
    period = await world.state(AwayState, ingrid, key=sees.key, path=routes.AWAY)
    await period.load()
    assert period.may is False
    sees.scopes = {**sees.scopes, "cancel_visits": sees.scopes["see_visits"]}
    await world.add(sees)
    acts = await page.get_state(CancellingState)
    address = await acts.cancel(form(one, person=sees.key))
    assert redirect_of(address) == f"/besok?besok={one.id}&for={sees.key}"
    assert [row.reason for row in await world.rows(Cancellation)] == [CancelReason.FOR_CITIZEN]


async def did_not_arrive() -> tuple[VisitState, CancellingState, Cancellation]:
    """Kari's open visit, what acts on it, and her request to cancel it, which was given up on the way."""
    kari = await showing()
    one = await planned(kari)
    page, acts = await opened(kari, one)
    await acts.cancel(form(one))
    [asked], [item] = await world.rows(Cancellation), await world.rows(OutboxItem)
    asked.failed_at, item.status = NOW, OutboxStatus.DEAD
    await world.add(asked, item)
    return page, acts, asked


async def test_a_request_that_did_not_arrive_says_so_and_can_be_sent_again() -> None:
    page, acts, asked = await did_not_arrive()
    await page.load()
    assert (page.detail.asked.failed, page.detail.asked.title) == (True, "Avbestillingen kom ikke fram")
    sent = await acts.send_again({"person": "", "cancellation": asked.id})
    assert focus_of(sent) == "ref_cancel_result"
    assert (acts.done, page.detail.asked.failed) == ("Vi sender avbestillingen på nytt.", False)
    assert [row.status for row in await world.rows(OutboxItem)] == [OutboxStatus.PENDING]


async def test_a_request_is_not_sent_again_when_the_visit_has_begun(clock: MovableClock) -> None:
    _, acts, asked = await did_not_arrive()
    clock.set(THURSDAY)
    await acts.send_again({"person": "", "cancellation": asked.id})
    assert (acts.done, acts.conflict != "") == ("", True)
    assert [row.status for row in await world.rows(OutboxItem)] == [OutboxStatus.DEAD]
