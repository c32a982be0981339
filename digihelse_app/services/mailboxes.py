"""Readers' own copies of conversations: made when a reader first looks, and kept up as messages come.

Every list and count of the inbox reads these rows by one index, so its price does not follow the number of
conversations. Whoever stores a message or closes a conversation calls `follow` in the same transaction.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Insert, and_, false, insert, literal, or_
from sqlalchemy import select as select_of
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.sqltypes import UTCDateTime

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.models.conversation import Mailbox, Thread, ThreadReading
from digihelse_app.models.person import Person
from digihelse_app.outside import clock

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`read_until` of what has not been read."""
_NEXT_INSTANT = timedelta(microseconds=1)


async def is_open(session: AsyncSession, acting: ActingContext) -> bool:
    """Whether the actor has looked into this inbox before."""
    return await session.get(Mailbox, (acting.represented_id, acting.actor_id)) is not None


async def open_for(session: AsyncSession, acting: ActingContext) -> None:
    """Make the actor's copies the first time; all of it is unread to her."""
    if await is_open(session, acting):
        return
    await _hold(session, acting.represented_id)
    if await is_open(session, acting):
        return
    session.add(Mailbox(person_id=acting.represented_id, reader_id=acting.actor_id))
    await session.flush()
    await session.exec(_copies(acting))


async def follow(session: AsyncSession, thread: Thread) -> None:
    """Bring every reader's copy in line with the conversation as it now stands.

    A new message takes an archived copy back, and one from the service is unread. The conversation is new, or
    locked by the caller.
    """
    await session.flush()
    await _hold(session, thread.person_id)
    readers = await session.exec(select(Mailbox.reader_id).where(Mailbox.person_id == thread.person_id))
    for reader_id in sorted(readers):
        reading = await session.get(ThreadReading, (thread.id, reader_id), with_for_update=True)
        if reading is None:
            session.add(_copy(thread, reader_id))
        else:
            _repeat(reading, thread)


def next_instant(thread: Thread) -> datetime:
    """When (UTC) a message that is written now stands in a conversation: after all that is there.

    So also when the clocks of two machines differ; whoever has read or put away what was there has not this.
    """
    return max(clock.now(), thread.last_message_at + _NEXT_INSTANT)


async def copy_of(session: AsyncSession, acting: ActingContext, thread: Thread) -> ThreadReading:
    """The actor's copy, locked for a change."""
    await open_for(session, acting)
    reading = await session.get(
        ThreadReading, (thread.id, acting.actor_id), with_for_update=True, populate_existing=True
    )
    if reading is None:
        raise NotFoundError
    return reading


def mark_read(reading: ThreadReading, until: datetime) -> bool:
    """The reader has seen what was written until then; whether that is further than before."""
    further = until > reading.read_until
    if further:
        reading.read_until, reading.read_at = until, clock.now()
    _derive(reading)
    return further


def put_away(reading: ThreadReading) -> None:
    """Archive the copy as it stands; what is put away counts as read."""
    # As far as it goes, and not now: a message that is on its way has a time already, and comes after.
    reading.archived_at = reading.last_message_at
    mark_read(reading, reading.last_message_at)


def take_back(reading: ThreadReading) -> None:
    """Undo `put_away`."""
    reading.archived_at = None
    _derive(reading)


async def _hold(session: AsyncSession, person_id: str) -> None:
    """One at a time makes a mailbox or a conversation of this person's, so that no copy is missed."""
    held = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    await session.exec(held)


def _copies(acting: ActingContext) -> Insert:
    """What `_copy` gives, for every conversation at once and within the database."""
    theirs, own = col(Thread.last_from_service_at), col(Thread.last_from_citizen_at)
    values = {
        "thread_id": col(Thread.id),
        "reader_id": literal(acting.actor_id),
        "read_until": literal(NEVER, UTCDateTime()),
        "person_id": col(Thread.person_id),
        "service_id": col(Thread.service_id),
        "last_message_at": col(Thread.last_message_at),
        "last_from_service_at": theirs,
        "awaits_reply": and_(
            own.is_not(None), or_(theirs.is_(None), own >= theirs), col(Thread.closed_at).is_(None)
        ),
        "unread": theirs.is_not(None),
        "away": false(),
    }
    threads = select_of(*values.values()).where(col(Thread.person_id) == acting.represented_id)
    return insert(ThreadReading).from_select(list(values), threads)


def _copy(thread: Thread, reader_id: str) -> ThreadReading:
    reading = ThreadReading(
        thread_id=thread.id,
        reader_id=reader_id,
        read_until=NEVER,
        person_id=thread.person_id,
        service_id=thread.service_id,
        last_message_at=thread.last_message_at,
    )
    _repeat(reading, thread)
    return reading


def _repeat(reading: ThreadReading, thread: Thread) -> None:
    reading.last_message_at = thread.last_message_at
    reading.last_from_service_at = thread.last_from_service_at
    own, theirs = thread.last_from_citizen_at, thread.last_from_service_at
    newest_is_own = own is not None and (theirs is None or own >= theirs)
    reading.awaits_reply = newest_is_own and thread.closed_at is None
    _derive(reading)


def _derive(reading: ThreadReading) -> None:
    archived = reading.archived_at
    reading.away = archived is not None and archived >= reading.last_message_at
    answered = reading.last_from_service_at
    reading.unread = answered is not None and answered > reading.read_until
