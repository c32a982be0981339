"""Reading the inbox: conversations newest first, one conversation whole, who may be written to."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.attachment import Attachment
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread, ThreadReading
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.outside import clock
from digihelse_app.services import (
    access_log,
    attachments,
    care,
    mailboxes,
    reply_promise,
    thread_list,
    visible,
)
from digihelse_app.services.thread_list import EVERYTHING, Choice, Cursor

PAGE_SIZE = 20
MESSAGES_SHOWN = 50
COUNTED = 100
"""Unread conversations are counted this far: a badge says "99+"."""


@dataclass(frozen=True, slots=True)
class ThreadSummary:
    """A conversation as a list shows it; times are UTC.

    `failed`: the newest that was written to the service was given up, and is not there. `by_other`: who wrote
    that, empty when it was the actor.
    """

    thread: Thread
    service: CareService
    unread: bool
    archived: bool = False
    failed: bool = False
    by_other: str = ""

    @property
    def awaits_reply(self) -> bool:
        """Whether the newest message is the citizen's own."""
        return _awaits_reply(self.thread)


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Conversations newest first, and where to go on, None at the end."""

    threads: list[ThreadSummary]
    following: Cursor | None


@dataclass(frozen=True, slots=True)
class OpenThread:
    """One conversation with its newest messages, oldest of them first; `attachments` by message id."""

    thread: Thread
    service: CareService
    messages: list[Message]
    may_reply: bool
    has_older: bool
    archived: bool = False
    attachments: dict[str, list[Attachment]] = field(default_factory=dict)

    @property
    def first(self) -> Cursor | None:
        """Where the messages shown begin; the next page holds what is older."""
        oldest = self.messages[0] if self.messages else None
        return Cursor(oldest.sent_at, oldest.id) if oldest else None

    @property
    def awaits_reply(self) -> bool:
        """Whether the newest message is the citizen's own."""
        return _awaits_reply(self.thread)


@dataclass(frozen=True, slots=True)
class Recipient:
    """A service the represented person receives; `opens_on` None means it has not opened for dialogue.

    `opening_hours` and `categories` are as in `CareService`; `reply_due_on` (Europe/Oslo) is by when what
    is sent now is answered, None for no promise.
    """

    id: str
    name: str
    phone: str
    open: bool
    opens_on: date | None
    reply_working_days: int | None
    reply_due_on: date | None = None
    opening_hours: list[dict[str, Any]] = field(default_factory=list)
    categories: list[dict[str, Any]] = field(default_factory=list)
    emergency_text: str = ""


def _awaits_reply(thread: Thread) -> bool:
    newest_own = thread.last_from_citizen_at
    return newest_own is not None and newest_own >= (thread.last_from_service_at or mailboxes.NEVER)


async def list_threads(
    acting: ActingContext,
    after: Cursor | None = None,
    limit: int = PAGE_SIZE,
    chosen: Choice = EVERYTHING,
) -> ThreadPage:
    """The represented person's conversations that fit what is chosen, newest first, `limit` at a time.

    What was searched for is not logged: it may say more than the answer.
    """
    acting.require(Permission.READ_MESSAGES)
    action = LogAction.THREADS_SEARCH if chosen.text else LogAction.THREADS_READ
    async with unit_of_work() as session:
        await mailboxes.open_for(session, acting)
        access_log.record(session, acting, action, "Thread")
        rows = (await session.exec(thread_list.page(acting, chosen, after, limit + 1))).all()
    threads = [
        _summary(acting, thread, service, reading, newest_own)
        for thread, service, reading, newest_own in rows
    ]
    return ThreadPage(threads[:limit], _cursor(threads[:limit]) if len(threads) > limit else None)


def _summary(
    acting: ActingContext,
    thread: Thread,
    service: CareService,
    reading: ThreadReading,
    newest_own: Message | None,
) -> ThreadSummary:
    summary = ThreadSummary(thread, service, reading.unread, reading.away)
    if newest_own is None:
        return summary
    by_other = newest_own.author_name if newest_own.author_id != acting.actor_id else ""
    return replace(summary, failed=newest_own.failed_at is not None, by_other=by_other)


def _cursor(threads: Sequence[ThreadSummary]) -> Cursor:
    last = threads[-1].thread
    return Cursor(last.last_message_at, last.id)


async def list_services(acting: ActingContext) -> list[CareService]:
    """The services the represented person has conversations with, by name."""
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        await mailboxes.open_for(session, acting)
        return list(await session.exec(thread_list.services(acting)))


