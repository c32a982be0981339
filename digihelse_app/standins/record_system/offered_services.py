"""The services Digihelse is told of, when they open for dialogue, and what holds for their visits."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select, update

from digihelse_app.standins.record_system import resources
from digihelse_app.standins.record_system.digihelse import RefusedError, UnavailableError
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Service

MOST_DAYS = 30
MOST_MINUTES = 1440


async def list_services(system: System) -> Sequence[Service]:
    """All services, by name."""
    async with system.store.transaction() as session:
        return (await session.scalars(select(Service).order_by(Service.name))).all()


@dataclass(frozen=True)
class VisitRules:
    """What holds for a service's visits; fields as in `tables.Service`."""

    shares_names: bool
    cancel_working_days: int
    cancel_before: str
    missed_after_minutes: int


async def change(
    system: System, service_id: str, opens_on: date | None, rules: VisitRules | None = None
) -> bool:
    """Change when a service opens for dialogue (None: never) and tell Digihelse; whether it was told.

    `rules` for its visits are as before unless given. If Digihelse was not told, the next night run does it.
    Raises LookupError for an unknown service.
    """
    async with system.store.transaction() as session:
        service = await session.get(Service, service_id)
        if service is None:
            raise LookupError("no such service")
        service.opens_on = opens_on
        for name, value in asdict(rules).items() if rules else ():
            setattr(service, name, value)
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
