"""The services Digihelse is told of, and when they open for dialogue."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update

from digihelse_app.standins.record_system import resources
from digihelse_app.standins.record_system.digihelse import RefusedError, UnavailableError
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Service


async def list_services(system: System) -> Sequence[Service]:
    """All services, by name."""
    async with system.store.transaction() as session:
        return (await session.scalars(select(Service).order_by(Service.name))).all()


async def change_opening(system: System, service_id: str, opens_on: date | None) -> bool:
    """Change when a service opens for dialogue (None: never) and tell Digihelse; whether it was told.

    If not, the next night run tells it. Raises LookupError for an unknown service.
    """
    async with system.store.transaction() as session:
        service = await session.get(Service, service_id)
        if service is None:
            raise LookupError("no such service")
        service.opens_on = opens_on
    try:
        return await put_service(system, service_id)
    except UnavailableError as failure:
        await _note(system, service_id, put_failure=str(failure))
        return False


async def put_service(system: System, service_id: str) -> bool:
    """Tell Digihelse of a service as it is now; whether it was accepted. Raises UnavailableError."""
    organisation = system.organisation
    async with system.store.transaction() as session:
        service = await session.get_one(Service, service_id)
    body = resources.healthcare_service(service, organisation.her_id, organisation.name)
    try:
        await system.digihelse.put(body)
    except RefusedError as refusal:
        await _note(system, service_id, put_failure=str(refusal.status))
        return False
    await _note(system, service_id, put_failure="", put_at=system.now())
    return True


async def _note(system: System, service_id: str, **values: object) -> None:
    async with system.store.transaction() as session:
        await session.execute(update(Service).where(Service.id == service_id).values(**values))
