"""Leases in the database: of several workers, one does a thing, and a dead one does not hold it for ever."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession

from digihelse_app.standins.record_system.tables import Lease

LASTS = timedelta(seconds=60)


async def take(session: AsyncSession, name: str, holder: str, now: datetime) -> bool:
    """Whether `holder` has the lease `name` for the next minute: it was free, had run out, or was its own."""
    postgresql = session.get_bind().dialect.name == "postgresql"
    insert = (postgresql_insert if postgresql else sqlite_insert)(Lease)
    await session.execute(insert.values(name=name, holder=holder, until=now + LASTS).on_conflict_do_nothing())
    mine = or_(Lease.holder == holder, Lease.until <= now)
    await session.execute(
        update(Lease).where(Lease.name == name, mine).values(holder=holder, until=now + LASTS)
    )
    return await session.scalar(select(Lease.holder).where(Lease.name == name)) == holder


async def give_back(session: AsyncSession, name: str, holder: str) -> None:
    """End the lease, if it is still `holder`'s."""
    await session.execute(delete(Lease).where(Lease.name == name, Lease.holder == holder))


async def is_taken(session: AsyncSession, name: str, now: datetime) -> bool:
    """Whether someone has the lease."""
    until = await session.scalar(select(Lease.until).where(Lease.name == name))
    return until is not None and until > now
