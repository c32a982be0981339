"""What becomes of a conversation in the house: who has it, how far it has come, when it is closed.

Digihelse is told how far it has come, never who has it, and never a note.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from digihelse_app.standins.record_system import outbox, resources
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Message, Note, Patient, Thread


async def open_thread(system: System, thread_id: str, staff: str, at: datetime | None = None) -> None:
    """Note that `staff` has opened what came in, and tell Digihelse, if anything was unopened.

    `at` (aware) is now unless told. An unknown conversation is left alone.
    """
    moment = at or system.now()
    async with system.store.transaction() as session:
        thread = await session.get(Thread, thread_id, with_for_update=True)
        unopened = select(Message).where(
            Message.thread_id == thread_id, Message.incoming.is_(True), Message.opened_at.is_(None)
        )
        opened = (await session.scalars(unopened.order_by(Message.sent_at, Message.number))).all()
        if thread is None or not opened:
            return
        for message in opened:
            message.opened_at, message.opened_by = moment, staff
        thread.unopened = False
        status = resources.IN_PROGRESS if thread.owner else resources.ACCEPTED
        await _tell(session, system, thread, status, moment)
    system.something_to_deliver.set()


async def take(system: System, thread_id: str, staff: str) -> None:
    """`staff` has the conversation from now on. LookupError for an unknown one."""
    await _give(system, thread_id, staff, Note(author=staff, deed="Tok samtalen"))


async def pass_on(system: System, thread_id: str, staff: str, receiver: str, text: str) -> None:
    """Give the conversation to a colleague with a note for the house. LookupError for an unknown one."""
    await _give(
        system, thread_id, receiver, Note(author=staff, deed=f"Sendte videre til {receiver}", text=text)
    )


async def _give(system: System, thread_id: str, owner: str, note: Note) -> None:
    async with system.store.transaction() as session:
        thread = await _known(session, thread_id)
        if thread.owner == owner:
            return
        was_nobodys = not thread.owner
        thread.owner = owner
        _note(session, system, thread, note)
        if was_nobodys and thread.waiting_since is not None:
            await _tell(session, system, thread, resources.IN_PROGRESS, system.now())
    system.something_to_deliver.set()


async def close(system: System, thread_id: str, staff: str, at: datetime | None = None) -> None:
    """End the conversation: the citizen can write no more in it, until the service does.

    `at` (aware) is now unless told. A closed one is left as it is; LookupError for an unknown one.
    """
    async with system.store.transaction() as session:
        thread = await _known(session, thread_id)
        if thread.closed_at is not None:
            return
        thread.closed_at = moment = at or system.now()
        _note(session, system, thread, Note(author=staff, deed="Avsluttet samtalen"))
        patient = await session.get_one(Patient, thread.patient_id)
        body = resources.closing(thread, patient, moment)
        outbox.queue(session, body, thread.id, system.now())
    system.something_to_deliver.set()


async def notes(system: System, thread_id: str) -> list[Note]:
    """What was done with a conversation, oldest first."""
    query = select(Note).where(Note.thread_id == thread_id).order_by(Note.number)
    async with system.store.transaction() as session:
        return list(await session.scalars(query))


async def _known(session: AsyncSession, thread_id: str) -> Thread:
    thread = await session.get(Thread, thread_id, with_for_update=True)
    if thread is None:
        raise LookupError("no such conversation")
    return thread


def _note(session: AsyncSession, system: System, thread: Thread, note: Note) -> None:
    note.thread_id, note.at = thread.id, system.now()
    session.add(note)


async def _tell(session: AsyncSession, system: System, thread: Thread, status: str, at: datetime) -> None:
    """Tell of the newest the citizen wrote: what it says holds for all before it."""
    incoming = select(Message.id).where(Message.thread_id == thread.id, Message.incoming.is_(True))
    newest = await session.scalar(incoming.order_by(Message.sent_at.desc(), Message.number.desc()).limit(1))
    if newest is not None:
        patient = await session.get_one(Patient, thread.patient_id)
        outbox.queue(
            session, resources.follow_up(thread, patient, newest, status, at), thread.id, system.now()
        )
