"""Taking a question: one of the circle says that she answers, so that the others need not wonder.

It binds nobody: whoever may write may still answer. It holds while the question is open and the one who took
it may answer; each reading looks again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.circle import ThreadTaking
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Thread
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.outside import clock
from digihelse_app.services import access_log, mailboxes, representation, visible
from digihelse_app.services.inbox import thread_of
from digihelse_app.services.representation import Holder


@dataclass(frozen=True, slots=True)
class Taken:
    """Who has said that she answers. `by_proxy`: she acts for the represented person."""

    person_id: str
    name: str
    given_name: str
    by_proxy: bool


def is_open(thread: Thread) -> bool:
    """Whether the service wrote last, and may be answered."""
    theirs = thread.last_from_service_at
    own = thread.last_from_citizen_at or mailboxes.NEVER
    return thread.closed_at is None and theirs is not None and theirs > own


def may_answer(holder: Holder, thread: Thread) -> bool:
    """Whether this one of the circle may read the conversation and write in it."""
    acting = holder.acting
    return visible.sees_thread(acting, thread) and acting.allows(Permission.WRITE_MESSAGES, thread.service_id)


async def take(acting: ActingContext, thread_id: str) -> None:
    """Say that the actor answers. Whoever was first keeps it; one that is no question stays free.

    Raises NotFoundError for a conversation the actor may not read, or not write in.
    """
    acting.require(Permission.WRITE_MESSAGES)
    async with unit_of_work() as session:
        # Locked: of two who take it at once, one is first.
        thread = await thread_of(session, acting, thread_id, locked=True)
        if not acting.allows(Permission.WRITE_MESSAGES, thread.service_id):
            raise NotFoundError
        holders = await representation.holders(session, acting.represented_id)
        row = await session.get(ThreadTaking, thread.id, populate_existing=True)
        if not is_open(thread) or (row is not None and holder_of(row, thread, holders) is not None):
            return
        row = row or ThreadTaking(thread_id=thread.id, actor_id=acting.actor_id, taken_at=clock.now())
        row.actor_id, row.taken_at = acting.actor_id, clock.now()
        session.add(row)
        access_log.record(session, acting, LogAction.THREAD_TAKE, "Thread", thread.id)
        mark_changed(session, acting.represented_id)


async def let_go(acting: ActingContext, thread_id: str) -> None:
    """Say that the actor does not answer after all; what another took stays hers. Raises NotFoundError."""
    acting.require(Permission.WRITE_MESSAGES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id, locked=True)
        row = await session.get(ThreadTaking, thread.id, populate_existing=True)
        if row is None or row.actor_id != acting.actor_id:
            return
        await session.delete(row)
        access_log.record(session, acting, LogAction.THREAD_LET_GO, "Thread", thread.id)
        mark_changed(session, acting.represented_id)


async def takings(acting: ActingContext, thread_ids: Sequence[str]) -> dict[str, Taken]:
    """Of the conversations on a list, those that one of the circle took; no word of them, so no log row."""
    acting.require(Permission.READ_MESSAGES)
    query = (
        select(ThreadTaking, Thread)
        .join(Thread, col(Thread.id) == col(ThreadTaking.thread_id))
        .where(
            col(ThreadTaking.thread_id).in_(thread_ids),
            Thread.person_id == acting.represented_id,
            *visible.threads(acting),
        )
    )
    async with unit_of_work(reading=True) as session:
        rows = (await session.exec(query)).all()
        holders = await representation.holders(session, acting.represented_id) if rows else []
    return {
        thread.id: taken
        for row, thread in rows
        if is_open(thread) and (taken := holder_of(row, thread, holders)) is not None
    }


def holder_of(row: ThreadTaking, thread: Thread, holders: Collection[Holder]) -> Taken | None:
    """Whose the question is; None when she may not answer it any more."""
    for holder in holders:
        if holder.person.id == row.actor_id and may_answer(holder, thread):
            person = holder.person
            return Taken(person.id, person.name, person.given_name, not holder.acting.for_self)
    return None


async def release(session: AsyncSession, thread_id: str, *, unless_by: str = "") -> None:
    """The question is free: it is answered, or kept from all but `unless_by`. The conversation is locked."""
    rows = delete(ThreadTaking).where(col(ThreadTaking.thread_id) == thread_id)
    await session.exec(rows.where(col(ThreadTaking.actor_id) != unless_by))


async def release_all(session: AsyncSession, represented_id: str, actor_id: str) -> None:
    """The actor acts for the represented person no more; a new right later does not take these again."""
    hers = select(Thread.id).where(Thread.person_id == represented_id)
    await session.exec(
        delete(ThreadTaking).where(
            col(ThreadTaking.actor_id) == actor_id, col(ThreadTaking.thread_id).in_(hers)
        )
    )
