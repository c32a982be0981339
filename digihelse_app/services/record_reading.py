"""What an organisation may read back: what it has put, and what citizens have written to it.

Keyset order is (time of change, id), over what is stored and what citizens wrote together.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.fhir_resource import FhirResource
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside.outgoing_cancellation import OutgoingCancellation
from digihelse_app.outside.outgoing_communication import OutgoingMessage, OutgoingThread
from digihelse_app.outside.outgoing_files import OutgoingContent, OutgoingFile
from digihelse_app.services import access_log, outgoing_cancellations, outgoing_messages, people
from digihelse_app.services.record_selection import Columns, Position, Selection, conditions, order


@dataclass(frozen=True, slots=True)
class Source:
    """What is read from: a type as record systems name it, and as the access log does.

    `with_citizens`: what citizens have written, or asked for, belongs to it.
    """

    resource_type: str
    object_type: str
    with_citizens: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Stored:
    """A resource as it was put, without identity numbers, and whose it is and who is to act for her.

    `file` is the bytes it stands for, as they are kept; None for all but files.
    """

    body: dict[str, Any]
    national_id: str | None
    file: bytes | None = None
    proxy_national_id: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Record:
    """One thing to read; `updated_at` is UTC."""

    id: str
    version: int
    updated_at: datetime
    content: Stored | OutgoingThread | OutgoingMessage | OutgoingFile | OutgoingContent | OutgoingCancellation
    person_id: str | None


_STORED = Columns(
    col(FhirResource.organisation_id),
    col(FhirResource.resource_id),
    col(FhirResource.updated_at),
    col(FhirResource.person_id),
)
_BEGUN = Columns(
    col(CareService.organisation_id), col(Thread.id), col(Thread.created_at), col(Thread.person_id)
)
_WRITTEN = Columns(
    col(CareService.organisation_id), col(Message.id), col(Message.sent_at), col(Message.person_id)
)
_ASKED = Columns(
    col(Visit.organisation_id),
    col(Cancellation.id),
    func.coalesce(col(Cancellation.taken_back_at), col(Cancellation.requested_at)),
    col(Cancellation.person_id),
)


async def person_id_of(national_id: str) -> str | None:
    """The person with this identity number, for a selection; None when Digihelse knows nobody by it."""
    async with unit_of_work(reading=True) as session:
        person = await people.by_national_id(session, national_id)
        return person.id if person else None


async def read(organisation_id: str, source: Source, resource_id: str) -> Record:
    """One resource of the organisation's; raises NotFoundError for all else."""
    async with unit_of_work() as session:
        found = await _find(session, organisation_id, source, Selection(ids=(resource_id,)), None, 1)
        if not found:
            raise NotFoundError
        access_log.record_organisation(
            session,
            organisation_id,
            LogAction.FHIR_READ,
            represented_id=found[0].person_id,
            object_type=source.object_type,
            object_id=resource_id,
        )
        return found[0]


async def search(
    organisation_id: str, source: Source, selection: Selection, start: Position | None, count: int
) -> tuple[list[Record], Position | None]:
    """The next `count` records after `start`, oldest change first, and where to go on, None at the end.

    The access log gets one row for each person whose data is in the answer.
    """
    async with unit_of_work() as session:
        found = await _find(session, organisation_id, source, selection, start, count + 1)
        page, more = found[:count], len(found) > count
        for person_id in {record.person_id for record in page} or {None}:
            access_log.record_organisation(
                session,
                organisation_id,
                LogAction.FHIR_SEARCH,
                represented_id=person_id,
                object_type=source.object_type,
            )
    return page, Position(page[-1].updated_at, page[-1].id) if more else None


async def _find(
    session: AsyncSession,
    organisation_id: str,
    source: Source,
    selection: Selection,
    start: Position | None,
    limit: int,
) -> list[Record]:
    records = await _stored(session, organisation_id, source.resource_type, selection, start, limit)
    if source.with_citizens and source.object_type == "Cancellation":
        records += await _asked(session, organisation_id, selection, start, limit)
    elif source.with_citizens:
        records += await _written(session, organisation_id, selection, start, limit)
        if selection.thread is None:
            records += await _begun(session, organisation_id, selection, start, limit)
    return sorted(records, key=lambda record: (record.updated_at, record.id))[:limit]


async def _stored(
    session: AsyncSession,
    organisation_id: str,
    resource_type: str,
    selection: Selection,
    start: Position | None,
    limit: int,
) -> list[Record]:
    proxy = aliased(Person)
    query = (
        select(FhirResource, Person, proxy)
        .outerjoin(Person, col(Person.id) == col(FhirResource.person_id))
        .outerjoin(proxy, col(proxy.id) == col(FhirResource.proxy_id))
        .where(
            FhirResource.resource_type == resource_type,
            *conditions(_STORED, organisation_id, selection, start),
        )
        .order_by(*order(_STORED))
        .limit(limit)
    )
    if selection.thread is not None:
        query = query.where(col(FhirResource.resource_id).in_(_replies_in(selection.thread)))
    return [_record(*found) for found in await session.exec(query)]


def _record(resource: FhirResource, person: Person | None, proxy: Person | None) -> Record:
    number, other = (people.national_id(one) if one else None for one in (person, proxy))
    content = Stored(resource.body, number, proxy_national_id=other)
    return Record(
        resource.resource_id, resource.version, resource.updated_at, content, person.id if person else None
    )


def _is_thread(name: str) -> ColumnElement[bool]:
    ours = and_(col(Thread.external_id).is_(None), col(Thread.id) == name)
    return or_(col(Thread.external_id) == name, ours)


def _replies_in(name: str) -> Any:
    """Ids the service gave its messages in a conversation; the caller narrows to one organisation."""
    return (
        select(Message.external_id)
        .join(Thread, col(Thread.id) == col(Message.thread_id))
        .join(CareService, col(CareService.id) == col(Thread.service_id))
        .where(
            _is_thread(name),
            col(Message.external_id).is_not(None),
            col(CareService.organisation_id) == col(FhirResource.organisation_id),
        )
        .correlate(FhirResource)
    )


async def _written(
    session: AsyncSession, organisation_id: str, selection: Selection, start: Position | None, limit: int
) -> list[Record]:
    where = conditions(_WRITTEN, organisation_id, selection, start)
    if selection.thread is not None:
        where.append(_is_thread(selection.thread))
    found = await outgoing_messages.messages(session, where, order(_WRITTEN), limit)
    return [Record(message.id, 1, message.sent_at, message, person_id) for person_id, message in found]


async def _begun(
    session: AsyncSession, organisation_id: str, selection: Selection, start: Position | None, limit: int
) -> list[Record]:
    where = conditions(_BEGUN, organisation_id, selection, start)
    found = await outgoing_messages.threads(session, where, order(_BEGUN), limit)
    return [Record(thread.id, 1, thread.started_at, thread, person_id) for person_id, thread in found]


async def _asked(
    session: AsyncSession, organisation_id: str, selection: Selection, start: Position | None, limit: int
) -> list[Record]:
    where = conditions(_ASKED, organisation_id, selection, start)
    found = await outgoing_cancellations.cancellations(session, where, order(_ASKED), limit)
    return [Record(asked.id, asked.version, asked.said_at, asked, person_id) for person_id, asked in found]
