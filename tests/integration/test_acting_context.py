"""Who may act for whom, decided from the database at this instant: the same refusal for every wrong way."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, ActingContext, Reach
from digihelse_app.access.permissions import Permission
from digihelse_app.access.policy import BEFORE_CONSENT, WITH_ANY_SCOPE
from digihelse_app.models.codes import ConsentKind, RepresentationRole
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.services import consent, people, self_use
from digihelse_app.services.delegation_list import Hindrance, list_represented
from digihelse_app.services.representation import acting_context, acting_for, keys_of
from digihelse_app.standins.people import SyntheticPerson
from tests import world
from tests.conftest import MovableClock
from tests.people import INGRID, JONAS, KARI

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("clock")


async def mother_and_daughter(
    valid_from: datetime = world.START, valid_until: datetime | None = None
) -> tuple[Person, Person, Representation]:
    """Kari, Ingrid, and what lets Ingrid read for Kari."""
    kari, ingrid = await world.person(KARI), await world.person(INGRID)
    right = world.representation(
        ingrid, kari, "read_messages", valid_from=valid_from, valid_until=valid_until
    )
    await world.add(right)
    return kari, ingrid, right


async def test_one_acts_for_oneself_with_everything_once_consented(database: AsyncEngine) -> None:
    kari = await world.person(KARI)
    expected = ActingContext(kari.id, kari.id, RepresentationRole.SELF, None, frozenset(Permission))
    assert await acting_context(kari.id) == expected


@pytest.mark.parametrize("kinds", [[], [ConsentKind.TERMS], [ConsentKind.DIALOGUE]])
async def test_one_acts_for_oneself_with_little_until_both_are_given(
    database: AsyncEngine, kinds: list[ConsentKind]
) -> None:
    kari = await world.person(KARI, consented=False)
    await world.add(*(world.consent(kari, kind) for kind in kinds))
    assert (await acting_context(kari.id)).permissions == BEFORE_CONSENT


async def test_a_representative_acts_with_what_was_given(database: AsyncEngine) -> None:
    kari, ingrid, right = await mother_and_daughter()
    allowed = WITH_ANY_SCOPE | {Permission.READ_MESSAGES}
    reach = Reach(sees_hidden=False)
    expected = ActingContext(ingrid.id, kari.id, RepresentationRole.FU, right.id, allowed, reach)
    assert await acting_context(ingrid.id, right.key) == expected


async def refused(actor_id: str, key: str = "") -> bool:
    """Whether it is denied."""
    with pytest.raises(AccessDeniedError):
        await acting_context(actor_id, key)
    return True


@pytest.mark.parametrize("actor_id", ["", "nobody", "x" * 100])
async def test_nobody_acts_for_nobody(database: AsyncEngine, actor_id: str) -> None:
    _, _, right = await mother_and_daughter()
    assert await refused(actor_id)
    assert await refused(actor_id, right.key)


@pytest.mark.parametrize("key", ["unknown", " ", "%", "x" * 10_000, "\x00", "\ud800", "' OR 1=1 --"])
async def test_an_unknown_key_is_refused(database: AsyncEngine, key: str) -> None:
    _, ingrid, _ = await mother_and_daughter()
    assert await refused(ingrid.id, key)


async def test_the_ids_behind_a_key_are_no_keys(database: AsyncEngine) -> None:
    kari, ingrid, right = await mother_and_daughter()
    assert await refused(ingrid.id, right.id)
    assert await refused(ingrid.id, kari.id)


async def test_someone_elses_key_is_refused(database: AsyncEngine) -> None:
    kari, _, right = await mother_and_daughter()
    jonas = await world.person(JONAS)
    assert await refused(jonas.id, right.key)
    assert await refused(kari.id, right.key)


async def test_a_right_ends_at_its_time_between_two_events(
    database: AsyncEngine, clock: MovableClock
) -> None:
    _, ingrid, right = await mother_and_daughter(valid_until=NOW + timedelta(minutes=1))
    assert (await acting_context(ingrid.id, right.key)).representation_id == right.id
    clock.advance(minutes=1)
    assert await refused(ingrid.id, right.key)


async def test_a_right_begins_at_its_time(database: AsyncEngine, clock: MovableClock) -> None:
    _, ingrid, right = await mother_and_daughter(valid_from=NOW + timedelta(minutes=1))
    assert await refused(ingrid.id, right.key)
    clock.advance(minutes=1)
    assert (await acting_context(ingrid.id, right.key)).representation_id == right.id


async def test_a_right_that_was_ended_is_refused(database: AsyncEngine) -> None:
    _, ingrid, right = await mother_and_daughter()
    right.ended_at = NOW
    await world.add(right)
    assert await refused(ingrid.id, right.key)


@pytest.mark.parametrize("kind", list(ConsentKind))
async def test_nobody_acts_for_who_has_withdrawn(database: AsyncEngine, kind: ConsentKind) -> None:
    kari, ingrid, right = await mother_and_daughter()
    await consent.withdraw(await acting_context(kari.id), kind)
    assert await refused(ingrid.id, right.key)


async def test_guardianship_alone_is_refused(database: AsyncEngine) -> None:
    kari, ingrid, _ = await mother_and_daughter()
    guardianship = world.representation(ingrid, kari, "read_messages", role=RepresentationRole.VE)
    await world.add(guardianship)
    assert await refused(ingrid.id, guardianship.key)


async def test_keys_of_are_all_under_which_a_person_may_be_shown(database: AsyncEngine) -> None:
    kari, ingrid, right = await mother_and_daughter()
    jonas = await world.person(JONAS)
    ended, other_way = world.representation(jonas, kari, "see_visits"), world.representation(kari, ingrid)
    ended.ended_at = NOW
    await world.add(ended, other_way)
    assert sorted(await keys_of(kari.id)) == sorted([right.key, ended.key])


@pytest.mark.parametrize("dead", [KARI, INGRID])
async def test_a_delegation_gives_nothing_once_either_of_the_two_is_dead(
    database: AsyncEngine, dead: SyntheticPerson
) -> None:
    _, ingrid, right = await mother_and_daughter()
    assert (await acting_context(ingrid.id, right.key)).represented_id == right.represented_id
    await dies(dead)
    assert await refused(ingrid.id, right.key)
    async with unit_of_work(reading=True) as session:
        assert await acting_for(session, right.represented_id) == []


async def test_a_session_still_open_gives_nothing_to_one_who_is_dead(database: AsyncEngine) -> None:
    kari = await world.person(KARI)
    assert (await acting_context(kari.id)).for_self
    await dies(KARI)
    assert await refused(kari.id)


async def test_the_dead_are_still_in_the_list_of_whom_one_acted_for_and_why_not(
    database: AsyncEngine,
) -> None:
    _, ingrid, _ = await mother_and_daughter()
    await dies(KARI)
    [kari] = await list_represented(await acting_context(ingrid.id))
    assert (kari.hindered_by, kari.may) == (Hindrance.DECEASED, False)


async def test_one_cannot_leave_it_to_a_proxy_who_is_dead(database: AsyncEngine) -> None:
    kari, _, _ = await mother_and_daughter()
    await dies(INGRID)
    assert (await self_use.status(await acting_context(kari.id))).proxies == []
    assert await self_use.stop(await acting_context(kari.id)) is False


async def dies(who: SyntheticPerson) -> None:
    """The register has said so."""
    async with unit_of_work() as session:
        person = await people.find_or_create(session, who.national_id)
        person.deceased = True
        session.add(person)
