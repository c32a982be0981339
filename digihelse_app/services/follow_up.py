"""How far a service has come with what a citizen wrote: opened, being worked on, closed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import FollowUpStatus, SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import mark_changed
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import mailboxes, reply_promise, service_messages
from digihelse_app.services.submission import FollowUp, UnacceptableError


@dataclass(frozen=True, slots=True)
class _Subject:
    """The conversation, and until when (UTC) what the citizen wrote in it is meant."""

    thread: Thread
    until: datetime
    object_id: str


async def put_follow_up(
    session: AsyncSession, organisation: Organisation, person: Person, told: FollowUp
) -> str:
    """Take over what the service tells of a message and of those before it; gives the id it concerns.

    Whoever has it before them has opened it: `åpnet` stays, being worked on may end again. Nothing is said
    of who. Raises UnacceptableError("about") for what is not this person's with this organisation.
    """
    subject = await _subject(session, organisation, told.about)
    if subject is None or subject.thread.person_id != person.id:
        raise UnacceptableError("about")
    now = clock.now()
    meant = (
        col(Message.thread_id) == subject.thread.id,
        col(Message.sender) == SenderKind.CITIZEN,
        col(Message.sent_at) <= subject.until,
    )
    await _fill(session, now, Message.opened_at, *meant)
    if told.status is FollowUpStatus.IN_PROGRESS:
        unanswered = col(Message.answered_at).is_(None)
        await _fill(session, now, Message.in_progress_at, unanswered, *meant)
    else:
        await session.exec(update(Message).where(*meant).values(in_progress_at=None))
    if told.closes and subject.thread.closed_at is None:
        subject.thread.closed_at = now
        await reply_promise.settle(session, subject.thread)
        await mailboxes.follow(session, subject.thread)
    mark_changed(session, person.id)
    return subject.object_id


async def _fill(
    session: AsyncSession, now: datetime, column: datetime | None, *where: ColumnElement[bool]
) -> None:
    """Note the time where none was noted."""
    empty = col(column)
    await session.exec(update(Message).where(*where, empty.is_(None)).values({empty: now}))


async def _subject(session: AsyncSession, organisation: Organisation, name: str) -> _Subject | None:
    """A citizen's message by its id, or a whole conversation by the id the record system knows it by."""
    message = await session.get(Message, name)
    if message is not None and message.sender is SenderKind.CITIZEN:
        thread = await session.get_one(Thread, message.thread_id, with_for_update=True)
        service = await session.get_one(CareService, thread.service_id)
        own = service.organisation_id == organisation.id
        return _Subject(thread, message.sent_at, message.id) if own else None
    thread = await service_messages.thread_of(session, organisation, name)
    return _Subject(thread, thread.last_message_at, thread.id) if thread else None
