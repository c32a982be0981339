"""Files between Digihelse and a record system: taken in, found for a message, handed over, read back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.codes import LogAction, SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.fhir_resource import FhirResource
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.outside import clock, fhir_names
from digihelse_app.outside.outgoing_files import OutgoingContent, OutgoingFile
from digihelse_app.services import access_log, attachments, consent, people, record_reading
from digihelse_app.services.attachment_check import safe_name
from digihelse_app.services.record_reading import Record, Source, Stored
from digihelse_app.services.submission import FileContent, FileDescription, UnacceptableError

UNNAMED_FOR = timedelta(days=7)
"""How long a record system may take from putting a file to naming it in a message."""


async def put_content(
    session: AsyncSession,
    organisation: Organisation,
    person: Person,
    external_id: str,
    given: FileContent,
) -> str:
    """Keep the bytes of a file that a service will send; gives its id. Raises UnacceptableError."""
    await _require_active(session, person)
    attachment = attachments.described(person.id, given.file)
    attachment.organisation_id, attachment.external_id = organisation.id, external_id
    await attachments.keep(session, attachment, given.file)
    return attachment.id


async def put_description(
    session: AsyncSession,
    organisation: Organisation,
    person: Person,
    document_id: str,
    described: FileDescription,
) -> str:
    """Name a file the organisation has put for this person; gives its id. Raises UnacceptableError."""
    await _require_active(session, person)
    found = await session.exec(
        select(Attachment)
        .where(Attachment.organisation_id == organisation.id, Attachment.external_id == described.content)
        .with_for_update()
    )
    attachment = found.one_or_none()
    if attachment is None or attachment.person_id != person.id:
        raise UnacceptableError("content")
    if attachment.document_id is not None:
        raise UnacceptableError("content", "duplicate")
    if described.content_type not in ("", attachment.content_type):
        raise UnacceptableError("content_type", "value")
    attachment.document_id = document_id
    attachment.file_name = safe_name(described.title, attachment.content_type)
    session.add(attachment)
    return attachment.id


async def _require_active(session: AsyncSession, person: Person) -> None:
    if not await consent.is_active(session, person.id):
        raise UnacceptableError("person")


async def of_service(
    session: AsyncSession, organisation: Organisation, person: Person, document_ids: Sequence[str]
) -> list[Attachment]:
    """The files a service's message names, none of them in another; raises UnacceptableError."""
    rows = await session.exec(
        select(Attachment)
        .where(
            Attachment.organisation_id == organisation.id,
            col(Attachment.document_id).in_(document_ids),
            Attachment.person_id == person.id,
            col(Attachment.message_id).is_(None),
        )
        .with_for_update()
    )
    found = {row.document_id: row for row in rows}
    if set(found) != set(document_ids):
        raise UnacceptableError("attachments")
    return [found[document_id] for document_id in document_ids]


async def purge_unnamed() -> int:
    """Drop what record systems put and named in no message within a week; how many.

    What was kept as put goes too, so that the same file may be put anew.
    """
    old = (
        select(Attachment)
        .where(
            col(Attachment.organisation_id).is_not(None),
            col(Attachment.message_id).is_(None),
            col(Attachment.created_at) < clock.now() - UNNAMED_FOR,
        )
        # Locked first: what is being named at this moment stays.
        .with_for_update(skip_locked=True)
    )
    async with unit_of_work() as session:
        lying = list(await session.exec(old))
        for attachment in lying:
            for kind, resource_id in (
                (fhir_names.FILE_CONTENT, attachment.external_id),
                (fhir_names.FILE_DESCRIPTION, attachment.document_id),
            ):
                await session.exec(
                    delete(FhirResource).where(
                        col(FhirResource.organisation_id) == attachment.organisation_id,
                        col(FhirResource.resource_type) == kind,
                        col(FhirResource.resource_id) == resource_id,
                    )
                )
            access_log.record_system(
                session, LogAction.ATTACHMENT_REMOVE, attachment.person_id, "Attachment", attachment.id
            )
        await attachments.drop(session, [attachment.id for attachment in lying])
    return len(lying)


async def undelivered(message_id: str) -> list[OutgoingFile]:
    """The files of a citizen's message that are still to be handed over, without their bytes."""
    query = (
        select(Attachment, Person)
        .join(Person, col(Person.id) == col(Attachment.person_id))
        .where(Attachment.message_id == message_id, col(Attachment.delivered_at).is_(None))
        .order_by(col(Attachment.position))
    )
    async with unit_of_work(reading=True) as session:
        return [_outgoing(attachment, patient) for attachment, patient in await session.exec(query)]


async def content(file: OutgoingFile) -> OutgoingContent:
    """The file with its bytes: one at a time, for a message may have fifty megabytes of them."""
    async with unit_of_work(reading=True) as session:
        return OutgoingContent(file, await attachments.content_of(session, file.id))


async def mark_delivered(attachment_id: str) -> None:
    """The record system has the file: another try of its message need not send it again."""
    async with unit_of_work() as session:
        attachment = await session.get_one(Attachment, attachment_id)
        attachment.delivered_at = clock.now()
        session.add(attachment)


async def read(organisation_id: str, source: Source, resource_id: str, *, whole: bool) -> Record:
    """A file a citizen sent to the organisation, or one it put itself; `whole`: with its bytes.

    Raises NotFoundError for all else.
    """
    written = await _of_citizen(organisation_id, source, resource_id, whole=whole)
    if written is not None:
        return written
    stored = await record_reading.read(organisation_id, source, resource_id)
    if not whole or not isinstance(stored.content, Stored):
        return stored
    return replace(stored, content=replace(stored.content, file=await _put(organisation_id, resource_id)))


async def _of_citizen(
    organisation_id: str, source: Source, attachment_id: str, *, whole: bool
) -> Record | None:
    query = (
        select(Attachment, Message, Person)
        .join(Message, col(Message.id) == col(Attachment.message_id))
        .join(Thread, col(Thread.id) == col(Message.thread_id))
        .join(CareService, col(CareService.id) == col(Thread.service_id))
        .join(Person, col(Person.id) == col(Attachment.person_id))
        .where(
            Attachment.id == attachment_id,
            CareService.organisation_id == organisation_id,
            col(Message.sender) == SenderKind.CITIZEN,
        )
    )
    async with unit_of_work() as session:
        found = (await session.exec(query)).one_or_none()
        if found is None:
            return None
        attachment, message, patient = found
        access_log.record_organisation(
            session,
            organisation_id,
            LogAction.FHIR_READ,
            represented_id=patient.id,
            object_type=source.object_type,
            object_id=attachment.id,
        )
        file = _outgoing(attachment, patient)
        told = OutgoingContent(file, await attachments.content_of(session, file.id)) if whole else file
    return Record(attachment.id, 1, message.sent_at, told, patient.id)


async def _put(organisation_id: str, external_id: str) -> bytes:
    query = (
        select(AttachmentContent)
        .join(Attachment, col(Attachment.id) == col(AttachmentContent.attachment_id))
        .where(Attachment.organisation_id == organisation_id, Attachment.external_id == external_id)
    )
    async with unit_of_work(reading=True) as session:
        kept = (await session.exec(query)).one_or_none()
    if kept is None:
        raise NotFoundError
    return kept.content


def _outgoing(attachment: Attachment, patient: Person) -> OutgoingFile:
    return OutgoingFile(
        id=attachment.id,
        patient_number=people.national_id(patient),
        file_name=attachment.file_name,
        content_type=attachment.content_type,
        size=attachment.size,
        created_at=attachment.created_at,
    )
