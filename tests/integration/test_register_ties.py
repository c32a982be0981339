"""Parents act for children as the population register says, and guardians are shown as information."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError
from digihelse_app.access.permissions import DELEGABLE
from digihelse_app.access.policy import WITH_ANY_SCOPE
from digihelse_app.jobs.schedule import Schedule
from digihelse_app.jobs.upkeep import upkeep
from digihelse_app.models.codes import ConsentKind, DelegationOrigin, EndReason, RepresentationRole
from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.notice import Notice
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside.registers.answers import AddressProtection, RegisteredPerson
from digihelse_app.services import (
    activity_watch,
    consent,
    delegation,
    delegation_list,
    delegation_rules,
    register_ties,
)
from digihelse_app.services.delegation_list import Hindrance
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.people import BY_KEY, SyntheticPerson
from tests import world
from tests.conftest import MovableClock
from tests.delegation_world import Register, signing
from tests.people import ASTRID, ERIK, INGRID, JONAS, KARI, OLA

LIV = BY_KEY["liv"]


@pytest.fixture(autouse=True)
def register(database: AsyncEngine, clock: MovableClock) -> Iterator[Register]:
    """Jonas is responsible for Liv, nine years old."""
    made = Register()
    change(made, JONAS, responsible_for=(LIV.national_id,))
    delegation.configure(made, {80})
    with signing():
        yield made


def change(register: Register, who: SyntheticPerson, **said: object) -> None:
    """The register says otherwise of someone."""
    register.people[who.national_id] = replace(register.people[who.national_id], **said)  # pyright: ignore[reportArgumentType]


async def signs_in(register: Register, who: SyntheticPerson = JONAS, *, consented: bool = True) -> Person:
    """What signing in does with what the register says."""
    known = [row for row in await world.rows(Person) if row.given_name == who.given_name]
    person = known[0] if known else await world.person(who, consented=consented)
    ties = await register_ties.ask(register.people[who.national_id], register.person)
    if ties is not None:
        await register_ties.follow(person.id, ties)
    return person


async def rows() -> list[Representation]:
    return await world.rows(Representation)


async def test_a_parent_may_do_for_the_child_what_can_be_given(register: Register) -> None:
    jonas = await signs_in(register)
    [row] = await rows()
    [liv] = [one for one in await world.rows(Person) if one.given_name == "Liv"]
    assert (row.role, row.origin, row.represented_id) == (
        RepresentationRole.FO,
        DelegationOrigin.REGISTER,
        liv.id,
    )
    assert (liv.name, liv.birth_date) == (LIV.name, LIV.birth_date)
    acting = await acting_context(jonas.id, row.key)
    assert acting.permissions == DELEGABLE | WITH_ANY_SCOPE
    assert [(one.person_id, one.active) for one in await world.rows(ActivityChange)] == [(liv.id, True)]
    assert await world.rows(Notice) == []


async def test_the_parents_own_consent_stands_in_for_the_childs_while_it_holds(register: Register) -> None:
    jonas = await signs_in(register, consented=False)
    [row] = await rows()
    with pytest.raises(AccessDeniedError):
        await acting_context(jonas.id, row.key)
    own = await acting_context(jonas.id)
    for kind in ConsentKind:
        await consent.give(own, kind, consent.CURRENT_VERSIONS[kind])
    assert (await acting_context(jonas.id, row.key)).represented_id == row.represented_id
    await consent.withdraw(await acting_context(jonas.id), ConsentKind.DIALOGUE)
    with pytest.raises(AccessDeniedError):
        await acting_context(jonas.id, row.key)
    childs = [one.active for one in await world.rows(ActivityChange) if one.person_id == row.represented_id]
    assert childs == [True, False]


async def test_signing_in_again_changes_nothing_and_what_is_no_longer_said_ends(
    register: Register, clock: MovableClock
) -> None:
    jonas = await signs_in(register)
    await signs_in(register)
    [row] = await rows()
    clock.advance(hours=1)
    change(register, JONAS, responsible_for=())
    await signs_in(register)
    [row] = await rows()
    assert (row.ended_at, row.end_reason, row.ended_by) == (clock(), EndReason.BY_REGISTER, None)
    with pytest.raises(AccessDeniedError):
        await acting_context(jonas.id, row.key)


async def test_at_sixteen_it_ends_by_itself_at_midnight_in_norway(
    register: Register, clock: MovableClock
) -> None:
    register.born(LIV, date(2010, 11, 24))
    jonas = await signs_in(register)
    [row] = await rows()
    clock.advance(hours=13.99)
    assert (await acting_context(jonas.id, row.key)).role is RepresentationRole.FO
    clock.advance(hours=0.02)
    with pytest.raises(AccessDeniedError):
        await acting_context(jonas.id, row.key)
    assert await activity_watch.announce_by_the_clock() == 1
    await signs_in(register)
    assert [one.valid_until is None for one in await rows()] == [False]


@pytest.mark.parametrize("of", [LIV, JONAS])
async def test_nobody_acts_where_an_address_is_protected(register: Register, of: SyntheticPerson) -> None:
    await signs_in(register)
    change(register, of, protection=AddressProtection.CONFIDENTIAL)
    await signs_in(register)
    assert [row.end_reason for row in await rows()] == [EndReason.BY_REGISTER]


async def test_a_register_that_is_down_takes_nothing_away(register: Register) -> None:
    jonas = await signs_in(register)
    register.down = True
    await signs_in(register)
    [row] = await rows()
    assert (await acting_context(jonas.id, row.key)).represented_id == row.represented_id


async def test_two_parents_who_sign_in_at_once_both_act(register: Register) -> None:
    change(register, INGRID, responsible_for=(LIV.national_id,))
    parents = [await world.person(JONAS), await world.person(INGRID)]

    async def follow(who: SyntheticPerson, person: Person) -> None:
        ties = await register_ties.ask(register.people[who.national_id], register.person)
        assert ties is not None
        await register_ties.follow(person.id, ties)

    await asyncio.gather(follow(JONAS, parents[0]), follow(INGRID, parents[1]))
    assert {row.actor_id for row in await rows()} == {person.id for person in parents}
    assert len({row.represented_id for row in await rows()}) == 1


async def test_a_guardian_is_shown_and_may_do_nothing(register: Register) -> None:
    change(register, KARI, guardians=(INGRID.national_id,))
    await signs_in(register, KARI)
    [row] = await rows()
    assert (row.role, row.scopes) == (RepresentationRole.VE, {})
    with pytest.raises(AccessDeniedError):
        await acting_context(row.actor_id, row.key)
    [shown] = await delegation_list.list_represented(await acting_context(row.actor_id))
    assert (shown.name, shown.hindered_by) == (KARI.name, Hindrance.INFORMATION)
    change(register, KARI, guardians=())
    await signs_in(register, KARI)
    assert [row.end_reason for row in await rows()] == [EndReason.BY_REGISTER]


async def test_once_a_day_the_register_is_asked_again(register: Register, clock: MovableClock) -> None:
    await signs_in(register)
    clock.advance(hours=25)
    assert await register_ties.read_again() == 1
    asked = len(register.asked)
    assert (await register_ties.read_again(), len(register.asked)) == (0, asked)
    change(register, JONAS, responsible_for=())
    clock.advance(hours=23)
    assert await register_ties.read_again() == 0
    clock.advance(hours=2)
    register.down = True
    assert await register_ties.read_again() == 0
    register.down = False
    assert await register_ties.read_again() == 1
    assert [row.end_reason for row in await rows()] == [EndReason.BY_REGISTER]


async def parents(register: Register, count: int) -> None:
    """So many more parents of Liv's, all signed in and followed."""
    for who in (INGRID, KARI, OLA, ASTRID, ERIK)[:count]:
        change(register, who, responsible_for=(LIV.national_id,))
        await signs_in(register, who)


