"""How long a session lasts, on both engines."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.services import people, sessions
from digihelse_app.services.sessions import TimeLeft
from tests.cancelling import cancelled_at
from tests.conftest import MovableClock
from tests.identities import IDENTITY
from tests.people import KARI
from tests.sign_in_site import logged_acts


@pytest.fixture(autouse=True)
def _rules() -> Iterator[None]:
    sessions.configure(timedelta(minutes=30), timedelta(minutes=120))
    yield
    sessions.forget_listeners()


async def signed_in() -> str:
    async with unit_of_work() as session:
        person = await people.find_or_create(session, KARI.national_id)
    return await sessions.open_session(person.id, IDENTITY)


async def session_id(secret: str) -> str:
    live = await sessions.find(secret)
    assert live is not None
    return live.id


def listening() -> list[list[str]]:
    """The ids of sessions that are told of as ended, from now on."""
    told: list[list[str]] = []

    async def note(ids: list[str]) -> None:
        told.append(ids)

    sessions.on_end(note)
    return told


async def test_session_is_over_after_30_idle_minutes(database: AsyncEngine, clock: MovableClock) -> None:
    secret = await signed_in()
    clock.advance(minutes=30, seconds=-1)
    assert await sessions.find(secret) is not None
    clock.advance(seconds=1)
    assert await sessions.find(secret) is None


async def test_an_act_starts_the_30_minutes_anew(database: AsyncEngine, clock: MovableClock) -> None:
    secret = await signed_in()
    known = await session_id(secret)
    clock.advance(minutes=20)
    assert await sessions.time_left(known) == TimeLeft(10 * 60, None)
    assert await sessions.touch(known) == 30 * 60
    clock.advance(minutes=29)
    assert await sessions.time_left(known) == TimeLeft(60, None)


async def test_no_act_prolongs_beyond_120_minutes(database: AsyncEngine, clock: MovableClock) -> None:
    secret = await signed_in()
    known = await session_id(secret)
    for _ in range(4):
        clock.advance(minutes=25)
        await sessions.touch(known)
    clock.advance(minutes=15)
    assert await sessions.touch(known) == 5 * 60
    assert await sessions.time_left(known) == TimeLeft(5 * 60, clock() + timedelta(minutes=5))
    clock.advance(minutes=5)
    assert (await sessions.find(secret), await sessions.touch(known)) == (None, None)


async def test_a_session_that_is_over_is_not_brought_back(database: AsyncEngine, clock: MovableClock) -> None:
    secret = await signed_in()
    known = await session_id(secret)
    clock.advance(minutes=31)
    assert await sessions.touch(known) is None
    assert (await sessions.find(secret), await sessions.time_left(known)) == (None, TimeLeft(0, None))


async def test_ending_is_told_once_and_logged_once(database: AsyncEngine, clock: MovableClock) -> None:
    told = listening()
    secret = await signed_in()
    known = await session_id(secret)
    clock.advance(seconds=1)
    first = await sessions.end(known)
    assert first == sessions.EndedSession(known, IDENTITY.issuer, IDENTITY.id_token)
    assert await sessions.end(known) is None
    assert told == [[known]]
    assert await logged_acts() == [LogAction.SIGN_IN, LogAction.SIGN_OUT]


@pytest.mark.parametrize("moment", ["commit", "reset"])
async def test_ending_is_told_also_when_who_asked_for_it_has_left(
    database: AsyncEngine, clock: MovableClock, moment: str
) -> None:
    told = listening()
    secret = await signed_in()
    known = await session_id(secret)
    await cancelled_at(moment, database, sessions.end_for_browser(secret))
    assert (await sessions.find(secret), told) == (None, [[known]])


async def test_timed_out_sessions_are_closed_so_that_tabs_are_told(
    database: AsyncEngine, clock: MovableClock
) -> None:
    idle = await session_id(await signed_in())
    clock.advance(minutes=20)
    awake = await signed_in()
    told = listening()
    clock.advance(minutes=15)
    assert (await sessions.end_timed_out(), await sessions.end_timed_out()) == (1, 0)
    assert told == [[idle]]
    assert await sessions.find(awake) is not None
    assert LogAction.SIGN_OUT not in await logged_acts()


@pytest.mark.parametrize("secret", ["", "unknown", "' OR 1=1 --"])
async def test_unknown_secret_opens_nothing(database: AsyncEngine, secret: str) -> None:
    await signed_in()
    assert await sessions.find(secret) is None
