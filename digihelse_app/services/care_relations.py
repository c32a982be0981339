"""Who receives which service: the right to write to it, as the record system reports it."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.organisation import CareRelation, CareService, Organisation, SetupFailure
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import care, catalogue, consent, delegation_rows, notices, people
from digihelse_app.services.submission import CareReport, ConflictError, UnacceptableError


async def put_care_relation(
    session: AsyncSession,
    organisation: Organisation,
    person: Person,
    external_id: str,
    report: CareReport,
) -> str:
    """Take over a report; gives the relation's id.

    A person who is not digitally active is UnacceptableError("person"), unless the report ends a relation
    already known under this id. With the first service of hers the organisation is told of those who may act
    for her. An id that stood for another person or service is ConflictError.
    """
    known = await _find(session, organisation, external_id)
    ends = known is not None and known.person_id == person.id and not report.active
    if not ends and not await consent.is_active(session, person.id):
        raise UnacceptableError("person")
    if report.provider_her_id not in ("", organisation.her_id):
        raise UnacceptableError("provider")
    service = await catalogue.service_of(session, organisation, report.service)
    if known is not None and (known.person_id, known.service_id) != (person.id, service.id):
        raise ConflictError
    begins = report.active and not (known is not None and known.active)
    if begins:  # no delegation is given meanwhile, of which neither would tell the organisation
        await delegation_rows.hold(session, person.id)
    received = await _receives_from(session, organisation, person) if begins else True
    relation = known or CareRelation(person_id=person.id, service_id=service.id, external_id=external_id)
    relation.active, relation.since, relation.until = report.active, report.since, report.until
    session.add(relation)
    await _clear_failure(session, organisation.id, person.id)
    await session.flush()
    if not received and await _receives_from(session, organisation, person):
        await delegation_rows.tell_organisation(session, person.id, organisation.id)
    await notices.notify_ready(session, person.id)
    mark_changed(session, person.id)
    return relation.id


async def _receives_from(session: AsyncSession, organisation: Organisation, person: Person) -> bool:
    """Whether one of her services is the organisation's: while it is, it is told of her delegations."""
    received = await care.received(session, person.id)
    return any(service.organisation_id == organisation.id for service in received)


async def _find(session: AsyncSession, organisation: Organisation, external_id: str) -> CareRelation | None:
    query = (
        select(CareRelation)
        .join(CareService, col(CareService.id) == col(CareRelation.service_id))
        .where(CareService.organisation_id == organisation.id, CareRelation.external_id == external_id)
    )
    return (await session.exec(query)).one_or_none()


async def note_failure(organisation_id: str, national_id: str, reason: str) -> None:
    """Remember that connecting a digitally active person was refused; of others nothing is kept.

    `reason` is a code (at most 40 characters), such as the field that was wrong.
    """
    async with unit_of_work() as session:
        person = await people.by_national_id(session, national_id)
        if person is None or not await consent.is_active(session, person.id):
            return
        failure = SetupFailure(
            person_id=person.id, organisation_id=organisation_id, reason=reason, failed_at=clock.now()
        )
        await session.merge(failure)
        mark_changed(session, person.id)


async def _clear_failure(session: AsyncSession, organisation_id: str, person_id: str) -> None:
    failure = await session.get(SetupFailure, (person_id, organisation_id))
    if failure is not None:
        await session.delete(failure)