async def test_one_of_whom_the_register_never_answers_keeps_nobody_waiting(
    register: Register, clock: MovableClock
) -> None:
    await signs_in(register)
    await parents(register, 3)
    register.unanswered = {JONAS.national_id}
    clock.advance(hours=25)
    assert [await register_ties.read_again(), await register_ties.read_again()] == [3, 0]


async def test_a_register_that_is_down_is_not_asked_of_everyone(
    register: Register, clock: MovableClock
) -> None:
    await signs_in(register)
    await parents(register, 5)
    clock.advance(hours=25)
    register.down = True
    register.asked.clear()
    assert (await register_ties.read_again(), len(register.asked)) == (0, 3)


async def test_a_run_reads_so_many_and_the_next_those_that_are_left(
    register: Register, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_ties, "READ_AT_ONCE", 2)
    await signs_in(register)
    await parents(register, 2)
    clock.advance(hours=25)
    assert [await register_ties.read_again() for _ in range(3)] == [2, 1, 0]


async def test_whom_another_worker_has_read_meanwhile_is_not_asked_of_again(
    register: Register, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await signs_in(register)
    await parents(register, 3)
    clock.advance(hours=25)
    read: list[int] = []

    async def another_worker(_: str) -> RegisteredPerson | None:
        monkeypatch.undo()
        read.append(await register_ties.read_again())
        return register.people[JONAS.national_id]

    monkeypatch.setattr(register, "person", another_worker)
    # The one under way is asked of twice, and the three that the other has read are not.
    assert (await register_ties.read_again(), read) == (1, [4])


async def test_reminders_and_the_register_are_among_what_is_done_by_the_clock(
    register: Register, clock: MovableClock
) -> None:
    kari, jonas = await world.person(KARI), await signs_in(register)
    last = delegation_rules.ends(date(2027, 1, 31))
    ending = world.representation(jonas, kari, "see_visits", valid_until=last)
    ending.given_at = world.START
    await world.add(ending)
    change(register, JONAS, responsible_for=())
    clock.advance(hours=23)
    schedule = Schedule(upkeep())
    clock.advance(hours=2)
    await schedule.run_due()
    assert {one.recipient_id for one in await world.rows(Notice)} == {kari.id, jonas.id}
    assert [row.end_reason for row in await rows() if row.id != ending.id] == [EndReason.BY_REGISTER]
