"""The circle of a conversation: who is in it, who has read, who answers, and who has taken the question."""

import asyncio
from datetime import timedelta

import pytest

from bench.inbox import cost
from digihelse_app.access.context import AccessDeniedError, ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.circle import ThreadTaking
from digihelse_app.models.codes import EndReason, LogAction
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock as app_clock
from digihelse_app.services import circle, circle_taking, delegation_rows, drafts, hiding, inbox
from digihelse_app.services.circle import Circle
from digihelse_app.services.drafts import DraftContent
from digihelse_app.services.representation import acting_context
from tests import circle_world, world
from tests.circle_world import again, reply
from tests.conftest import MovableClock
from tests.people import ASTRID, ERIK, OLA

pytestmark = pytest.mark.usefixtures("database", "clock")


def names(around: Circle) -> list[str]:
    """The others by given name."""
    return [one.given_name for one in around.others]


async def test_circle_is_herself_and_those_who_may_read_it_now() -> None:
    them = await circle_world.circle()
    await circle_world.proxy(them.world, ASTRID, Permission.SEE_VISITS)
    _, ended = await circle_world.proxy(them.world, ERIK, Permission.READ_MESSAGES)
    ended.ended_at = app_clock.now()
    await world.add(ended)
    assert names(await circle.around(them.kari, them.thread.id)) == ["Ingrid", "Jonas"]
    assert names(await circle.around(them.ingrid, them.thread.id)) == ["Kari", "Jonas"]
    assert [one.is_proxy for one in (await circle.around(them.ingrid, them.thread.id)).others] == [
        False,
        True,
    ]


async def test_circle_follows_services_since_and_hiding() -> None:
    them = await circle_world.circle()
    his = them.rights["jonas"]
    his.scopes = {Permission.READ_MESSAGES: [new_id()]}
    await world.add(his)
    assert names(await circle.around(them.kari, them.thread.id)) == ["Ingrid"]
    hers = them.rights["ingrid"]
    hers.since = app_clock.now()
    await world.add(hers)
    assert names(await circle.around(them.kari, them.thread.id)) == []
    hers.since = None
    await world.add(hers)
    await hiding.hide_thread(them.kari, them.thread.id)
    assert names(await circle.around(them.kari, them.thread.id)) == []


async def test_circle_is_told_to_nobody_outside_it() -> None:
    them = await circle_world.circle()
    astrid, _ = await circle_world.proxy(them.world, ASTRID, Permission.SEE_VISITS)
    with pytest.raises(AccessDeniedError):
        await circle.around(astrid, them.thread.id)
    ola = await acting_context((await world.person(OLA)).id)
    with pytest.raises(NotFoundError):
        await circle.around(ola, them.thread.id)


async def test_reading_is_told_with_when_it_was_and_how_far(clock: MovableClock) -> None:
    them = await circle_world.circle()
    assert (await circle.around(them.kari, them.thread.id)).reads == []
    read_at = clock.at
    await inbox.open_thread(them.ingrid, them.thread.id)
    clock.advance(hours=1)
    await inbox.open_thread(them.ingrid, them.thread.id)
    (read,) = (await circle.around(them.kari, them.thread.id)).reads
    assert (read.member.given_name, read.at, read.until) == ("Ingrid", read_at, them.thread.last_message_at)
    assert (await circle.around(them.ingrid, them.thread.id)).reads == []


async def test_looking_without_seeing_is_not_reading() -> None:
    them = await circle_world.circle()
    await inbox.open_thread(them.ingrid, them.thread.id, seen=False)
    assert (await circle.around(them.kari, them.thread.id)).reads == []


async def answering(acting: ActingContext, thread_id: str) -> list[str]:
    """Who is answering."""
    return [one.given_name for one in (await circle.around(acting, thread_id)).answering]


async def test_one_who_writes_is_answering_for_ten_minutes_and_until_it_is_sent(clock: MovableClock) -> None:
    them = await circle_world.circle()
    key, id = new_id(), them.thread.id
    await drafts.save(them.ingrid, id, DraftContent("Hei", idempotency_key=key))
    assert (await answering(them.kari, id), await answering(them.ingrid, id)) == (["Ingrid"], [])
    clock.advance(minutes=10)
    assert await answering(them.kari, id) == []
    await drafts.save(them.ingrid, id, DraftContent("Hei på", idempotency_key=key))
    assert await answering(them.jonas, id) == ["Ingrid"]
    await reply(them.ingrid, them.thread, key)
    assert await answering(them.kari, id) == []


async def test_one_who_may_not_write_any_more_is_not_answering() -> None:
    them = await circle_world.circle()
    await drafts.save(them.ingrid, them.thread.id, DraftContent("Hei", idempotency_key=new_id()))
    hers = them.rights["ingrid"]
    hers.scopes = {Permission.READ_MESSAGES: ["*"]}
    await world.add(hers)
    assert await answering(them.kari, them.thread.id) == []