async def count_unread(acting: ActingContext) -> int:
    """How many conversations hold an answer the actor has not read, up to `COUNTED`."""
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work(reading=True) as session:
        if await mailboxes.is_open(session, acting):
            return (await session.exec(thread_list.unread_count(acting, COUNTED))).one()
    async with unit_of_work() as session:
        await mailboxes.open_for(session, acting)
        return (await session.exec(thread_list.unread_count(acting, COUNTED))).one()


async def open_thread(
    acting: ActingContext,
    thread_id: str,
    since: Cursor | None = None,
    *,
    older: bool = False,
    seen: bool = True,
) -> OpenThread:
    """One conversation with its newest messages, or all of them from `since` on; `older` takes a page more.

    `seen` marks it read, for the actor alone; a page that nobody looks at is not read by being kept fresh.
    Raises NotFoundError when the represented person has no such conversation.
    """
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id, locked=seen)
        service = await session.get_one(CareService, thread.service_id)
        messages, has_older = await _messages(session, acting, thread, since, older=older)
        files = await attachments.of_messages(session, [message.id for message in messages])
        reading = await mailboxes.copy_of(session, acting, thread)
        if seen:
            _read_until_now(session, acting, thread, reading)
        access_log.record(session, acting, LogAction.THREAD_READ, "Thread", thread.id)
        may_reply = thread.closed_at is None and await care.may_write_to(
            session, acting.represented_id, service
        )
    return OpenThread(
        thread,
        service,
        messages,
        may_reply and acting.allows(Permission.WRITE_MESSAGES, service.id),
        has_older,
        reading.away,
        files,
    )


async def _messages(
    session: AsyncSession, acting: ActingContext, thread: Thread, since: Cursor | None, *, older: bool
) -> tuple[list[Message], bool]:
    """Messages oldest first, and whether there are any before them."""
    newest_first = (
        select(Message)
        .where(Message.thread_id == thread.id, *visible.messages(acting))
        .order_by(col(Message.sent_at).desc(), col(Message.id).desc())
    )
    kept: list[Message] = []
    if since is not None:
        place = tuple_(col(Message.sent_at), col(Message.id))
        kept = list(await session.exec(newest_first.where(place >= since.values)))
        newest_first = newest_first.where(place < since.values)
    wanted = MESSAGES_SHOWN if older or since is None else 0
    before = list(await session.exec(newest_first.limit(wanted + 1)))
    return [*kept, *before[:wanted]][::-1], len(before) > wanted


async def mark_seen(acting: ActingContext, thread_id: str) -> None:
    """The conversation on the page has been looked at as it stands; raises NotFoundError."""
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id, locked=True)
        _read_until_now(session, acting, thread, await mailboxes.copy_of(session, acting, thread))


def _read_until_now(
    session: AsyncSession, acting: ActingContext, thread: Thread, reading: ThreadReading
) -> None:
    """Mark it read; that a proxy has is told in open tabs, her own reading is of no haste to the proxies."""
    if mailboxes.mark_read(reading, thread.last_message_at) and not acting.for_self:
        mark_changed(session, acting.represented_id)


async def thread_of(
    session: AsyncSession, acting: ActingContext, thread_id: str, *, locked: bool = False
) -> Thread:
    """The conversation, looked up within what the actor may read for the represented; or NotFoundError.

    `locked` lets nobody else change what hangs on it, until this unit of work ends.
    """
    if not thread_id.isprintable():  # what no database would take
        raise NotFoundError
    lock = {"key_share": True} if locked else None
    thread = await session.get(Thread, thread_id, with_for_update=lock)
    if thread is None or not visible.sees_thread(acting, thread):
        raise NotFoundError
    return thread


async def list_recipients(acting: ActingContext) -> list[Recipient]:
    """The services the represented person receives, open ones first; the others tell when they open."""
    acting.require(Permission.WRITE_MESSAGES)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.RECIPIENTS_READ, "CareService")
        services = await care.received(session, acting.represented_id)
    allowed = [service for service in services if acting.allows(Permission.WRITE_MESSAGES, service.id)]
    recipients = [_recipient(service) for service in allowed]
    return sorted(recipients, key=lambda recipient: not recipient.open)


def _recipient(service: CareService) -> Recipient:
    return Recipient(
        service.id,
        service.name,
        service.phone,
        service.open_for_dialogue(clock.today()),
        service.opens_on,
        service.reply_working_days,
        reply_promise.due_on(clock.now(), service.reply_working_days, service.opening_hours),
        service.opening_hours,
        service.categories,
        service.emergency_text,
    )
