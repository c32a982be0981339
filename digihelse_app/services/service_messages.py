"""Messages from a service to a citizen: new conversations and replies. What was written never changes."""

from sqlalchemy import and_, or_, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import mark_changed
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import (
    attachments,
    catalogue,
    consent,
    mailboxes,
    notice_recipients,
    notices,
    record_files,
    reply_promise,
    search_index,
)
from digihelse_app.services.submission import (
    ConflictError,
    ServiceMessage,
    ThreadOpening,
    UnacceptableError,
)

PREVIEW_LIMIT = 160


async def put_thread(
    session: AsyncSession,
    organisation: Organisation,
    person: Person,
    external_id: str,
    opening: ThreadOpening,
) -> str:
    """Begin a conversation; gives its id. Raises UnacceptableError, or ConflictError for an id in use."""
    await _require_active(session, person)
    service = await catalogue.service_of(session, organisation, opening.service)
    await _require_free(session, organisation, external_id)
    now = clock.now()
    thread = Thread(
        person_id=person.id,
        service_id=service.id,
        external_id=external_id,
        subject=opening.subject,
        access_tag=opening.access_tag,
        created_at=now,
        last_message_at=now,
    )
    session.add(thread)
    await session.flush()
    await mailboxes.follow(session, thread)
    await search_index.add(session, thread, "")
    mark_changed(session, person.id)
    return thread.id


async def put_message(
    session: AsyncSession,
    organisation: Organisation,
    person: Person,
    external_id: str,
    written: ServiceMessage,
) -> str:
    """Add a message to a conversation of this organisation's with this person; gives its id.

    It counts as sent when it reached Digihelse, and always after what it follows: a delayed message placed
    back in time would look read. The citizen's earlier messages are answered by it.
    """
    await _require_active(session, person)
    service = await catalogue.service_of(session, organisation, written.service)
    thread = await thread_of(session, organisation, written.thread)
    if thread is None or thread.person_id != person.id:
        raise UnacceptableError("thread")
    if thread.service_id != service.id:
        raise UnacceptableError("service")
    await _require_free(session, organisation, external_id)
    files = await record_files.of_service(session, organisation, person, written.attachments)
    message = Message(
        thread_id=thread.id,
        person_id=person.id,
        sender=SenderKind.SERVICE,
        author_name=service.name,
        body=written.text,
        external_id=external_id,
        sent_at=mailboxes.next_instant(thread),
    )
    thread.last_message_at = thread.last_from_service_at = message.sent_at
    thread.preview = message.body[:PREVIEW_LIMIT]
    thread.closed_at = None  # what the service writes in can be answered
    session.add_all([thread, message])
    await session.flush()
    attachments.attach(session, message, files)
    await _answer(session, message)
    await reply_promise.settle(session, thread)
    await mailboxes.follow(session, thread)
    await search_index.add(session, thread, message.body)
    await notices.notify_new_message(session, thread, await notice_recipients.of_thread(session, thread))
    mark_changed(session, person.id)
    return message.id


async def thread_of(session: AsyncSession, organisation: Organisation, name: str) -> Thread | None:
    """The organisation's conversation by the id its record system knows it by, locked for a change.

    What the service began goes by the service's id, what a citizen began by ours.
    """
    query = (
        select(Thread)
        .join(CareService, col(CareService.id) == col(Thread.service_id))
        .where(
            CareService.organisation_id == organisation.id,
            or_(
                col(Thread.external_id) == name,
                and_(col(Thread.external_id).is_(None), col(Thread.id) == name),
            ),
        )
        .with_for_update(of=Thread)
    )
    return (await session.exec(query)).one_or_none()


async def _require_active(session: AsyncSession, person: Person) -> None:
    if not await consent.is_active(session, person.id):
        raise UnacceptableError("person")


async def _require_free(session: AsyncSession, organisation: Organisation, name: str) -> None:
    """The id must not be one Digihelse gave to what a citizen wrote to this organisation."""
    begun = (
        select(Thread.id)
        .join(CareService, col(CareService.id) == col(Thread.service_id))
        .where(Thread.id == name, CareService.organisation_id == organisation.id)
    )
    written = (
        select(Message.id)
        .join(Thread, col(Thread.id) == col(Message.thread_id))
        .join(CareService, col(CareService.id) == col(Thread.service_id))
        .where(Message.id == name, CareService.organisation_id == organisation.id)
    )
    if (await session.exec(begun)).first() or (await session.exec(written)).first():
        raise ConflictError


async def _answer(session: AsyncSession, reply: Message) -> None:
    earlier = (
        col(Message.thread_id) == reply.thread_id,
        col(Message.sender) == SenderKind.CITIZEN,
        col(Message.sent_at) < reply.sent_at,
    )
    opened = update(Message).where(*earlier, col(Message.opened_at).is_(None))
    await session.exec(opened.values(opened_at=reply.sent_at))
    answered = update(Message).where(*earlier, col(Message.answered_at).is_(None))
    await session.exec(answered.values(answered_at=reply.sent_at))
