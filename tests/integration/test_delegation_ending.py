"""Reminders that a delegation runs out: 90 and 30 days before, once each, to those who must know."""

import asyncio
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.codes import EndReason, NoticeChannel, NoticeKind, RepresentationRole
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.notice import Notice, NoticeChoice
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside.clock import OSLO
from digihelse_app.services import delegation_ending, delegation_list, delegation_rules
from tests import world
from tests.conftest import MovableClock
from tests.people import INGRID, KARI

LAST = date(2027, 6, 30)
"""The last day of the delegation; the clock stands at 23 November 2026."""


@pytest.fixture(autouse=True)
async def both(database: AsyncEngine, clock: MovableClock) -> tuple[Person, Person]:
    """Kari and Ingrid."""
    return await world.person(KARI), await world.person(INGRID, consented=False)


async def lasting(
    both: tuple[Person, Person], role: RepresentationRole = RepresentationRole.FU
) -> Representation:
    kari, ingrid = both
    row = world.representation(ingrid, kari, "see_visits", role=role, valid_until=delegation_rules.ends(LAST))
    row.given_at = world.START
    await world.add(row)
    return row


async def told() -> list[str]:
    """The ids of those who were told, in order."""
    rows = sorted(await world.rows(Notice), key=lambda row: (row.created_at, row.recipient_id))
    assert {row.kind for row in rows} <= {NoticeKind.DELEGATION_ENDING}
    return [row.recipient_id for row in rows]


def on(clock: MovableClock, days_before: int, hour: float = 12) -> None:
    """It is so many hours into the day, in Norway, that many days before the last."""
    day = datetime.combine(LAST - timedelta(days=days_before), time(), OSLO)
    clock.set(day + timedelta(hours=hour))


async def test_both_are_told_on_the_90th_and_the_30th_day_and_not_before(
    both: tuple[Person, Person], clock: MovableClock
) -> None:
    await lasting(both)
    each = sorted(person.id for person in both)
    on(clock, 91, hour=23)
    assert (await delegation_ending.remind(), await told()) == (0, [])
    on(clock, 90, hour=0)
    assert (await delegation_ending.remind(), await told()) == (2, each)
    for days in (90, 89, 60, 31):
        on(clock, days, hour=23)
        assert await delegation_ending.remind() == 0
    on(clock, 30, hour=0)
    assert (await delegation_ending.remind(), await told()) == (2, each * 2)
    for days in (29, 1, 0):
        on(clock, days)
        assert await delegation_ending.remind() == 0
    clock.advance(days=2)
    assert await delegation_ending.remind() == 0


async def test_of_what_is_assigned_the_proxy_alone_is_told(
    both: tuple[Person, Person], clock: MovableClock
) -> None:
    await lasting(both, RepresentationRole.TD)
    on(clock, 90)
    await delegation_ending.remind()
    assert await told() == [both[1].id]


async def test_days_on_which_nothing_ran_are_made_up_for_with_one_reminder(
    both: tuple[Person, Person], clock: MovableClock
) -> None:
    await lasting(both)
    on(clock, 12)
    assert (await delegation_ending.remind(), len(await told())) == (2, 2)
    assert await delegation_ending.remind() == 0


async def test_what_was_given_since_or_has_ended_or_is_the_registers_is_not_told_of(
    both: tuple[Person, Person], clock: MovableClock
) -> None:
    row = await lasting(both)
    await lasting(both, RepresentationRole.FO)
    on(clock, 20)
    async with unit_of_work() as session:
        given = await session.get_one(Representation, row.id)
        given.given_at = clock()
        session.add(given)
    assert await delegation_ending.remind() == 0
    async with unit_of_work() as session:
        given = await session.get_one(Representation, row.id)
        given.given_at, given.ended_at, given.end_reason = world.START, clock(), EndReason.WITHDRAWN
        session.add(given)
    assert (await delegation_ending.remind(), await told()) == (0, [])


async def test_who_wants_no_notices_gets_none(both: tuple[Person, Person], clock: MovableClock) -> None:
    await lasting(both)
    await world.add(NoticeChoice(person_id=both[0].id, channel=NoticeChannel.NONE, updated_at=clock()))
    on(clock, 90)
    await delegation_ending.remind()
    assert await told() == [both[1].id]


async def test_two_workers_at_once_tell_once(both: tuple[Person, Person], clock: MovableClock) -> None:
    await lasting(both)
    on(clock, 90)
    written = await asyncio.gather(*(delegation_ending.remind() for _ in range(4)))
    assert (sum(written), len(await told())) == (2, 2)


async def test_lists_say_how_many_days_are_left_from_30_on(
    both: tuple[Person, Person], clock: MovableClock
) -> None:
    await lasting(both)
    kari = await world.acting_context(both[0].id)
    shown = []
    for days in (31, 30, 1, 0):
        on(clock, days, hour=23)
        [one] = (await delegation_list.list_given(kari)).standing
        shown.append(one.ends_in_days)
    assert shown == [None, 30, 1, 0]
