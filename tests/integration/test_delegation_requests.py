"""A relative asks, and nothing tells her whom it reached until the answer is yes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import DelegationRequestStatus as Status
from digihelse_app.models.codes import LogAction, NoticeKind
from digihelse_app.models.notice import Notice
from digihelse_app.models.representation import EVERY_SERVICE, DelegationRequest, Representation
from digihelse_app.services import delegation, delegation_requests, notice_sending
from digihelse_app.services.delegation_requests import Asked, Asking
from digihelse_app.services.delegation_rules import Terms
from digihelse_app.services.notice_rules import Unsent
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.people import SyntheticPerson
from tests import world
from tests.conftest import MovableClock
from tests.delegation_world import Register, asking, relative, signing
from tests.people import INGRID, JONAS, MINA, NILS, OLA
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


async def test_what_is_asked_waits_for_the_one_who_is_asked(kari: World, clock: MovableClock) -> None:
    ingrid = await relative()
    asked = await delegation_requests.ask(ingrid, asking())
    [seen] = await delegation_requests.list_to_decide(await kari.acting())
    assert (seen.id, seen.asker_name, seen.masked_national_id, seen.permissions, seen.reason) == (
        asked.request_id,
        "Ingrid Nordmann",
        f"{INGRID.national_id[:6]}*****",
        (READ,),
        "Jeg er datteren.",
    )
    assert seen.expires_at == clock.at + timedelta(days=30)
    assert [(notice.kind, notice.recipient_id) for notice in await world.rows(Notice)] == [
        (NoticeKind.DELEGATION_ASKED, kari.kari.id)
    ]
    assert await world.rows(Representation) == []


async def test_a_yes_gives_what_was_said_yes_to(kari: World) -> None:
    ingrid = await relative()
    asked = await delegation_requests.ask(ingrid, replace(asking(), permissions=DELEGABLE))
    narrowed = Terms({Permission.SEE_VISITS: [kari.service.id]}, valid_until=date(2027, 1, 1))
    given = await delegation_requests.approve(await kari.acting(), asked.request_id, narrowed)
    [row] = await world.rows(Representation)
    assert (given.errors, row.id, row.scopes) == (
        {},
        given.representation_id,
        {Permission.SEE_VISITS: [kari.service.id]},
    )
    acting = await acting_context(ingrid.actor_id, row.key)
    assert acting.permissions & DELEGABLE == {Permission.SEE_VISITS}
    assert [one.status for one in await delegation_requests.list_asked(ingrid)] == [Status.APPROVED]
    assert await delegation_requests.list_to_decide(await kari.acting()) == []
    told = [(one.kind, one.recipient_id) for one in await world.rows(Notice)]
    assert (NoticeKind.DELEGATION_NEW, ingrid.actor_id) in told


async def test_one_yes_answers_all_that_the_same_person_asks(kari: World) -> None:
    ingrid, jonas = await relative(), await relative(JONAS)
    first = await delegation_requests.ask(ingrid, asking())
    await delegation_requests.ask(ingrid, asking(reason="Igjen."))
    await delegation_requests.ask(jonas, asking())
    await delegation_requests.approve(await kari.acting(), first.request_id, TERMS)
    waits = await delegation_requests.list_to_decide(await kari.acting())
    assert [one.asker_name for one in waits] == ["Jonas Nordmann"]


async def test_it_is_over_after_thirty_days_by_the_clock_alone(kari: World, clock: MovableClock) -> None:
    ingrid = await relative()
    asked = await delegation_requests.ask(ingrid, asking())
    clock.advance(days=30, seconds=-1)
    assert len(await delegation_requests.list_to_decide(await kari.acting())) == 1
    assert await delegation_requests.expire_unanswered() == 0
    clock.advance(seconds=1)
    assert await delegation_requests.list_to_decide(await kari.acting()) == []
    with pytest.raises(NotFoundError):
        await delegation_requests.approve(await kari.acting(), asked.request_id, TERMS)
    assert await delegation_requests.expire_unanswered() == 1
    assert [row.status for row in await world.rows(DelegationRequest)] == [Status.EXPIRED]


async def test_what_is_taken_back_cannot_be_answered(kari: World) -> None:
    ingrid = await relative()
    asked = await delegation_requests.ask(ingrid, asking())
    await delegation_requests.withdraw_asking(ingrid, asked.request_id)
    assert [one.status for one in await delegation_requests.list_asked(ingrid)] == [Status.WITHDRAWN]
    with pytest.raises(NotFoundError):
        await delegation_requests.approve(await kari.acting(), asked.request_id, TERMS)
    [notice] = await world.rows(Notice)
    assert await notice_sending.due(notice.id) is Unsent.ENDED


@pytest.mark.parametrize("asker", [MINA, NILS], ids=["too young", "protected"])
async def test_one_who_may_not_hold_is_told_so_of_herself(kari: World, asker: SyntheticPerson) -> None:
    asked = await delegation_requests.ask(await relative(asker), asking())
    assert asked == Asked(errors={"asker": "asking.error.may_not_hold"})


async def test_the_rules_are_asked_again_when_the_answer_is_yes(kari: World, register: Register) -> None:
    ingrid = await relative()
    asked = await delegation_requests.ask(ingrid, asking())
    register.born(INGRID, date(2010, 5, 2))
    refused = await delegation_requests.approve(await kari.acting(), asked.request_id, TERMS)
    assert refused.errors == {"asker": "asking.error.they_may_not_hold"}
    assert await world.rows(Representation) == []


@pytest.mark.parametrize(
    ("wanted", "errors"),
    [
        (replace(asking(), permissions=[]), {"permissions": "asking.error.no_permission"}),
        (
            replace(asking(), permissions=[Permission.MANAGE_DELEGATIONS]),
            {"permissions": "asking.error.no_permission"},
        ),
        (replace(asking(), reason="a" * 501), {"reason": "asking.error.long_reason"}),
        (replace(asking(), name="a" * 201), {"name": "asking.error.long_name"}),
        (replace(asking(), national_id="12345678901"), {"national_id": "delegation.error.number"}),
        (asking(INGRID), {"national_id": "asking.error.yourself"}),
    ],
)
async def test_what_can_be_mended_is_told_at_its_field(
    kari: World, wanted: Asking, errors: dict[str, str]
) -> None:
    assert await delegation_requests.ask(await relative(), wanted) == Asked(errors=errors)
    assert await world.rows(DelegationRequest) == []


async def test_others_questions_are_not_found(kari: World) -> None:
    ingrid = await relative()
    asked = await delegation_requests.ask(ingrid, asking())
    ola = await acting_context((await world.person(OLA)).id)
    for attempt in (
        delegation_requests.approve(ola, asked.request_id, TERMS),
        delegation_requests.approve(await acting_context(ola.actor_id), "\x00", TERMS),
        delegation_requests.decline(ola, asked.request_id),
        delegation_requests.withdraw_asking(ola, asked.request_id),
    ):
        with pytest.raises(NotFoundError):
            await attempt


async def test_a_holder_neither_reads_nor_answers_for_the_giver(kari: World) -> None:
    ingrid, jonas = await relative(), await relative(JONAS)
    asked = await delegation_requests.ask(jonas, asking())
    person = await world.person(INGRID, consented=False)
    row = world.representation(person, kari.kari, *DELEGABLE)
    await world.add(row)
    proxy = await acting_context(ingrid.actor_id, row.key)
    for attempt in (
        delegation_requests.list_to_decide(proxy),
        delegation_requests.approve(proxy, asked.request_id, TERMS),
        delegation_requests.decline(proxy, asked.request_id),
        delegation_requests.ask(proxy, asking(OLA)),
        delegation_requests.list_asked(proxy),
    ):
        with pytest.raises(AccessDeniedError):
            await attempt


async def test_each_step_is_in_the_log_of_whom_it_concerns(kari: World) -> None:
    ingrid = await relative()
    first = await delegation_requests.ask(ingrid, asking())
    second = await delegation_requests.ask(ingrid, asking(OLA))
    await delegation_requests.withdraw_asking(ingrid, second.request_id)
    await delegation_requests.approve(await kari.acting(), first.request_id, TERMS)
    logged = {(one.action, one.represented_id, one.object_id) for one in await world.rows(AccessLogEntry)}
    [given] = await world.rows(Representation)
    assert logged == {
        (LogAction.DELEGATION_ASK, ingrid.actor_id, first.request_id),
        (LogAction.DELEGATION_ASK, ingrid.actor_id, second.request_id),
        (LogAction.DELEGATION_ASK_TAKE_BACK, ingrid.actor_id, second.request_id),
        (LogAction.DELEGATION_GIVE, kari.kari.id, given.id),
        (LogAction.DELEGATION_APPROVE, kari.kari.id, first.request_id),
    }
