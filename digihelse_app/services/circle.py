"""The circle of a conversation: the represented person and those who may read it for her, at this instant.

What the circle knows of each other stays in it: it is read by those in it alone, and never told a service.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.circle import ThreadTaking
from digihelse_app.models.conversation import Message, Thread, ThreadReading
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.draft import Draft
from digihelse_app.outside import clock
from digihelse_app.services import circle_taking, hiding, representation, visible
from digihelse_app.services.circle_taking import Taken
from digihelse_app.services.drafts import BEING_WRITTEN
from digihelse_app.services.hiding import Hiding
from digihelse_app.services.inbox import thread_of
from digihelse_app.services.representation import Holder


@dataclass(frozen=True, slots=True)
class Member:
    """One of the circle. `is_proxy`: she acts for the represented person."""

    person_id: str
    name: str
    given_name: str
    is_proxy: bool


@dataclass(frozen=True, slots=True)
class Read:
    """That a member has read all that was sent up to `until`, at `at` (UTC)."""

    member: Member
    until: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class Circle:
    """What the actor is told of the others in the circle, who are `others`.

    `answering`: of them, who are writing an answer; `taken`: who has said that she answers, also the actor.
    `may_take`: the actor may say so now. `hiding` is None for who cannot hide anything.
    """

    others: list[Member]
    reads: list[Read]
    answering: list[Member]
    taken: Taken | None
    may_take: bool
    hiding: Hiding | None


async def around(acting: ActingContext, thread_id: str) -> Circle:
    """The circle of a conversation that the actor reads; raises NotFoundError for any other.

    It is a part of opening the conversation, which is in the log, and so has no log row of its own.
    """
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work(reading=True) as session:
        thread = await thread_of(session, acting, thread_id)
        everyone = await representation.holders(session, acting.represented_id)
        readers = [holder for holder in everyone if visible.sees_thread(holder.acting, thread)]
        others = [holder for holder in readers if holder.person.id != acting.actor_id]
        taking = await session.get(ThreadTaking, thread.id)
        is_open = circle_taking.is_open(thread)
        taken = circle_taking.holder_of(taking, thread, everyone) if taking and is_open else None
        may_write = acting.allows(Permission.WRITE_MESSAGES, thread.service_id)
        may_hide = Permission.HIDE_FROM_PROXIES in acting.permissions
        return Circle(
            others=[_member(holder) for holder in others],
            reads=await _reads(session, thread, others),
            answering=await _answering(session, thread, others),
            taken=taken,
            may_take=bool(others) and is_open and taken is None and may_write,
            hiding=await hiding.of(session, acting, thread) if may_hide else None,
        )


def _member(holder: Holder) -> Member:
    person = holder.person
    return Member(person.id, person.name, person.given_name, not holder.acting.for_self)


async def _reads(session: AsyncSession, thread: Thread, others: Sequence[Holder]) -> list[Read]:
    if not others:
        return []
    query = select(ThreadReading).where(
        ThreadReading.thread_id == thread.id,
        col(ThreadReading.reader_id).in_([holder.person.id for holder in others]),
        col(ThreadReading.read_at).is_not(None),
    )
    rows = {row.reader_id: row for row in await session.exec(query)}
    return [
        Read(_member(holder), row.read_until, row.read_at)
        for holder in others
        if (row := rows.get(holder.person.id)) is not None and row.read_at is not None
    ]


async def _answering(session: AsyncSession, thread: Thread, others: Sequence[Holder]) -> list[Member]:
    """Who has written on an answer lately and may still send it: that they do, and no word of it."""
    able = {holder.person.id: holder for holder in others if circle_taking.may_answer(holder, thread)}
    if not able or thread.closed_at is not None:
        return []
    sent = select(Message.id).where(
        Message.author_id == Draft.actor_id, Message.idempotency_key == Draft.idempotency_key
    )
    query = select(Draft.actor_id).where(
        Draft.person_id == thread.person_id,
        Draft.place == thread.id,
        col(Draft.actor_id).in_(able),
        Draft.updated_at > clock.now() - BEING_WRITTEN,
        ~sent.exists(),
    )
    writing = set(await session.exec(query))
    return [_member(holder) for id, holder in able.items() if id in writing]
