"""Proxies are told of what they could open right now, and of nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.permissions import DELEGABLE
from digihelse_app.models.codes import (
    AccessTag,
    EndReason,
    NoticeChannel,
    NoticeKind,
    NoticeStatus,
    RepresentationRole,
)
from digihelse_app.models.conversation import Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.notice import Notice, NoticeChoice
from digihelse_app.models.representation import Representation
from digihelse_app.services import notice_recipients, notice_sending, notices, visit_notices
from digihelse_app.services.notice_rules import Side, Unsent
from digihelse_app.services.notice_sending import DueNotice
from tests import visit_world, world
from tests.conftest import MovableClock
from tests.people import INGRID
from tests.world import World

Spoil = Callable[[World, Representation, Thread], None]


async def place(spoil: Spoil | None = None) -> tuple[World, Representation, Thread]:
    """Kari, Ingrid who may do everything for her, and a conversation; spoilt as told before it is kept."""
    kari = await world.world()
    ingrid = await world.person(INGRID, consented=False)
    row = world.representation(ingrid, kari.kari, *DELEGABLE)
    thread = world.thread(kari.kari, kari.service, world.later(days=1))
    if spoil:
        spoil(kari, row, thread)
    await world.add(row, thread)
    return kari, row, thread


async def told_of(thread: Thread) -> set[str]:
    """Whom a message in the conversation would be told."""
    async with unit_of_work(reading=True) as session:
        return set(await notice_recipients.of_thread(session, thread))


async def test_mother_and_daughter_are_told_each_for_herself(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari, row, thread = await place()
    for _ in range(2):
        async with unit_of_work() as session:
            told = await notice_recipients.of_thread(session, thread)
            await notices.notify_new_message(session, thread, told)
    written = await world.rows(Notice)
    assert sorted((one.recipient_id, one.person_id) for one in written) == sorted(
        [(kari.kari.id, kari.kari.id), (row.actor_id, kari.kari.id)]
    )
    due = {one.recipient_id: await notice_sending.due(one.id) for one in written}
    assert isinstance(due[row.actor_id], DueNotice)
    assert {one: isinstance(d, DueNotice) and d.side for one, d in due.items()} == {
        kari.kari.id: Side.OWN,
        row.actor_id: Side.OF_REPRESENTED,
    }


def no_notices(_kari: World, row: Representation, _thread: Thread) -> None:
    row.scopes = {scope: where for scope, where in row.scopes.items() if scope != "get_notices"}


def cannot_read(_kari: World, row: Representation, _thread: Thread) -> None:
    row.scopes = {scope: where for scope, where in row.scopes.items() if "messages" not in scope}


def notices_of_another_service(_kari: World, row: Representation, _thread: Thread) -> None:
    row.scopes = row.scopes | {"get_notices": ["another"]}


def reads_another_service(_kari: World, row: Representation, _thread: Thread) -> None:
    row.scopes = row.scopes | {"read_messages": ["another"]}


def hidden(_kari: World, _row: Representation, thread: Thread) -> None:
    thread.hidden_at = world.later(days=2)


def not_begun(_kari: World, row: Representation, _thread: Thread) -> None:
    row.valid_from = world.later(days=365)


def ran_out(_kari: World, row: Representation, _thread: Thread) -> None:
    row.valid_until = world.later(days=2)


def withdrawn(_kari: World, row: Representation, _thread: Thread) -> None:
    row.ended_at, row.end_reason = world.later(days=2), EndReason.WITHDRAWN


def only_from_later(_kari: World, row: Representation, _thread: Thread) -> None:
    row.since = world.later(days=2)


def guardian(_kari: World, row: Representation, _thread: Thread) -> None:
    row.role = RepresentationRole.VE


def grown_child(_kari: World, row: Representation, _thread: Thread) -> None:
    row.role = RepresentationRole.FO


SPOILS: list[Spoil] = [
    no_notices,
    cannot_read,
    notices_of_another_service,
    reads_another_service,
    hidden,
    not_begun,
    ran_out,
    withdrawn,
    only_from_later,
    guardian,
    grown_child,
]


@pytest.mark.parametrize("spoil", SPOILS, ids=[spoil.__name__ for spoil in SPOILS])
async def test_one_who_could_not_open_it_is_not_told(
    database: AsyncEngine, clock: MovableClock, spoil: Spoil
) -> None:
    kari, _, thread = await place(spoil)
    assert await told_of(thread) == {kari.kari.id}


async def test_one_who_wants_no_notices_gets_none(database: AsyncEngine, clock: MovableClock) -> None:
    kari, row, thread = await place()
    await world.add(NoticeChoice(person_id=row.actor_id, channel=NoticeChannel.NONE, updated_at=world.START))
    assert await told_of(thread) == {kari.kari.id}


async def test_what_ended_before_it_was_sent_is_not_sent(database: AsyncEngine, clock: MovableClock) -> None:
    kari, row, thread = await place()
    async with unit_of_work() as session:
        await notices.notify_new_message(session, thread, [kari.kari.id, row.actor_id])
    async with unit_of_work() as session:
        ended = await session.get_one(Representation, row.id)
        ended.ended_at = clock.at
        session.add(ended)
    fates = {one.recipient_id: await notice_sending.due(one.id) for one in await world.rows(Notice)}
    assert fates[row.actor_id] is Unsent.ENDED
    assert isinstance(fates[kari.kari.id], DueNotice)


async def test_a_visit_is_told_of_to_those_who_see_it(database: AsyncEngine, clock: MovableClock) -> None:
    kari, row, _ = await place()
    open_one = visit_world.visit(kari.kari, kari.service, clock.at + timedelta(days=1))
    kept = visit_world.visit(kari.kari, kari.service, clock.at + timedelta(days=2))
    kept.hidden_at = clock.at
    await world.add(open_one, kept)
    async with unit_of_work() as session:
        for visit in (open_one, kept):
            await visit_notices.notify_visit(session, NoticeKind.VISIT_CHANGED, kari.kari.id, visit.id)
    written = {(one.recipient_id, one.subject_id) for one in await world.rows(Notice)}
    assert written == {
        (kari.kari.id, open_one.id),
        (kari.kari.id, kept.id),
        (row.actor_id, open_one.id),
    }
    [mine] = [one for one in await world.rows(Notice) if one.recipient_id == row.actor_id]
    assert isinstance(await notice_sending.due(mine.id), DueNotice)
    async with unit_of_work() as session:
        now_hidden = await session.get_one(type(open_one), open_one.id)
        now_hidden.hidden_at = clock.at
        session.add(now_hidden)
    assert await notice_sending.due(mine.id) is Unsent.ENDED
    assert (mine.status, AccessTag.NOBODY) == (NoticeStatus.PENDING, open_one.access_tag)
