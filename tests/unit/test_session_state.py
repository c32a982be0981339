"""The warning before a session ends: answered while it can be, said once when nothing puts the end off."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from digihelse_app.services import sessions
from digihelse_app.services.sessions import LiveSession
from digihelse_app.state import gate
from digihelse_app.state.person import PersonState
from digihelse_app.state.session import SessionState
from tests import world
from tests.answers import plain
from tests.conftest import MovableClock
from tests.identities import IDENTITY

pytestmark = pytest.mark.usefixtures("sqlite_database")


@pytest.fixture(autouse=True)
def _rules() -> Iterator[None]:
    sessions.configure(timedelta(minutes=30), timedelta(minutes=120))
    yield
    sessions.forget_listeners()


async def signed_in_tab() -> tuple[SessionState, LiveSession]:
    """Kari's tab, as the gate would have bound it, and her session."""
    kari = await world.person()
    live = await sessions.find(await sessions.open_session(kari.id, IDENTITY))
    assert live is not None
    page = await world.state(SessionState, kari)
    (await page.get_state(PersonState))._bound = live.id
    return page, live


async def act(page: SessionState, live: LiveSession) -> None:
    """Something is pressed, as the gate sees it."""
    await gate._keep_awake(page, live)


async def test_who_has_been_still_is_warned_and_keeps_the_session_by_an_act(clock: MovableClock) -> None:
    page, live = await signed_in_tab()
    clock.advance(minutes=28)
    await page.check()
    assert (page.left, page.warn, page.over_at) == (120, True, "")
    await act(page, live)
    await page.extend()
    assert (page.left, page.warn, page.heard) == (30 * 60, False, False)


async def test_who_is_active_is_told_once_when_the_two_hours_are_over(clock: MovableClock) -> None:
    # Given Kari, who has done something all along for 119 minutes
    page, live = await signed_in_tab()
    for minutes in (29, 29, 29, 29, 3):
        clock.advance(minutes=minutes)
        await act(page, live)
    await page.check()
    assert (page.left, page.warn, plain(page.over_at)) == (60, True, "kl. 12.00")
    told = page.told
    # When she goes on, then the warning is not answered by that: nothing prolongs the session
    await act(page, live)
    assert (page.left, page.warn, page.told) == (60, True, told)
    # When she closes it, then it stays closed, also on the next page and with one second left
    await act(page, live)
    await page.close()
    assert (page.warn, page.heard, page.told) == (False, True, told)
    clock.advance(seconds=59)
    await page.check()
    assert (page.left, page.warn) == (1, False)


async def test_the_last_end_is_known_long_before_it_is_warned_of(clock: MovableClock) -> None:
    page, live = await signed_in_tab()
    for _ in range(4):
        clock.advance(minutes=25)
        await act(page, live)
    await page.check()
    assert (page.left, page.warn, plain(page.over_at)) == (20 * 60, False, "kl. 12.00")
