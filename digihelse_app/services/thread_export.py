"""A whole conversation, to be kept on paper or as a file."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import access_log, attachments, visible
from digihelse_app.services.inbox import thread_of


@dataclass(frozen=True, slots=True)
class ExportedMessage:
    """One message with the names of its files."""

    message: Message
    files: list[str]


@dataclass(frozen=True, slots=True)
class ExportedThread:
    """A conversation with every message, oldest first, as it was at `at` (UTC)."""

    thread: Thread
    service: CareService
    represented: str
    messages: list[ExportedMessage]
    at: datetime


async def note_printing(acting: ActingContext, thread_id: str) -> None:
    """Log that the actor prints the conversation from the page. Raises NotFoundError."""
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id)
        access_log.record(session, acting, LogAction.THREAD_PRINT, "Thread", thread.id)


async def export(acting: ActingContext, thread_id: str) -> ExportedThread:
    """Everything written in a conversation of the represented person's. Raises NotFoundError."""
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id)
        service = await session.get_one(CareService, thread.service_id)
        person = await session.get_one(Person, thread.person_id)
        query = select(Message).where(Message.thread_id == thread.id, *visible.messages(acting))
        messages = list(await session.exec(query.order_by(col(Message.sent_at), col(Message.id))))
        files = await attachments.of_messages(session, [message.id for message in messages])
        access_log.record(session, acting, LogAction.THREAD_PRINT, "Thread", thread.id)
    exported = [
        ExportedMessage(message, [file.file_name for file in files.get(message.id, [])])
        for message in messages
    ]
    return ExportedThread(thread, service, person.name, exported, clock.now())
