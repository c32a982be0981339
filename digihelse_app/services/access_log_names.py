"""Who and what the rows of the access log are about, in words that the reader may see: by the batch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.attachment import Attachment
from digihelse_app.models.codes import ConsentKind
from digihelse_app.models.consent import Consent
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.services import visible

Row = TypeVar("Row", bound=SQLModel)

_IN_A_THREAD = {"Thread", "Draft"}


@dataclass(frozen=True, slots=True)
class Thing:
    """What was read or changed; all empty for what has no name or may not be named to the reader.

    `subject` is a conversation's, `visit_at` when (UTC) a visit begins, `person` the other party of a
    delegation. `service` is the service it belongs to.
    """

    subject: str = ""
    visit_at: datetime | None = None
    person: str = ""
    consent: ConsentKind | None = None
    service: str = ""


NOTHING = Thing()


@dataclass(slots=True)
class Names:
    """What was found for one batch of rows, by id; `things` by type and id."""

    people: dict[str, str] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    representations: dict[str, Representation] = field(default_factory=dict)
    things: dict[tuple[str, str], Thing] = field(default_factory=dict)


async def names_for(session: AsyncSession, acting: ActingContext, entries: Sequence[AccessLogEntry]) -> Names:
    """Names for all the rows, in as many queries for many as for one."""
    found = Names()
    used = {entry.representation_id for entry in entries if entry.representation_id}
    found.representations = await _by_id(session, Representation, used | _ids(entries, "Representation"))
    parties = {
        party for row in found.representations.values() for party in (row.actor_id, row.represented_id)
    }
    actors = {entry.actor_id for entry in entries if entry.actor_id} | {acting.represented_id}
    people = await _by_id(session, Person, actors | parties)
    found.people = {person.id: person.name for person in people.values()}
    organisations = {entry.organisation_id for entry in entries if entry.organisation_id}
    found.organisations = {
        one.id: one.name for one in (await _by_id(session, Organisation, organisations)).values()
    }
    _name_delegations(found, acting, entries)
    await _name_consents(session, found, entries)
    await _name_care(session, found, acting, entries)
    return found


def _name_delegations(found: Names, acting: ActingContext, entries: Sequence[AccessLogEntry]) -> None:
    for id in _ids(entries, "Representation"):
        if row := found.representations.get(id):
            mine = row.represented_id == acting.actor_id
            other = row.actor_id if mine else row.represented_id
            found.things["Representation", id] = Thing(person=found.people.get(other, ""))


async def _name_consents(session: AsyncSession, found: Names, entries: Sequence[AccessLogEntry]) -> None:
    for row in (await _by_id(session, Consent, _ids(entries, "Consent"))).values():
        found.things["Consent", row.id] = Thing(consent=row.kind)


async def _name_care(
    session: AsyncSession, found: Names, acting: ActingContext, entries: Sequence[AccessLogEntry]
) -> None:
    """Conversations and visits that the reader may see, with the names of their services."""
    in_thread = await _thread_ids(session, entries)
    of_visit = await _visit_ids(session, entries)
    threads = await _by_id(session, Thread, set(in_thread.values()))
    visits = await _by_id(session, Visit, set(of_visit.values()))
    seen_threads = {id: row for id, row in threads.items() if visible.sees_thread(acting, row)}
    seen_visits = {id: row for id, row in visits.items() if visible.sees_visit(acting, row)}
    seen = [*seen_threads.values(), *seen_visits.values()]
    services = await _by_id(session, CareService, {row.service_id for row in seen})
    for thing, thread_id in in_thread.items():
        if thread := seen_threads.get(thread_id):
            found.things[thing] = Thing(subject=thread.subject, service=services[thread.service_id].name)
    for thing, visit_id in of_visit.items():
        if visit := seen_visits.get(visit_id):
            found.things[thing] = Thing(visit_at=visit.starts_at, service=services[visit.service_id].name)


async def _thread_ids(session: AsyncSession, entries: Sequence[AccessLogEntry]) -> dict[tuple[str, str], str]:
    """Of each thing that belongs to a conversation, which."""
    found = {(kind, id): id for kind in _IN_A_THREAD for id in _ids(entries, kind)}
    files = await _by_id(session, Attachment, _ids(entries, "Attachment"))
    sent = {file.id: file.message_id for file in files.values() if file.message_id}
    messages = await _by_id(session, Message, _ids(entries, "Message") | set(sent.values()))
    found |= {("Message", id): row.thread_id for id, row in messages.items()}
    found |= {("Attachment", id): messages[message].thread_id for id, message in sent.items()}
    return found


async def _visit_ids(session: AsyncSession, entries: Sequence[AccessLogEntry]) -> dict[tuple[str, str], str]:
    """Of each thing that belongs to a visit, which."""
    found = {("Visit", id): id for id in _ids(entries, "Visit")}
    cancellations = await _by_id(session, Cancellation, _ids(entries, "Cancellation"))
    return found | {("Cancellation", id): row.visit_id for id, row in cancellations.items()}


def _ids(entries: Sequence[AccessLogEntry], kind: str) -> set[str]:
    return {entry.object_id for entry in entries if entry.object_type == kind and entry.object_id}


async def _by_id(session: AsyncSession, table: type[Row], ids: Collection[str]) -> dict[str, Row]:
    if not ids:
        return {}
    id = col(table.id)  # pyright: ignore[reportAttributeAccessIssue]
    rows = await session.exec(select(table).where(id.in_(ids)))
    return {row.id: row for row in rows}  # pyright: ignore[reportAttributeAccessIssue]
