"""The services a represented person receives: what one may write to."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.organisation import CareRelation, CareService
from digihelse_app.outside import clock


async def received(session: AsyncSession, person_id: str) -> list[CareService]:
    """The active services with an active relation to the person, by name."""
    relations = select(CareRelation.service_id).where(
        CareRelation.person_id == person_id, col(CareRelation.active)
    )
    query = select(CareService).where(col(CareService.id).in_(relations), col(CareService.active))
    return list(await session.exec(query.order_by(CareService.name, CareService.id)))


async def may_write_to(session: AsyncSession, person_id: str, service: CareService) -> bool:
    """Whether the person receives `service` and it is open for dialogue today (Europe/Oslo)."""
    if not service.open_for_dialogue(clock.today()):
        return False
    relation = await session.exec(
        select(CareRelation.id)
        .where(
            CareRelation.person_id == person_id,
            CareRelation.service_id == service.id,
            col(CareRelation.active),
        )
        .limit(1)
    )
    return relation.first() is not None
