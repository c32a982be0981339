"""Reading the inbox: conversations newest first, one conversation whole, who may be written to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread, ThreadReading
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.outside import clock
from digihelse_app.services import access_log, care, reply_promise

PAGE_SIZE = 20
MESSAGES_SHOWN = 50
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of conversations ended: the next page holds what is older (keyset)."""

    last_message_at: datetime
    thread_id: str


@dataclass(frozen=True, slots=True)
class ThreadSummary:
    """A conversation as a list shows it; times are UTC."""

    thread: Thread
    service: CareService
    unread: bool

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
    """One conversation with its newest messages, oldest of them first."""

    thread: Thread
    service: CareService
    messages: list[Message]
    may_reply: bool
    has_older: bool

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
    return newest_own is not None and newest_own >= (thread.last_from_service_at or _LONG_AGO)


_UNREAD = and_(
    col(Thread.last_from_service_at).is_not(None),
    or_(
        col(ThreadReading.read_until).is_(None),
        col(Thread.last_from_service_at) > col(ThreadReading.read_until),
    ),
)


async def list_threads(
    acting: ActingContext, after: Cursor | None = None, limit: int = PAGE_SIZE
) -> ThreadPage:
    """The represented person's conversations, newest first, `limit` at a time."""
    acting.require(Permission.READ_MESSAGES)
    query = (
        select(Thread, CareService, _UNREAD.label("unread"))
        .join(CareService, col(CareService.id) == col(Thread.service_id))
        .outerjoin(
            ThreadReading,
            and_(
                col(ThreadReading.thread_id) == col(Thread.id),
                col(ThreadReading.reader_id) == acting.actor_id,
            ),
        )
        .where(Thread.person_id == acting.represented_id)
        .order_by(col(Thread.last_message_at).desc(), col(Thread.id).desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(
            or_(
                col(Thread.last_message_at) < after.last_message_at,
                and_(col(Thread.last_message_at) == after.last_message_at, col(Thread.id) < after.thread_id),
            )
        )
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.THREADS_READ, "Thread")
        rows = (await session.exec(query)).all()
    threads = [ThreadSummary(thread, service, bool(unread)) for thread, service, unread in rows]
    return ThreadPage(threads[:limit], _cursor(threads[:limit]) if len(threads) > limit else None)


def _cursor(threads: Sequence[ThreadSummary]) -> Cursor:
    last = threads[-1].thread
    return Cursor(last.last_message_at, last.id)


async def count_unread(acting: ActingContext) -> int:
    """How many conversations hold an answer the actor has not read."""
    acting.require(Permission.READ_MESSAGES)
    query = (
        select(func.count())
        .select_from(Thread)
        .outerjoin(
            ThreadReading,
            and_(
                col(ThreadReading.thread_id) == col(Thread.id),
                col(ThreadReading.reader_id) == acting.actor_id,
            ),
        )
        .where(Thread.person_id == acting.represented_id, _UNREAD)
    )
    async with unit_of_work(reading=True) as session:
        return (await session.exec(query)).one()


async def open_thread(
    acting: ActingContext, thread_id: str, limit: int = MESSAGES_SHOWN, *, seen: bool = True
) -> OpenThread:
    """One conversation with its newest `limit` messages.

    `seen` marks it read, for the actor alone; a page that nobody looks at is not read by being kept fresh.
    Raises NotFoundError when the represented person has no such conversation.
    """
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id, locked=seen)
        service = await session.get_one(CareService, thread.service_id)
        newest = await session.exec(
            select(Message)
            .where(Message.thread_id == thread.id)
            .order_by(col(Message.sent_at).desc(), col(Message.id).desc())
            .limit(limit + 1)
        )
        messages = list(newest)
        if seen:
            await _mark_read(session, acting, thread)
        access_log.record(session, acting, LogAction.THREAD_READ, "Thread", thread.id)
        may_reply = thread.closed_at is None and await care.may_write_to(
            session, acting.represented_id, service
        )
    return OpenThread(
        thread,
        service,
        messages[:limit][::-1],
        may_reply and Permission.WRITE_MESSAGES in acting.permissions,
        has_older=len(messages) > limit,
    )


async def mark_seen(acting: ActingContext, thread_id: str) -> None:
    """The conversation on the page has been looked at as it stands; raises NotFoundError."""
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        await _mark_read(session, acting, await thread_of(session, acting, thread_id, locked=True))


async def thread_of(
    session: AsyncSession, acting: ActingContext, thread_id: str, *, locked: bool = False
) -> Thread:
    """The conversation, looked up within the represented person; raises NotFoundError.

    `locked` lets nobody else change what hangs on it, until this unit of work ends.
    """
    if not thread_id.isprintable():  # what no database would take
        raise NotFoundError
    lock = {"key_share": True} if locked else None
    thread = await session.get(Thread, thread_id, with_for_update=lock)
    if thread is None or thread.person_id != acting.represented_id:
        raise NotFoundError
    return thread


async def _mark_read(session: AsyncSession, acting: ActingContext, thread: Thread) -> None:
    reading = await session.get(ThreadReading, (thread.id, acting.actor_id))
    if reading is None:
        reading = ThreadReading(
            thread_id=thread.id, reader_id=acting.actor_id, read_until=thread.last_message_at
        )
    reading.read_until = max(reading.read_until, thread.last_message_at)
    session.add(reading)


async def list_recipients(acting: ActingContext) -> list[Recipient]:
    """The services the represented person receives, open ones first; the others tell when they open."""
    acting.require(Permission.WRITE_MESSAGES)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.RECIPIENTS_READ, "CareService")
        services = await care.received(session, acting.represented_id)
    recipients = [_recipient(service) for service in services]
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
