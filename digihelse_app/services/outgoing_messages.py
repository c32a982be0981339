"""What citizens have written to an organisation, with all that the wire needs to tell of it."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import RepresentationRole, SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.outside.outgoing_communication import OutgoingMessage, OutgoingThread, Party
from digihelse_app.services import attachments, people


async def outgoing_message(session: AsyncSession, message_id: str) -> OutgoingMessage:
    """A citizen's message by its id, for handing over; raises NotFoundError for any other message."""
    found = await messages(session, (col(Message.id) == message_id,), (), 1)
    if not found:
        raise NotFoundError
    return found[0][1]


async def messages(
    session: AsyncSession,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement],
    limit: int,
) -> list[tuple[str, OutgoingMessage]]:
    """Citizens' messages that meet `where` (on Message, Thread, CareService), each with its patient's id."""
    query = (
        select(Message, Thread, CareService, Person)
        .join(Thread, col(Thread.id) == col(Message.thread_id))
        .join(CareService, col(CareService.id) == col(Thread.service_id))
        .join(Person, col(Person.id) == col(Message.person_id))
        .where(col(Message.sender) == SenderKind.CITIZEN, *where)
        .order_by(*order)
        .limit(limit)
    )
    rows = (await session.exec(query)).all()
    authors = await _people(session, {message.author_id for message, *_ in rows})
    files = await attachments.of_messages(session, [message.id for message, *_ in rows])
    return [
        (
            patient.id,
            _message(
                message,
                _thread(thread, service, patient),
                authors[message.author_id],
                tuple(file.id for file in files.get(message.id, ())),
            ),
        )
        for message, thread, service, patient in rows
    ]


async def _people(session: AsyncSession, ids: set[str | None]) -> dict[str | None, Person]:
    found = await session.exec(select(Person).where(col(Person.id).in_(ids - {None})))
    return {person.id: person for person in found}


async def threads(
    session: AsyncSession,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement],
    limit: int,
) -> list[tuple[str, OutgoingThread]]:
    """Conversations that citizens began and that meet `where`, each with its patient's id."""
    query = (
        select(Thread, CareService, Person)
        .join(CareService, col(CareService.id) == col(Thread.service_id))
        .join(Person, col(Person.id) == col(Thread.person_id))
        .where(col(Thread.external_id).is_(None), *where)
        .order_by(*order)
        .limit(limit)
    )
    rows = await session.exec(query)
    return [(patient.id, _thread(thread, service, patient)) for thread, service, patient in rows]


def _thread(thread: Thread, service: CareService, patient: Person) -> OutgoingThread:
    return OutgoingThread(
        id=thread.external_id or thread.id,
        service=service.external_id,
        subject=thread.subject,
        started_at=thread.created_at,
        patient=Party(people.national_id(patient), patient.name),
        begun_by_service=thread.external_id is not None,
        category=thread.category,
        category_name=thread.category_name,
    )


def _message(
    message: Message, thread: OutgoingThread, author: Person, files: tuple[str, ...]
) -> OutgoingMessage:
    return OutgoingMessage(
        id=message.id,
        thread=thread,
        author=Party(people.national_id(author), message.author_name),
        role=message.author_role or RepresentationRole.SELF,
        text=message.body,
        sent_at=message.sent_at,
        reply_due_on=message.reply_due_on,
        attachments=files,
    )
