"""Nothing tells an asker whom it reached: not the answer, the list, the work done, nor a no."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bench.inbox import Queries
from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import DelegationRequestStatus as Status
from digihelse_app.models.database import on_commit
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, DelegationRequest
from digihelse_app.services import delegation, delegation_requests
from digihelse_app.services.delegation_requests import Asked, Asking
from digihelse_app.services.delegation_rules import Terms
from tests import world
from tests.conftest import MovableClock
from tests.delegation_world import Register, asking, relative, signing
from tests.people import INGRID, JONAS, KARI, MINA, NILS, OLA
from tests.world import World

READ = Permission.READ_MESSAGES
TERMS = Terms({READ: [EVERY_SERVICE]})


@pytest.fixture(autouse=True)
def register() -> Iterator[Register]:
    """A register that knows the synthetic people."""
    with signing():
        known = Register()
        delegation.configure(known, {80})
        yield known


@pytest.fixture
async def kari(database: AsyncEngine, clock: MovableClock) -> World:
    """Kari and her service."""
    return await world.world()


def meant_for_nobody(register: Register) -> dict[str, Asking]:
    """Askings that reach nobody, by why."""
    register.forget(OLA)
    register.born(MINA, date(2011, 4, 11))
    return {
        "nobody has the number": asking(OLA),
        "another name": asking(KARI, "Kari Hansen"),
        "under sixteen": asking(MINA),
        "protected": asking(NILS),
    }


async def seen_by_asker(ingrid: ActingContext) -> list[tuple[str, Status, timedelta]]:
    """What the asker's list says, besides what she wrote."""
    listed = await delegation_requests.list_asked(ingrid)
    return [(one.reason, one.status, one.expires_at - one.asked_at) for one in listed]


@pytest.mark.parametrize("why", ["nobody has the number", "another name", "under sixteen", "protected"])
async def test_what_reaches_nobody_looks_the_same_to_the_asker(
    kari: World, register: Register, clock: MovableClock, why: str
) -> None:
    ingrid, jonas = await relative(), await relative(JONAS)
    reached = await delegation_requests.ask(ingrid, asking())
    lost = await delegation_requests.ask(jonas, meant_for_nobody(register)[why])
    assert reached.errors == lost.errors == {}
    assert await seen_by_asker(ingrid) == await seen_by_asker(jonas)
    clock.advance(days=31)
    assert await seen_by_asker(ingrid) == await seen_by_asker(jonas)
    rows = {row.asker_id: row.grantor_id for row in await world.rows(DelegationRequest)}
    assert rows == {ingrid.actor_id: kari.kari.id, jonas.actor_id: None}
    assert [one.recipient_id for one in await world.rows(Notice)] == [kari.kari.id]
    assert len(await world.rows(OutboxItem)) == 1
    assert len(await world.rows(Person)) == 3  # nobody was made of what was not meant


@pytest.mark.parametrize("known", [True, False], ids=["known to us", "new to us"])
async def test_as_much_is_done_for_nobody_as_for_somebody(
    kari: World, register: Register, known: bool
) -> None:
    ingrid = await relative()
    if known:
        await world.person(OLA, consented=False)
    signals: list[int] = []

    async def count(changed: set[str]) -> None:
        signals.append(len(changed))

    on_commit(count)
    costs = []
    for name in ("Ola Nordmann", "Ola Hansen"):
        queries = Queries()
        with queries.counted():
            await delegation_requests.ask(ingrid, asking(OLA, name))
        costs.append([statement.split()[0] for statement in queries.sent if "SAVEPOINT" not in statement])
    assert costs[0] == costs[1]
    assert signals == [2, 2]
    assert register.asked == [INGRID.national_id, OLA.national_id] * 2


async def test_a_wrong_name_leaves_nothing_on_the_one_who_has_the_number(
    kari: World, register: Register
) -> None:
    ingrid = await relative()
    register.people[KARI.national_id] = replace(register.people[KARI.national_id], given_name="Karin")
    await delegation_requests.ask(ingrid, asking(KARI, "Per Hansen"))
    [row] = [one for one in await world.rows(Person) if one.id == kari.kari.id]
    assert (row.given_name, row.register_read_at) == ("Kari", None)


async def test_a_no_is_not_told_to_the_asker(kari: World, clock: MovableClock) -> None:
    ingrid = await relative()
    asked = await delegation_requests.ask(ingrid, asking())
    before = await seen_by_asker(ingrid)
    await delegation_requests.decline(await kari.acting(), asked.request_id)
    assert await seen_by_asker(ingrid) == before == [("Jeg er datteren.", Status.WAITING, timedelta(days=30))]
    assert await delegation_requests.list_to_decide(await kari.acting()) == []
    with pytest.raises(NotFoundError):
        await delegation_requests.approve(await kari.acting(), asked.request_id, TERMS)
    clock.advance(days=30)
    assert [status for _, status, _ in await seen_by_asker(ingrid)] == [Status.EXPIRED]


async def test_a_no_does_not_make_room_for_another_question(kari: World) -> None:
    ingrid = await relative()
    asked = [await delegation_requests.ask(ingrid, asking()) for _ in range(5)]
    for one in asked:
        await delegation_requests.decline(await kari.acting(), one.request_id)
    too_many = Asked(errors={"asker": "asking.error.too_many"})
    assert await delegation_requests.ask(ingrid, asking()) == too_many
    await delegation_requests.withdraw_asking(ingrid, asked[0].request_id)
    assert (await delegation_requests.ask(ingrid, asking())).errors == {}
