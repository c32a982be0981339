"""Conversations as the municipality's staff sees them: reading, answering, writing first."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from digihelse_app.standins.record_system import files, outbox, resources
from digihelse_app.standins.record_system.files import Chosen, File
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Care, Message, Outgoing, Patient, Service, Thread


@dataclass(frozen=True)
class Conversation:
    """A conversation with its messages, oldest first, and how far each outgoing one has come."""

    thread: Thread
    patient: Patient
    service: Service
    messages: Sequence[Message]
    files: dict[str, list[File]]
    outgoing: dict[str, Outgoing]


async def read(system: System, thread_id: str) -> Conversation | None:
    """A conversation, without marking anything."""
    async with system.store.transaction() as session:
        thread = await session.get(Thread, thread_id)
        if thread is None:
            return None
        messages = await session.scalars(
            select(Message).where(Message.thread_id == thread_id).order_by(Message.sent_at, Message.number)
        )
        written = messages.all()
        sent = await session.scalars(
            select(Outgoing).where(Outgoing.order_key == thread_id, Outgoing.resource_type == "Communication")
        )
        return Conversation(
            thread=thread,
            patient=await session.get_one(Patient, thread.patient_id),
            service=await session.get_one(Service, thread.service_id),
            messages=written,
            files=await files.of_messages(session, [message.id for message in written]),
            outgoing={row.resource_id: row for row in sent},
        )


async def reply(
    system: System,
    thread_id: str,
    text: str,
    *,
    staff: str,
    sent: datetime | None = None,
    message_id: str | None = None,
    chosen: Sequence[Chosen] = (),
) -> str:
    """Answer in a conversation; on its way when this returns. The same `message_id` again changes nothing.

    Gives the message's id. `sent` (aware) is now unless told. A closed conversation is open again, and one
    that was nobody's is `staff`'s. LookupError for an unknown conversation.
    """
    async with system.store.transaction() as session:
        thread = await session.get(Thread, thread_id)
        if thread is None:
            raise LookupError("no such conversation")
        patient = await session.get_one(Patient, thread.patient_id)
        written = await _write(session, system, thread, text, staff, sent, message_id)
        if written is not None:
            attached = files.send(session, chosen, thread, patient, written.id, system.now())
            await session.flush()  # the files' numbers must be the lower ones
            outbox.queue(
                session, resources.message(written, thread, patient, attached), thread.id, system.now()
            )
            thread.owner, thread.closed_at = thread.owner or staff, None
            await settle(session, thread)
    system.something_to_deliver.set()
    return written.id if written is not None else str(message_id)


async def write_first(
    system: System,
    patient_id: str,
    service_id: str,
    subject: str,
    text: str,
    *,
    staff: str,
    sent: datetime | None = None,
    thread_id: str | None = None,
) -> str:
    """Begin a conversation with a patient; gives its id. The same `thread_id` again changes nothing."""
    moment = sent or system.now()
    thread = Thread(
        id=thread_id or str(uuid.uuid4()),
        patient_id=patient_id,
        service_id=service_id,
        subject=subject,
        started_at=moment,
        last_at=moment,
        owner=staff,
    )
    async with system.store.transaction() as session:
        if await session.get(Thread, thread.id) is not None:
            return thread.id
        patient = await session.get_one(Patient, patient_id)
        session.add(thread)
        await session.flush()
        outbox.queue(session, resources.header(thread, patient), thread.id, system.now())
        await session.flush()  # the header's number must be the lower one
        written = await _write(session, system, thread, text, staff, moment, None)
        if written is not None:
            outbox.queue(session, resources.message(written, thread, patient), thread.id, system.now())
        await settle(session, thread)
    system.something_to_deliver.set()
    return thread.id


async def _write(
    session: AsyncSession,
    system: System,
    thread: Thread,
    text: str,
    staff: str,
    sent: datetime | None,
    message_id: str | None,
) -> Message | None:
    """The new message, or None when the id has been used."""
    if await session.scalar(select(Message).where(Message.id == message_id)) is not None:
        return None
    written = Message(
        id=message_id or str(uuid.uuid4()),
        thread_id=thread.id,
        incoming=False,
        author=staff,
        text=text,
        sent_at=resources.to_milliseconds(sent or system.now()),
    )
    session.add(written)
    await session.flush()
    return written


async def settle(session: AsyncSession, thread: Thread) -> None:
    """Work out whether the conversation waits for us: messages may come late and out of order."""
    query = select(Message).where(Message.thread_id == thread.id).order_by(Message.sent_at, Message.number)
    messages = (await session.scalars(query)).all()
    waiting: list[Message] = []
    for message in messages:
        waiting = [*waiting, message] if message.incoming else []
    thread.waiting_since = waiting[0].sent_at if waiting else None
    thread.due_on = min((message.due_on for message in waiting if message.due_on), default=None)
    thread.unopened = any(message.opened_at is None for message in messages if message.incoming)
    thread.last_at = messages[-1].sent_at if messages else thread.started_at


async def addressees(system: System) -> list[tuple[Patient, Service]]:
    """Whom one can write to, and on behalf of which service: patients who are connected, by name."""
    today = system.today()
    query = (
        select(Patient, Service)
        .join(Care, Care.patient_id == Patient.id)
        .join(Service, Service.id == Care.service_id)
        .where(
            Patient.connected.is_(True),
            Care.until.is_(None) | (Care.until > today),
            Service.opens_on.is_not(None),
            Service.opens_on <= today,
        )
        .order_by(Patient.name, Service.name)
    )
    async with system.store.transaction() as session:
        return [(patient, service) for patient, service in await session.execute(query)]
