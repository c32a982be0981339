"""Consent on both engines: what makes one digitally active, what ends it, and what the feed is told."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import ConsentKind, LogAction
from digihelse_app.models.consent import ActivityChange, Consent
from digihelse_app.models.database import on_commit, unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.services import consent
from digihelse_app.services.consent import CURRENT_VERSIONS, OutdatedConsentError
from digihelse_app.services.representation import acting_context
from tests import world
from tests.conftest import MovableClock
from tests.people import INGRID, KARI, OLA

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TERMS, DIALOGUE = ConsentKind.TERMS, ConsentKind.DIALOGUE

pytestmark = pytest.mark.usefixtures("clock")


async def newcomer() -> tuple[Person, ActingContext]:
    """Ola, who has consented to nothing."""
    ola = await world.person(OLA, consented=False)
    return ola, await acting_context(ola.id)


async def give(acting: ActingContext, *kinds: ConsentKind) -> None:
    """Accept the current versions."""
    for kind in kinds:
        await consent.give(acting, kind, CURRENT_VERSIONS[kind])


async def is_active(person: Person) -> bool:
    """Whether the person is digitally active now."""
    async with unit_of_work(reading=True) as session:
        return await consent.is_active(session, person.id)


async def feed() -> list[bool]:
    """What the feed was told, in order."""
    return [row.active for row in sorted(await world.rows(ActivityChange), key=lambda row: row.offset or 0)]


async def test_one_is_active_when_both_are_given_and_the_feed_is_told_once(database: AsyncEngine) -> None:
    ola, acting = await newcomer()
    assert await consent.still_to_accept(acting) == [TERMS, DIALOGUE]
    await give(acting, TERMS)
    assert (await is_active(ola), await feed()) == (False, [])
    assert await consent.still_to_accept(acting) == [DIALOGUE]
    await give(acting, DIALOGUE)
    assert (await is_active(ola), await feed()) == (True, [True])
    assert await consent.still_to_accept(acting) == []


async def test_accepting_again_changes_nothing(database: AsyncEngine) -> None:
    _, acting = await newcomer()
    await give(acting, TERMS, DIALOGUE, TERMS, DIALOGUE)
    assert (len(await world.rows(Consent)), await feed()) == (2, [True])


async def test_accepting_in_two_tabs_at_once_is_accepted_once_and_told_once(database: AsyncEngine) -> None:
    ola, acting = await newcomer()
    await asyncio.gather(
        *(give(acting, TERMS) for _ in range(10)), *(give(acting, DIALOGUE) for _ in range(10))
    )
    assert (len(await world.rows(Consent)), await is_active(ola), await feed()) == (2, True, [True])


@pytest.mark.parametrize("kind", list(ConsentKind))
async def test_withdrawing_either_ends_it_and_tells_the_feed(
    database: AsyncEngine, kind: ConsentKind
) -> None:
    ola, acting = await newcomer()
    await give(acting, TERMS, DIALOGUE)
    await consent.withdraw(acting, kind)
    assert (await is_active(ola), await feed()) == (False, [True, False])
    (taken_back,) = [row for row in await world.rows(Consent) if row.withdrawn_at]
    assert (taken_back.kind, taken_back.withdrawn_at, taken_back.withdrawn_by) == (kind, NOW, ola.id)
    assert await consent.still_to_accept(acting) == [kind]


async def test_withdrawing_in_two_tabs_at_once_is_told_once(database: AsyncEngine) -> None:
    ola, acting = await newcomer()
    await give(acting, TERMS, DIALOGUE)
    await asyncio.gather(*(consent.withdraw(acting, DIALOGUE) for _ in range(10)))
    assert (await is_active(ola), await feed()) == (False, [True, False])


async def test_withdrawing_both_is_told_once(database: AsyncEngine) -> None:
    _, acting = await newcomer()
    await give(acting, TERMS, DIALOGUE)
    await consent.withdraw(acting, TERMS)
    await consent.withdraw(acting, DIALOGUE)
    assert await feed() == [True, False]


async def test_withdrawing_what_is_not_given_tells_the_feed_nothing(database: AsyncEngine) -> None:
    _, acting = await newcomer()
    await consent.withdraw(acting, DIALOGUE)
    assert (await world.rows(Consent), await feed(), await world.rows(AccessLogEntry)) == ([], [], [])


async def test_what_was_given_in_one_moment_is_listed_in_one_order(database: AsyncEngine) -> None:
    ola = await world.person(OLA, consented=False)
    terms, dialogue = (world.consent(ola, kind) for kind in (TERMS, DIALOGUE))
    terms.id, dialogue.id = sorted((terms.id, dialogue.id))
    await world.add(terms, dialogue)
    listed = await consent.list_consents(await acting_context(ola.id))
    assert [given.kind for given in listed] == [DIALOGUE, TERMS]


async def test_renewing_makes_a_new_consent_and_keeps_the_old(
    database: AsyncEngine, clock: MovableClock
) -> None:
    ola, acting = await newcomer()
    await give(acting, TERMS)
    clock.advance(days=1)
    await give(acting, DIALOGUE)
    clock.advance(days=1)
    await consent.withdraw(acting, DIALOGUE)
    clock.advance(days=1)
    await give(acting, DIALOGUE)
    assert (await is_active(ola), await feed()) == (True, [True, False, True])
    listed = await consent.list_consents(acting)
    assert [(row.kind, (row.given_at - NOW).days, row.withdrawn_at is None) for row in listed] == [
        (DIALOGUE, 3, True),
        (DIALOGUE, 1, False),
        (TERMS, 0, True),
    ]


async def test_another_version_than_the_one_asked_for_is_refused(database: AsyncEngine) -> None:
    _, acting = await newcomer()
    with pytest.raises(OutdatedConsentError):
        await consent.give(acting, TERMS, "2025-01")
    assert await world.rows(Consent) == []


async def test_a_new_version_is_asked_for_while_the_old_one_keeps_one_active(database: AsyncEngine) -> None:
    ola, acting = await newcomer()
    old = [world.consent(ola, kind, "2025-01") for kind in ConsentKind]
    await world.add(*old)
    assert await is_active(ola)
    assert await consent.still_to_accept(acting) == [TERMS, DIALOGUE]
    await give(acting, TERMS, DIALOGUE)
    assert await feed() == []
    await consent.withdraw(acting, TERMS)
    in_force = {(row.kind, row.version) for row in await world.rows(Consent) if row.withdrawn_at is None}
    assert in_force == {(DIALOGUE, "2025-01"), (DIALOGUE, CURRENT_VERSIONS[DIALOGUE])}
    assert await feed() == [False]


async def test_each_act_is_logged_with_what_it_was_done_to(database: AsyncEngine) -> None:
    ola, acting = await newcomer()
    await give(acting, TERMS)
    await consent.list_consents(acting)
    await consent.withdraw(acting, TERMS)
    (given,) = await world.rows(Consent)
    log = {
        (row.action, row.object_type, row.object_id, row.actor_id) for row in await world.rows(AccessLogEntry)
    }
    assert log == {
        (LogAction.CONSENT_GIVE, "Consent", given.id, ola.id),
        (LogAction.CONSENT_READ, "Consent", "", ola.id),
        (LogAction.CONSENT_WITHDRAW, "Consent", given.id, ola.id),
    }
    assert len(await world.rows(AccessLogEntry)) == 3


async def test_open_pages_are_told_when_consent_is_given_and_withdrawn(database: AsyncEngine) -> None:
    ola, acting = await newcomer()
    told: list[set[str]] = []

    async def listen(changed: set[str]) -> None:
        told.append(changed)

    on_commit(listen)
    await give(acting, TERMS)
    await consent.withdraw(acting, TERMS)
    assert told == [{ola.id}, {ola.id}]


async def test_nobody_consents_or_withdraws_for_another(database: AsyncEngine) -> None:
    kari, ingrid = await world.person(KARI), await world.person(INGRID)
    right = world.representation(ingrid, kari, "read_messages", "manage_consent")
    await world.add(right)
    acting = await acting_context(ingrid.id, right.key)
    for refused in (
        consent.give(acting, TERMS, CURRENT_VERSIONS[TERMS]),
        consent.withdraw(acting, TERMS),
        consent.list_consents(acting),
        consent.still_to_accept(acting),
    ):
        with pytest.raises(AccessDeniedError):
            await refused
    assert await is_active(kari)
