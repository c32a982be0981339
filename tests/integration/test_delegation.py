"""Giving, changing, withdrawing and letting go of delegations, with a register of the synthetic people."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.access.policy import WITH_ANY_SCOPE
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import EndReason, LogAction, NoticeKind, OutboxKind
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.representation import EVERY_SERVICE, Mandate, Representation
from digihelse_app.services import delegation
from digihelse_app.services.delegation_rules import Offer, Terms
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.people import SyntheticPerson
from tests import world
from tests.conftest import MovableClock
from tests.delegation_world import Register, signing
from tests.people import INGRID, JONAS, KARI, MINA, NILS, OLA
from tests.world import World

SEE = {Permission.SEE_VISITS: [EVERY_SERVICE]}
READ = {Permission.READ_MESSAGES: [EVERY_SERVICE]}


@pytest.fixture(autouse=True)
def register() -> Iterator[Register]:
    """A register that knows the synthetic people."""
    with signing():
        known = Register()
        delegation.configure(known, {80})
        yield known


def offer(to: SyntheticPerson, terms: Terms | None = None, name: str = "") -> Offer:
    """What a giver writes."""
    return Offer(name or f"{to.given_name} {to.family_name}", to.national_id, terms or Terms(SEE))


async def refused(kari: World, wanted: Offer) -> dict[str, str]:
    """What there is to mend; nothing was written."""
    came_to = await delegation.give(await kari.acting(), wanted)
    assert await world.rows(Representation) == []
    return came_to.errors


async def holder(kari: World, of: SyntheticPerson = JONAS) -> ActingContext:
    """The one who was given the newest delegation, acting by it."""
    rows = await world.rows(Representation)
    proxy = await world.person(of)
    return await acting_context(proxy.id, rows[-1].key)


async def test_what_is_given_can_be_done_at_once_and_no_more(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    await delegation.give(await kari.acting(), offer(JONAS))
    acting = await holder(kari)
    assert acting.permissions == {*WITH_ANY_SCOPE, Permission.SEE_VISITS}
    assert (acting.represented_id, acting.for_self) == (kari.kari.id, False)


async def test_giving_is_logged_signed_and_told_to_both_sides(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    given = await delegation.give(await kari.acting(), offer(JONAS))
    [row] = await world.rows(Representation)
    assert row.id == given.representation_id
    logged = [(entry.action, entry.object_id) for entry in await world.rows(AccessLogEntry)]
    assert logged == [(LogAction.DELEGATION_GIVE, row.id)]
    assert [mandate.representation_id for mandate in await world.rows(Mandate)] == [row.id]
    notices = [(notice.kind, notice.recipient_id) for notice in await world.rows(Notice)]
    assert notices == [(NoticeKind.DELEGATION_NEW, row.actor_id)]
    sent = {item.kind: item.organisation_id for item in await world.rows(OutboxItem)}
    assert sent == {OutboxKind.DELEGATION: kari.organisation.id, OutboxKind.NOTICE: None}


@pytest.mark.parametrize(
    ("to", "name"),
    [
        (MINA, ""),
        (NILS, ""),
        (KARI, ""),
        (JONAS, "Jonas Hansen"),
        (JONAS, "Nordmann"),
        (JONAS, "Jonas Olav Nordmann"),
    ],
    ids=["too young", "protected", "oneself", "another name", "half a name", "more than the name"],
)
async def test_one_sentence_says_no_whatever_the_reason(
    database: AsyncEngine, clock: MovableClock, to: SyntheticPerson, name: str
) -> None:
    kari = await world.world()
    errors = await refused(kari, offer(to, name=name))
    assert errors == {"national_id": delegation.NO_SUCH_PERSON}


async def test_an_unknown_number_is_told_by_the_same_sentence(
    database: AsyncEngine, clock: MovableClock, register: Register
) -> None:
    kari = await world.world()
    register.forget(JONAS)
    assert await refused(kari, offer(JONAS)) == {"national_id": delegation.NO_SUCH_PERSON}
    assert register.asked == [KARI.national_id, JONAS.national_id]


async def test_a_register_that_is_down_is_said_plainly(
    database: AsyncEngine, clock: MovableClock, register: Register
) -> None:
    kari = await world.world()
    register.down = True
    assert await refused(kari, offer(JONAS)) == {"national_id": "delegation.error.register_down"}


@pytest.mark.parametrize("giver", [MINA, NILS])
async def test_the_giver_must_be_allowed_to_give(
    database: AsyncEngine, clock: MovableClock, register: Register, giver: SyntheticPerson
) -> None:
    register.born(MINA, date(2011, 4, 11))  # 15 years old
    person = await world.person(giver)
    came_to = await delegation.give(await acting_context(person.id), offer(JONAS))
    assert came_to.errors == {"national_id": delegation.NO_SUCH_PERSON}


async def test_names_are_compared_as_people_write_them(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    assert (await delegation.give(await kari.acting(), offer(JONAS, name=" NORDMANN,  jonas "))).errors == {}


@pytest.mark.parametrize(
    ("terms", "errors"),
    [
        (Terms({}), {"scopes": "delegation.error.no_scope"}),
        (Terms({Permission.MANAGE_CONSENT: ["*"]}), {"scopes": "delegation.error.no_scope"}),
        (Terms({Permission.SEE_VISITS: ["ukjent"]}), {"scopes": "delegation.error.unknown_service"}),
        (Terms(SEE, valid_from=date(2026, 11, 22)), {"valid_from": "delegation.error.from_past"}),
        (Terms(SEE, valid_until=date(2026, 11, 22)), {"valid_until": "delegation.error.until_before"}),
        (Terms(SEE, valid_until=date(2126, 11, 24)), {"valid_until": "delegation.error.too_far"}),
        (Terms(SEE, valid_until=date.max), {"valid_until": "delegation.error.too_far"}),
        (Terms(SEE, valid_from=date.max), {"valid_from": "delegation.error.too_far"}),
        (
            Terms(SEE, valid_from=date(2026, 12, 2), valid_until=date(2026, 12, 1)),
            {"valid_until": "delegation.error.until_before"},
        ),
    ],
)
async def test_impossible_terms_are_told_at_their_field(
    database: AsyncEngine, clock: MovableClock, terms: Terms, errors: dict[str, str]
) -> None:
    kari = await world.world()
    assert await refused(kari, offer(JONAS, terms)) == errors


async def test_its_days_are_whole_days_in_norway(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    days = Terms(SEE, valid_from=date(2026, 11, 25), valid_until=date(2026, 11, 25))
    await delegation.give(await kari.acting(), offer(JONAS, days))
    [row] = await world.rows(Representation)
    assert row.valid_until is not None
    assert (f"{row.valid_from:%d %H}", f"{row.valid_until:%d %H}") == ("24 23", "25 23")


async def test_writing_brings_reading_along(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    terms = Terms({Permission.WRITE_MESSAGES: [kari.service.id], Permission.CANCEL_VISITS: ["*"]})
    await delegation.give(await kari.acting(), offer(JONAS, terms))
    [row] = await world.rows(Representation)
    assert row.scopes == {
        "cancel_visits": ["*"],
        "read_messages": [kari.service.id],
        "see_visits": ["*"],
        "write_messages": [kari.service.id],
    }


async def test_a_change_ends_the_old_and_keeps_the_address(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    first = await delegation.give(await kari.acting(), offer(JONAS))
    clock.advance(days=1)
    changed = await delegation.change(await kari.acting(), first.representation_id, Terms(READ))
    rows = {row.id: row for row in await world.rows(Representation)}
    old, new = rows[first.representation_id], rows[changed.representation_id]
    assert (old.end_reason, old.ended_at, new.replaces_id) == (EndReason.CHANGED, clock.at, old.id)
    assert old.key == new.key
    jonas = await world.person(JONAS)
    acting = await acting_context(jonas.id, new.key)
    assert acting.permissions == {*WITH_ANY_SCOPE, Permission.READ_MESSAGES}
    assert acting.representation_id == new.id


async def test_the_same_again_changes_nothing(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    first = await delegation.give(await kari.acting(), offer(JONAS))
    clock.advance(minutes=1)
    assert await delegation.give(await kari.acting(), offer(JONAS)) == first
    assert len(await world.rows(Representation)) == 1


async def test_only_what_is_new_is_shown_from_the_instant_it_was_given(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    first = await delegation.give(await kari.acting(), offer(JONAS, Terms(SEE, only_new=True)))
    given_at = clock.at
    clock.advance(days=3)
    await delegation.change(await kari.acting(), first.representation_id, Terms(READ, only_new=True))
    assert (await holder(kari)).reach.since == given_at


async def test_withdrawing_bites_at_the_next_event(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    given = await delegation.give(await kari.acting(), offer(JONAS))
    acting = await holder(kari)
    await delegation.withdraw(await kari.acting(), given.representation_id)
    with pytest.raises(AccessDeniedError):
        await holder(kari)
    assert acting.permissions  # what was proved for one event is not for the next
    notices = [notice.kind for notice in await world.rows(Notice)]
    assert sorted(notices) == [NoticeKind.DELEGATION_ENDED, NoticeKind.DELEGATION_NEW]


async def test_withdrawing_twice_is_withdrawing_once(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    given = await delegation.give(await kari.acting(), offer(JONAS))
    await delegation.withdraw(await kari.acting(), given.representation_id)
    ended_at = clock.at
    clock.advance(days=1)
    await delegation.withdraw(await kari.acting(), given.representation_id)
    [row] = await world.rows(Representation)
    assert (row.ended_at, row.end_reason) == (ended_at, EndReason.WITHDRAWN)


async def test_a_holder_lets_go_and_the_giver_is_told(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    given = await delegation.give(await kari.acting(), offer(INGRID))
    ingrid = await world.person(INGRID, consented=False)
    await delegation.renounce(await acting_context(ingrid.id), given.representation_id)
    [row] = await world.rows(Representation)
    assert (row.end_reason, row.ended_by) == (EndReason.RENOUNCED, ingrid.id)
    told = [(notice.kind, notice.recipient_id) for notice in await world.rows(Notice)]
    assert (NoticeKind.DELEGATION_ENDED, kari.kari.id) in told
    logged = [entry for entry in await world.rows(AccessLogEntry) if entry.actor_id == ingrid.id]
    assert [(entry.action, entry.represented_id) for entry in logged] == [
        (LogAction.DELEGATION_RENOUNCE, kari.kari.id)
    ]


async def test_other_peoples_delegations_are_not_found(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    given = await delegation.give(await kari.acting(), offer(JONAS))
    ola = await acting_context((await world.person(OLA)).id)
    with pytest.raises(NotFoundError):
        await delegation.withdraw(ola, given.representation_id)
    with pytest.raises(NotFoundError):
        await delegation.change(ola, given.representation_id, Terms(SEE))
    with pytest.raises(NotFoundError):
        await delegation.renounce(ola, given.representation_id)


async def test_a_holder_cannot_give_it_on(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    await delegation.give(await kari.acting(), offer(JONAS, Terms({**SEE, **READ})))
    with pytest.raises(AccessDeniedError):
        await delegation.give(await holder(kari), offer(INGRID))


async def test_nothing_holds_before_its_first_day(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    await delegation.give(await kari.acting(), offer(JONAS, Terms(SEE, valid_from=date(2026, 11, 25))))
    with pytest.raises(AccessDeniedError):
        await holder(kari)
    clock.advance(days=2)
    assert (await holder(kari)).permissions
    assert timedelta(0) < clock.at - (await world.rows(Representation))[0].valid_from
