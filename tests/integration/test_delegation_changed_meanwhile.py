"""Taking back, or letting go of, what was changed before the page showed it: what stands is ended."""

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import EndReason, LogAction
from digihelse_app.models.representation import Representation
from digihelse_app.services import delegation
from digihelse_app.services.delegation_rules import Terms
from digihelse_app.services.representation import acting_context
from tests import world
from tests.conftest import MovableClock
from tests.integration.test_delegation import READ, holder, offer, register
from tests.people import JONAS, KARI
from tests.world import World

__all__ = ["register"]


@pytest.fixture
async def kari(database: AsyncEngine, clock: MovableClock) -> World:
    """Kari and her service."""
    return await world.world()


async def renewed_twice(kari: World, clock: MovableClock) -> tuple[str, str]:
    """Ids of the delegation to Jonas that a page still shows, and of the one that stands."""
    acting = await kari.acting()
    shown = await delegation.give(acting, offer(JONAS, Terms(READ, valid_until=date(2026, 12, 31))))
    clock.advance(minutes=1)
    changed = await delegation.change(acting, shown.representation_id, Terms(READ))
    clock.advance(minutes=1)
    stands = await delegation.renew(acting, changed.representation_id, date(2027, 12, 31))
    clock.advance(minutes=1)
    return shown.representation_id, stands.representation_id


async def ends() -> dict[str, EndReason | None]:
    """How each ended."""
    return {row.id: row.end_reason for row in await world.rows(Representation)}


async def logged(action: LogAction) -> list[str | None]:
    """Of which delegations it was logged."""
    return [one.object_id for one in await world.rows(AccessLogEntry) if one.action is action]


async def test_withdrawing_what_was_changed_withdraws_what_stands_in_its_place(
    kari: World, clock: MovableClock
) -> None:
    shown, stands = await renewed_twice(kari, clock)
    await delegation.withdraw(await kari.acting(), shown)
    with pytest.raises(AccessDeniedError):
        await holder(kari)
    ended = await ends()
    assert (ended[shown], ended[stands]) == (EndReason.CHANGED, EndReason.WITHDRAWN)
    assert await logged(LogAction.DELEGATION_WITHDRAW) == [stands]


async def test_letting_go_of_what_was_changed_lets_go_of_what_stands_in_its_place(
    kari: World, clock: MovableClock
) -> None:
    shown, stands = await renewed_twice(kari, clock)
    jonas = await world.person(JONAS, consented=False)
    await delegation.renounce(await acting_context(jonas.id), shown)
    with pytest.raises(AccessDeniedError):
        await holder(kari)
    ended = await ends()
    assert (ended[shown], ended[stands]) == (EndReason.CHANGED, EndReason.RENOUNCED)
    assert await logged(LogAction.DELEGATION_RENOUNCE) == [stands]


async def test_what_was_taken_back_already_takes_nothing_given_since_along(
    kari: World, clock: MovableClock
) -> None:
    acting = await kari.acting()
    first = await delegation.give(acting, offer(JONAS, Terms(READ)))
    await delegation.withdraw(acting, first.representation_id)
    clock.advance(minutes=1)
    since = await delegation.give(acting, offer(JONAS, Terms(READ)))
    await delegation.withdraw(acting, first.representation_id)
    assert (await ends())[since.representation_id] is None


async def test_what_stands_is_reached_by_the_two_alone(kari: World, clock: MovableClock) -> None:
    shown, stands = await renewed_twice(kari, clock)
    jonas = await world.person(JONAS)
    with pytest.raises(NotFoundError):
        await delegation.withdraw(await acting_context(jonas.id), shown)
    with pytest.raises(NotFoundError):
        await delegation.renounce(await acting_context((await world.person(KARI, consented=False)).id), shown)
    assert (await ends())[stands] is None
