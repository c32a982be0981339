"""The catalogue of care services, as each organisation describes its own."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.database import mark_changed
from digihelse_app.models.organisation import CareRelation, CareService, Organisation
from digihelse_app.services.submission import ServiceDescription, UnacceptableError


async def service_of(session: AsyncSession, organisation: Organisation, external_id: str) -> CareService:
    """The organisation's own service by the id it gave it; raises UnacceptableError("service")."""
    service = await _find(session, organisation, external_id)
    if service is None:
        raise UnacceptableError("service")
    return service


async def put_service(
    session: AsyncSession, organisation: Organisation, external_id: str, description: ServiceDescription
) -> str:
    """Take over a description; gives the service's id. Another provider's raises UnacceptableError."""
    if description.provider_her_id != organisation.her_id:
        raise UnacceptableError("provider")
    service = await _find(session, organisation, external_id)
    if service is None:
        service = CareService(organisation_id=organisation.id, external_id=external_id, name="")
    _describe(service, description)
    session.add(service)
    await session.flush()
    receivers = select(CareRelation.person_id).where(
        CareRelation.service_id == service.id, col(CareRelation.active)
    )
    for person_id in await session.exec(receivers):
        mark_changed(session, person_id)
    return service.id


async def _find(session: AsyncSession, organisation: Organisation, external_id: str) -> CareService | None:
    query = select(CareService).where(
        CareService.organisation_id == organisation.id, CareService.external_id == external_id
    )
    return (await session.exec(query)).one_or_none()


def _describe(service: CareService, description: ServiceDescription) -> None:
    service.name = description.name
    service.kind = description.kind
    service.active = description.active
    service.phone = description.phone
    service.opening_hours = description.opening_hours
    service.categories = description.categories
    service.opens_on = description.opens_on
    service.reply_working_days = description.reply_working_days
    service.shows_visits = description.shows_visits
    service.shares_names = description.shares_names
    service.cancel_working_days = description.cancel_working_days
    service.cancel_before = description.cancel_before
    service.missed_after_minutes = description.missed_after_minutes
    service.emergency_text = description.emergency_text
