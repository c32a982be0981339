"""Record systems are told who may act for a patient: of their own services alone, and what is true now."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.permissions import Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus, RepresentationRole
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.outside.outgoing_consent import consent
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.services import delegation
from digihelse_app.services.care_relations import put_care_relation
from digihelse_app.services.delegation_rules import Offer, Terms
from digihelse_app.services.outgoing_delegations import outgoing_delegation
from digihelse_app.services.submission import CareReport
from digihelse_app.standins.record_system.delegation_tables import Delegation
from tests import world
from tests.both_ends import BothEnds, both_ends
from tests.conftest import MovableClock
from tests.delegation_world import Register, signing
from tests.outbox_worker import FixedToken
from tests.people import INGRID, JONAS, KARI
from tests.receiver import receiver
from tests.world import World

READ = {Permission.READ_MESSAGES: [EVERY_SERVICE]}
SEE = {Permission.SEE_VISITS: [EVERY_SERVICE]}
TO_INGRID = Offer("Ingrid Nordmann", INGRID.national_id, Terms(READ))


@pytest.fixture(autouse=True)
def _registers() -> Iterator[None]:
    with signing():
        delegation.configure(Register(), {80})
        yield


@pytest.fixture
async def kari(database: AsyncEngine, clock: MovableClock) -> World:
    """Kari and her service."""
    return await world.world()


async def resource(representation_id: str, organisation_id: str) -> dict[str, Any] | None:
    """What the organisation would be told now."""
    async with unit_of_work(reading=True) as session:
        given = await outgoing_delegation(session, representation_id, organisation_id)
    return consent(given) if given else None


async def test_what_is_told_is_who_what_and_when(kari: World, clock: MovableClock) -> None:
    terms = Terms(
        {Permission.READ_MESSAGES: [EVERY_SERVICE], Permission.CANCEL_VISITS: [kari.service.id]},
        valid_until=date(2026, 12, 31),
        only_new=True,
    )
    given = await delegation.give(await kari.acting(), Offer("Ingrid Nordmann", INGRID.national_id, terms))
    told = await resource(given.representation_id, kari.organisation.id)
    assert told is not None
    assert (told["status"], told["patient"]["identifier"]["value"]) == ("active", KARI.national_id)
    provision = told["provision"]
    [actor] = provision["actor"]
    assert actor["role"]["coding"] == [{"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}]
    assert actor["reference"]["identifier"]["value"] == INGRID.national_id
    assert provision["period"] == {"start": "2026-11-23T09:00:00.000Z", "end": "2026-12-31T23:00:00.000Z"}
    assert provision["dataPeriod"] == {"start": "2026-11-23T09:00:00.000Z"}
    rights = {one["action"][0]["coding"][0]["code"]: one.get("data") for one in provision["provision"]}
    only_here = [{"meaning": "related", "reference": {"reference": "HealthcareService/Hjemmesykepleie"}}]
    assert rights == {"read-messages": None, "see-visits": only_here, "cancel-visits": only_here}


async def test_an_organisation_hears_nothing_of_anothers_services(kari: World) -> None:
    other = world.organisation("Tynset kommune", her_id="80002")
    theirs = world.service(other, "Solsida")
    await world.add(other, theirs, world.relation(kari.kari, theirs))
    terms = Terms({Permission.SEE_VISITS: [theirs.id]})
    given = await delegation.give(await kari.acting(), Offer("Ingrid Nordmann", INGRID.national_id, terms))
    assert await resource(given.representation_id, kari.organisation.id) is None
    assert await resource(given.representation_id, other.id) is not None


async def test_parental_responsibility_is_not_told_of(kari: World) -> None:
    ingrid = await world.person(INGRID)
    row = world.representation(ingrid, kari.kari, "see_visits", role=RepresentationRole.FO)
    await world.add(row)
    assert await resource(row.id, kari.organisation.id) is None


async def test_a_change_tells_that_the_old_one_is_over_too(kari: World) -> None:
    first = await delegation.give(await kari.acting(), TO_INGRID)
    changed = await delegation.change(await kari.acting(), first.representation_id, Terms(SEE))
    told = [one.subject_id for one in await world.rows(OutboxItem) if one.kind is OutboxKind.DELEGATION]
    assert sorted(told) == sorted([first.representation_id] * 2 + [changed.representation_id])
    old, new = [await resource(one.representation_id, kari.organisation.id) for one in (first, changed)]
    assert (old and old["status"], new and new["status"]) == ("inactive", "active")


async def test_one_taken_back_before_it_began_has_no_time_at_all(kari: World, clock: MovableClock) -> None:
    later = Terms(READ, valid_from=date(2026, 12, 24))
    given = await delegation.give(await kari.acting(), Offer("Ingrid Nordmann", INGRID.national_id, later))
    clock.advance(hours=1)
    await delegation.withdraw(await kari.acting(), given.representation_id)
    told = await resource(given.representation_id, kari.organisation.id)
    assert told is not None
    period = told["provision"]["period"]
    assert (told["status"], period["start"]) == ("inactive", period["end"])


async def test_what_ran_out_is_told_as_over_however_late_it_comes(kari: World, clock: MovableClock) -> None:
    short = Terms(READ, valid_until=date(2026, 11, 23))
    given = await delegation.give(await kari.acting(), Offer("Ingrid Nordmann", INGRID.national_id, short))
    clock.advance(days=2)
    told = await resource(given.representation_id, kari.organisation.id)
    assert told is not None
    assert (told["status"], told["meta"]["lastUpdated"]) == ("inactive", told["provision"]["period"]["end"])


async def test_an_ended_one_has_another_key_than_when_it_held(kari: World, clock: MovableClock) -> None:
    given = await delegation.give(await kari.acting(), TO_INGRID)
    with receiver() as to:
        async with httpx.AsyncClient() as client, unit_of_work(reading=True) as session:
            deliver = FhirRecordSystem(FixedToken(), client).deliver_delegation
            held = await outgoing_delegation(session, given.representation_id, kari.organisation.id)
            assert held is not None
            await deliver(to.base_url, held, "key")
        await delegation.withdraw(await kari.acting(), given.representation_id)
        async with httpx.AsyncClient() as client, unit_of_work(reading=True) as session:
            deliver = FhirRecordSystem(FixedToken(), client).deliver_delegation
            ended = await outgoing_delegation(session, given.representation_id, kari.organisation.id)
            assert ended is not None
            await deliver(to.base_url, ended, "key")
    assert to.keys == ["key-active", "key-inactive"]


async def in_the_record_system(place: BothEnds) -> dict[str, tuple[bool, str, list[str]]]:
    """Who may act for whom there."""
    async with place.system.system.store.transaction() as session:
        rows = [await session.get(Delegation, row.id) for row in await world.rows(Representation)]
    return {row.id: (row.active, row.proxy, row.rights) for row in rows if row}


@pytest.fixture
async def place(tmp_path: Path, database: AsyncEngine, clock: MovableClock) -> AsyncIterator[BothEnds]:
    """Both ends on a socket."""
    async with both_ends(tmp_path, clock) as made:
        yield made


async def test_it_is_seen_there_from_giving_to_withdrawing(place: BothEnds, clock: MovableClock) -> None:
    thread_id = await place.kari_asks()
    kari = await place.kari()
    given = await delegation.give(kari, TO_INGRID)
    await place.dispatcher.dispatch_due()
    told = (True, "Ingrid Nordmann", ["read-messages"])
    assert await in_the_record_system(place) == {given.representation_id: told}
    shown = (await place.staff.get(f"/fagsystem/samtale/{thread_id}")).text
    assert "Fullmakter" in shown
    assert "Ingrid Nordmann" in shown
    clock.advance(hours=1)
    await delegation.withdraw(kari, given.representation_id)
    await place.dispatcher.dispatch_due()
    assert await in_the_record_system(place) == {given.representation_id: (False, *told[1:])}
    logged = [
        (one.action, one.object_id)
        for one in await world.rows(AccessLogEntry)
        if one.action is LogAction.DELEGATION_DELIVER
    ]
    assert logged == [(LogAction.DELEGATION_DELIVER, given.representation_id)] * 2
    sent = [one.status for one in await world.rows(OutboxItem) if one.kind is OutboxKind.DELEGATION]
    assert sent == [OutboxStatus.DONE] * 2


async def test_an_older_word_that_comes_late_changes_nothing_there(
    place: BothEnds, clock: MovableClock
) -> None:
    await place.kari_asks()
    kari = await place.kari()
    given = await delegation.give(kari, TO_INGRID)
    [service] = {one.organisation_id for one in await world.rows(OutboxItem) if one.organisation_id}
    async with unit_of_work(reading=True) as session:
        held = await outgoing_delegation(session, given.representation_id, service)
    assert held is not None
    clock.advance(minutes=1)
    await delegation.withdraw(kari, given.representation_id)
    await place.dispatcher.dispatch_due()
    over = await in_the_record_system(place)
    assert over[given.representation_id][0] is False
    await place.late(held)
    assert await in_the_record_system(place) == over
    assert clock.at - held.changed_at == timedelta(minutes=1)


async def test_an_organisation_that_comes_later_is_told_once_of_those_who_may_act(kari: World) -> None:
    other = world.organisation("Tynset kommune", her_id="80002")
    nearby, bath = world.service(other, "Fysioterapi"), world.service(other, "Bad")
    await world.add(other, nearby, bath)
    acting = await kari.acting()
    standing = await delegation.give(acting, TO_INGRID)
    jonas = Offer(JONAS.name, JONAS.national_id, Terms(READ))
    withdrawn = await delegation.give(acting, jonas)
    await delegation.withdraw(acting, withdrawn.representation_id)
    await world.add(registered_by(other, kari))

    assert await told_of(other) == []
    await puts(other, kari, "e1", nearby)
    await puts(other, kari, "e1", nearby)
    await puts(other, kari, "e2", bath)
    assert await told_of(other) == [standing.representation_id]
    # While she receives nothing from them they are told of nothing, and so of all of it when she does again.
    await puts(other, kari, "e1", nearby, active=False)
    await puts(other, kari, "e2", bath, active=False)
    assert await told_of(other) == [standing.representation_id]
    await puts(other, kari, "e1", nearby)
    assert await told_of(other) == [standing.representation_id] * 2


@pytest.mark.parametrize("ended_by", ["withdrawing", "changing"])
async def test_who_was_told_that_it_holds_is_told_that_it_ended_whatever_is_received_then(
    kari: World, ended_by: str
) -> None:
    other = world.organisation("Tynset kommune", her_id="80002")
    nearby = world.service(other, "Fysioterapi")
    await world.add(other, nearby)
    await puts(other, kari, "e1", nearby)
    acting = await kari.acting()
    given = await delegation.give(acting, TO_INGRID)
    await puts(other, kari, "e1", nearby, active=False)
    if ended_by == "withdrawing":
        await delegation.withdraw(acting, given.representation_id)
    else:
        await delegation.change(acting, given.representation_id, Terms(SEE))
    # What stands in its place does not concern them before she receives something from them again.
    assert await told_of(other) == [given.representation_id] * 2
    told = await resource(given.representation_id, other.id)
    assert told is not None
    assert told["status"] == "inactive"


async def puts(
    other: Organisation, kari: World, external_id: str, service: CareService, *, active: bool = True
) -> None:
    """The record system reports that Kari receives the service, or not any more."""
    report = CareReport(service.external_id, other.her_id, active, None, None)
    async with unit_of_work() as session:
        theirs = await session.get_one(Organisation, other.id)
        person = await session.get_one(Person, kari.kari.id)
        await put_care_relation(session, theirs, person, external_id, report)


def registered_by(other: Organisation, kari: World) -> Representation:
    """What the organisation knows, because it said so itself."""
    row = world.representation(kari.kari, kari.kari, "read_messages", role=RepresentationRole.TD)
    row.organisation_id, row.external_id = other.id, "paper"
    return row


async def told_of(organisation: Organisation) -> list[str]:
    """Ids of the delegations that the organisation is to be told of, as often as it is."""
    return [
        item.subject_id
        for item in await world.rows(OutboxItem)
        if item.kind is OutboxKind.DELEGATION and item.organisation_id == organisation.id
    ]
