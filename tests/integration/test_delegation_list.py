"""What either side reads of delegations, and whom one may choose to act for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.inbox import cost
from digihelse_app.access.context import AccessDeniedError
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    ConsentKind,
    DelegationOrigin,
    EndReason,
    LogAction,
    RepresentationRole,
)
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.services import delegation, delegation_list
from digihelse_app.services.delegation_list import Hindrance
from digihelse_app.services.delegation_rules import Offer, Terms
from digihelse_app.services.representation import acting_context
from tests import world
from tests.conftest import MovableClock
from tests.delegation_world import Register, signing
from tests.people import INGRID, JONAS, KARI, MINA, OLA

SEE = {Permission.SEE_VISITS: [EVERY_SERVICE]}
NEXT_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _registers() -> Iterator[None]:
    with signing():
        delegation.configure(Register(), {80})
        yield


def ingrid_gets(terms: Terms) -> Offer:
    """What Kari writes."""
    return Offer("Ingrid Nordmann", INGRID.national_id, terms)


async def test_the_giver_reads_what_holds_with_names_and_what_for(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    terms = Terms(
        {Permission.SEE_VISITS: [EVERY_SERVICE], Permission.WRITE_MESSAGES: [kari.service.id]},
        valid_from=date(2026, 12, 1),
    )
    given = await delegation.give(await kari.acting(), ingrid_gets(terms))
    listed = await delegation_list.list_given(await kari.acting())
    [one] = listed.standing
    assert (one.id, one.name, one.role, one.begun, one.can_be_changed, one.municipality) == (
        given.representation_id,
        "Ingrid Nordmann",
        RepresentationRole.FU,
        False,
        True,
        "",
    )
    assert one.scope == {
        Permission.READ_MESSAGES: ("Hjemmesykepleie",),
        Permission.WRITE_MESSAGES: ("Hjemmesykepleie",),
        Permission.SEE_VISITS: None,
    }
    assert one.services[Permission.SEE_VISITS] == (EVERY_SERVICE,)
    assert listed.ended == []


async def test_what_has_ended_says_when_why_and_by_whom_newest_first(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid, jonas, ola = [await world.person(one) for one in (INGRID, JONAS, OLA)]
    ran_out = world.representation(ola, kari.kari, "see_visits", valid_until=world.later(days=1))
    await world.add(ran_out)
    for to in (INGRID, JONAS):
        await delegation.give(
            await kari.acting(), Offer(f"{to.given_name} Nordmann", to.national_id, Terms(SEE))
        )
    rows = {row.actor_id: row for row in await world.rows(Representation)}
    clock.advance(hours=1)
    await delegation.withdraw(await kari.acting(), rows[jonas.id].id)
    clock.advance(hours=1)
    await delegation.renounce(await acting_context(ingrid.id), rows[ingrid.id].id)
    listed = await delegation_list.list_given(await kari.acting())
    assert listed.standing == []
    assert [(one.name, one.end_reason, one.ended_by, one.ended_at) for one in listed.ended] == [
        ("Ingrid Nordmann", EndReason.RENOUNCED, "Ingrid Nordmann", clock.at),
        ("Jonas Nordmann", EndReason.WITHDRAWN, "Kari Nordmann", clock.at - timedelta(hours=1)),
        ("Ola Hansen", None, "", world.later(days=1)),
    ]
    assert {one.can_be_changed for one in listed.ended} == {False}


async def test_the_holder_reads_what_she_holds_and_nothing_of_others(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid, jonas = await world.person(INGRID, consented=False), await world.person(JONAS)
    await world.add(
        world.representation(ingrid, kari.kari, "see_visits"),
        world.representation(jonas, kari.kari, "read_messages"),
    )
    held = await delegation_list.list_held(await acting_context(ingrid.id))
    assert [(one.name, list(one.scope)) for one in held.standing] == [
        ("Kari Nordmann", [Permission.SEE_VISITS])
    ]


async def test_a_holder_reads_neither_list_in_the_givers_place(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    row = world.representation(ingrid, kari.kari, *DELEGABLE)
    await world.add(row)
    acting = await acting_context(ingrid.id, row.key)
    for reads in (
        delegation_list.list_given,
        delegation_list.list_held,
        delegation_list.list_represented,
    ):
        with pytest.raises(AccessDeniedError):
            await reads(acting)


async def test_what_a_municipality_registered_names_it(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    row = world.representation(ingrid, kari.kari, "see_visits", role=RepresentationRole.TD)
    row.origin, row.organisation_id = DelegationOrigin.ASSIGNED, kari.organisation.id
    await world.add(row)
    [one] = (await delegation_list.list_given(await kari.acting())).standing
    assert (one.municipality, one.can_be_changed) == ("Alvdal kommune", False)


async def test_the_selector_has_each_person_once_with_what_hinders(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid, ola, mina, jonas = [
        await world.person(one, consented=one is not OLA) for one in (INGRID, OLA, MINA, JONAS)
    ]
    by_parents = world.representation(ingrid, mina, "see_visits", role=RepresentationRole.FO)
    guardian = world.representation(ingrid, kari.kari, role=RepresentationRole.VE, valid_from=clock.at)
    guardian.key = (acts := world.representation(ingrid, kari.kari, "see_visits")).key
    await world.add(
        acts,
        guardian,
        world.representation(ingrid, ola, "see_visits"),
        world.representation(ingrid, jonas, "see_visits", valid_from=NEXT_YEAR),
        by_parents,
        world.representation(jonas, ola, "see_visits"),
    )
    chosen = await delegation_list.list_represented(await acting_context(ingrid.id))
    assert [(one.name, one.role, one.hindered_by, one.may) for one in chosen] == [
        ("Jonas Nordmann", RepresentationRole.FU, Hindrance.NOT_BEGUN, False),
        ("Kari Nordmann", RepresentationRole.FU, None, True),
        ("Mina Berg", RepresentationRole.FO, Hindrance.TOO_OLD, False),
        ("Ola Hansen", RepresentationRole.FU, Hindrance.NO_CONSENT, False),
    ]


async def test_guardianship_alone_is_shown_as_information(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    await world.add(world.representation(ingrid, kari.kari, *DELEGABLE, role=RepresentationRole.VE))
    [one] = await delegation_list.list_represented(await acting_context(ingrid.id))
    assert (one.may, one.hindered_by) == (False, Hindrance.INFORMATION)


async def test_what_has_ended_is_not_in_the_selector(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    withdrawn = world.representation(ingrid, kari.kari, "see_visits")
    withdrawn.ended_at = clock.at
    ran_out = world.representation(ingrid, kari.kari, "see_visits", valid_until=clock.at)
    await world.add(withdrawn, ran_out)
    assert await delegation_list.list_represented(await acting_context(ingrid.id)) == []


async def test_what_the_selector_promises_is_what_the_gate_allows(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    await world.add(world.representation(ingrid, kari.kari, "see_visits", "cancel_visits"))
    [one] = await delegation_list.list_represented(await acting_context(ingrid.id))
    acting = await acting_context(ingrid.id, one.key)
    assert acting.permissions == {Permission.SEE_HOME, Permission.SEE_OWN_USE, *one.scope}


async def test_reading_is_logged_as_the_readers_own(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    acting = await kari.acting()
    await delegation_list.list_given(acting)
    await delegation_list.list_held(acting)
    await delegation_list.list_represented(acting)
    logged = [(entry.action, entry.represented_id) for entry in await world.rows(AccessLogEntry)]
    assert logged == [(LogAction.DELEGATIONS_READ, kari.kari.id)] * 3


async def many(of: Person, amount: int) -> None:
    """So many people who may act for `of`, and for each of whom `of` may act."""
    for number in range(amount):
        synthetic = replace(KARI, national_id=f"{number:011d}", given_name=f"Nr {number}")
        other = await world.person(synthetic, consented=False)
        ended = world.representation(other, of, "see_visits")
        ended.ended_at, ended.ended_by = world.later(days=1), other.id
        await world.add(
            *(world.consent(other, kind) for kind in ConsentKind),
            ended,
            world.representation(other, of, "read_messages"),
            world.representation(of, other, "read_messages"),
        )


async def test_lists_cost_as_many_queries_for_fifty_as_for_one(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    await many(ola, 1)
    one = await acting_context(ola.id)
    reads = (delegation_list.list_given, delegation_list.list_held, delegation_list.list_represented)
    cheap = [await cost(read, one) for read in reads]
    await many(kari.kari, 50)
    fifty = await kari.acting()
    assert [await cost(read, fifty) for read in reads] == cheap == [4, 4, 4]
    assert len((await delegation_list.list_given(fifty)).standing) == 50
    assert len(await delegation_list.list_represented(fifty)) == 50
