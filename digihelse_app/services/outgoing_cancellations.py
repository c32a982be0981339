"""What citizens ask of an organisation's visits, with all that the wire needs, and that it was received."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside import clock
from digihelse_app.outside.outgoing_cancellation import OutgoingCancellation
from digihelse_app.outside.outgoing_communication import Party
from digihelse_app.services import access_log, people


async def outgoing_cancellation(session: AsyncSession, cancellation_id: str) -> OutgoingCancellation | None:
    """A request as it stands now, for handing over; None when the record system has this version already.

    Raises NotFoundError when there is no such.
    """
    found = await cancellations(session, (col(Cancellation.id) == cancellation_id,), (), 1)
    if not found:
        raise NotFoundError
    asked = await session.get_one(Cancellation, cancellation_id)
    return None if asked.delivered_version >= asked.version else found[0][1]


async def is_held_back(session: AsyncSession, cancellation_id: str) -> bool:
    """Whether something about the same visit was said before, and still waits to be handed over.

    A record system never has two requests for one visit at a time: the first is known to be taken back, or
    answered there, before the next one comes.
    """
    asked = await session.get_one(Cancellation, cancellation_id)
    earlier = (
        select(OutboxItem.id)
        .join(Cancellation, col(Cancellation.id) == col(OutboxItem.subject_id))
        .where(
            OutboxItem.kind == OutboxKind.CANCELLATION,
            OutboxItem.status == OutboxStatus.PENDING,
            Cancellation.visit_id == asked.visit_id,
            Cancellation.id != asked.id,
            Cancellation.requested_at < asked.requested_at,
        )
    )
    return (await session.exec(earlier.limit(1))).first() is not None


async def cancellations(
    session: AsyncSession,
    where: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement],
    limit: int,
) -> list[tuple[str, OutgoingCancellation]]:
    """The requests that meet `where` (on Cancellation, Visit), each with its patient's id."""
    query = (
        select(Cancellation, Visit, Person)
        .join(Visit, col(Visit.id) == col(Cancellation.visit_id))
        .join(Person, col(Person.id) == col(Cancellation.person_id))
        .where(*where)
        .order_by(*order)
        .limit(limit)
    )
    rows = (await session.exec(query)).all()
    wanted = {asked.actor_id for asked, *_ in rows}
    found = await session.exec(select(Person).where(col(Person.id).in_(wanted)))
    actors = {person.id: person for person in found}
    return [
        (patient.id, _outgoing(asked, visit, patient, actors[asked.actor_id]))
        for asked, visit, patient in rows
    ]


def _outgoing(asked: Cancellation, visit: Visit, patient: Person, actor: Person) -> OutgoingCancellation:
    return OutgoingCancellation(
        id=asked.id,
        version=asked.version,
        said_at=asked.taken_back_at or asked.requested_at,
        visit=visit.external_id,
        patient=Party(people.national_id(patient), patient.name),
        actor=Party(people.national_id(actor), asked.actor_name),
        role=asked.role,
        reason=asked.reason,
        comment=asked.comment,
        starts_at=asked.visit_starts_at,
        ends_at=visit.ends_at if visit.starts_at == asked.visit_starts_at else None,
    )


async def receive(cancellation_id: str, version: int) -> None:
    """The record system has this version of the request."""
    async with unit_of_work() as session:
        asked = await _locked(session, cancellation_id)
        if asked.delivered_version < version:
            asked.delivered_version = version
            await _handed_over(session, asked, version)


async def leave_to_service(cancellation_id: str, version: int) -> None:
    """The record system has answered already, or the visit has begun: what it says of it is what counts."""
    async with unit_of_work() as session:
        await _handed_over(session, await _locked(session, cancellation_id), version)


async def _locked(session: AsyncSession, cancellation_id: str) -> Cancellation:
    """The request, locked after its visit as everywhere."""
    asked = await session.get_one(Cancellation, cancellation_id)
    await session.get_one(Visit, asked.visit_id, with_for_update=True)
    await session.refresh(asked, with_for_update=True)
    return asked


async def _handed_over(session: AsyncSession, asked: Cancellation, version: int) -> None:
    """Log it; when nothing newer is to be said, what waited for an operator is settled with it."""
    if version == asked.version:
        asked.failed_at = None
        given_up = select(OutboxItem).where(
            OutboxItem.subject_id == asked.id,
            OutboxItem.kind == OutboxKind.CANCELLATION,
            OutboxItem.status == OutboxStatus.DEAD,
        )
        # What is being revived at this moment is left to that: it is found delivered.
        for item in await session.exec(given_up.with_for_update(skip_locked=True)):
            item.status, item.done_at = OutboxStatus.DONE, clock.now()
            session.add(item)
    session.add(asked)
    visit = await session.get_one(Visit, asked.visit_id)
    mark_changed(session, asked.person_id)
    access_log.record_organisation(
        session,
        visit.organisation_id,
        LogAction.VISIT_CANCEL_DELIVER,
        represented_id=asked.person_id,
        object_type="Visit",
        object_id=visit.id,
    )