async def taken(acting: ActingContext, thread_id: str) -> str:
    """Whose the question is, as a conversation and a list tell it alike."""
    around = (await circle.around(acting, thread_id)).taken
    assert (await circle_taking.takings(acting, [thread_id])).get(thread_id) == around
    return around.given_name if around else ""


async def test_question_is_taken_by_one_and_seen_by_all() -> None:
    them = await circle_world.circle()
    id = them.thread.id
    assert (await circle.around(them.kari, id)).may_take
    assert not (await circle.around(them.jonas, id)).may_take
    await circle_taking.take(them.ingrid, id)
    await circle_taking.take(them.kari, id)
    assert [await taken(who, id) for who in (them.kari, them.ingrid, them.jonas)] == ["Ingrid"] * 3
    assert not (await circle.around(them.kari, id)).may_take
    await circle_taking.let_go(them.kari, id)
    assert await taken(them.kari, id) == "Ingrid"
    await circle_taking.let_go(them.ingrid, id)
    assert await taken(them.kari, id) == ""
    actions = [row.action for row in await world.rows(AccessLogEntry) if row.object_id == id]
    assert [actions.count(one) for one in (LogAction.THREAD_TAKE, LogAction.THREAD_LET_GO)] == [1, 1]


async def test_of_two_who_take_it_at_once_one_has_it() -> None:
    them = await circle_world.circle()
    await asyncio.gather(*(circle_taking.take(who, them.thread.id) for who in (them.ingrid, them.kari)))
    assert len(await world.rows(ThreadTaking)) == 1
    log = [row for row in await world.rows(AccessLogEntry) if row.action is LogAction.THREAD_TAKE]
    assert len(log) == 1


async def test_who_may_not_write_takes_nothing() -> None:
    them = await circle_world.circle()
    with pytest.raises(AccessDeniedError):
        await circle_taking.take(them.jonas, them.thread.id)
    hers = them.rights["ingrid"]
    hers.scopes = {**hers.scopes, Permission.WRITE_MESSAGES: [new_id()]}
    await world.add(hers)
    with pytest.raises(NotFoundError):
        await circle_taking.take(await again(them.ingrid, hers), them.thread.id)


async def test_answer_from_anyone_frees_the_question() -> None:
    them = await circle_world.circle()
    await circle_taking.take(them.ingrid, them.thread.id)
    await reply(them.kari, them.thread)
    assert await world.rows(ThreadTaking) == []
    await circle_taking.take(them.ingrid, them.thread.id)
    assert await world.rows(ThreadTaking) == []


async def test_question_is_free_when_its_takers_right_ends_and_not_taken_by_a_new_one(
    clock: MovableClock,
) -> None:
    them = await circle_world.circle()
    hers = them.rights["ingrid"]
    hers.valid_until = clock.at + timedelta(hours=1)
    await world.add(hers)
    await circle_taking.take(them.ingrid, them.thread.id)
    clock.advance(hours=1)
    assert await taken(them.kari, them.thread.id) == ""
    await circle_taking.take(them.kari, them.thread.id)
    assert await taken(them.kari, them.thread.id) == "Kari"


async def test_withdrawal_takes_the_question_back_for_good() -> None:
    them = await circle_world.circle()
    await circle_taking.take(them.ingrid, them.thread.id)
    async with unit_of_work() as session:
        row = await session.get_one(Representation, them.rights["ingrid"].id)
        await delegation_rows.end(session, row, EndReason.WITHDRAWN, them.kari.actor_id)
    assert await world.rows(ThreadTaking) == []


async def test_fifty_proxies_cost_as_many_queries_as_one() -> None:
    them = await circle_world.circle()
    await circle_taking.take(them.ingrid, them.thread.id)
    acts = [
        lambda who: circle.around(who, them.thread.id),
        lambda who: circle_taking.takings(who, [them.thread.id]),
    ]
    few = [await cost(act, them.kari) for act in acts]
    async with unit_of_work() as session:
        for n in range(50):
            one = Person(
                national_id_index=f"proxy {n}",
                national_id_cipher=b"",
                created_at=world.START,
                given_name=f"Nr{n}",
                family_name="Nordmann",
            )
            session.add(one)
            await session.flush()
            session.add(world.representation(one, them.world.kari, "read_messages"))
    assert len((await circle.around(them.kari, them.thread.id)).others) == 52
    assert [await cost(act, them.kari) for act in acts] == few


async def test_list_tells_who_wrote_last() -> None:
    them = await circle_world.circle()
    await reply(them.ingrid, them.thread)
    told = [(await inbox.list_threads(who)).threads[0].by_other for who in (them.kari, them.ingrid)]
    assert told == ["Ingrid Nordmann", ""]
    assert (await inbox.list_threads(them.jonas)).threads[0].by_other == "Ingrid Nordmann"
