"""Letting a delegation hold longer: on the same terms, and never beside what was given since."""

from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.access.policy import WITH_ANY_SCOPE
from digihelse_app.models.representation import Representation
from digihelse_app.services import delegation
from digihelse_app.services.delegation_rules import Terms
from tests import world
from tests.conftest import MovableClock
from tests.integration.test_delegation import READ, SEE, holder, offer, register
from tests.people import JONAS

__all__ = ["register"]


async def test_renewing_lets_it_hold_longer_on_the_same_terms(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ending = Terms(READ, valid_until=date(2026, 11, 30), only_new=True)
    first = await delegation.give(await kari.acting(), offer(JONAS, ending))
    since = clock.at
    clock.advance(days=2)
    await delegation.renew(await kari.acting(), first.representation_id, date(2027, 11, 30))
    clock.advance(days=30)
    acting = await holder(kari)
    assert acting.permissions == {*WITH_ANY_SCOPE, Permission.READ_MESSAGES}
    assert acting.reach.since == since
    clock.advance(days=400)
    with pytest.raises(AccessDeniedError):
        await holder(kari)


async def test_what_has_run_out_cannot_be_renewed_beside_what_was_given_since(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    acting = await kari.acting()
    first = await delegation.give(acting, offer(JONAS, Terms(READ, valid_until=date(2026, 11, 24))))
    clock.advance(days=3)
    await delegation.give(acting, offer(JONAS, Terms(SEE)))
    with pytest.raises(NotFoundError):
        await delegation.renew(acting, first.representation_id, date(2027, 11, 30))
    with pytest.raises(NotFoundError):
        await delegation.change(acting, first.representation_id, Terms(READ))
    assert (await holder(kari)).permissions == {*WITH_ANY_SCOPE, Permission.SEE_VISITS}


async def test_renewing_reaches_no_farther_than_giving(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    acting = await kari.acting()
    first = await delegation.give(acting, offer(JONAS, Terms(READ, valid_until=date(2126, 11, 23))))
    for far in (date(2126, 11, 24), date.max):
        renewed = await delegation.renew(acting, first.representation_id, far)
        assert renewed.errors == {"valid_until": "delegation.error.too_far"}
    assert [row.id for row in await world.rows(Representation)] == [first.representation_id]
