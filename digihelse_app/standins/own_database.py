"""A stand-in's own database, so that any worker can serve any request; the app's migrations never see it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, MetaData, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeDecorator

from digihelse_app.sqlite.engine import BEGIN, sqlite_engine


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept in UTC: SQLite forgets the zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        return None if value is None else value.replace(tzinfo=UTC)


class OwnDatabase:
    """The database, made ready on first use: a mounted app's lifespan never runs.

    `url` is an async SQLAlchemy URL, `tables` are the ones it is to hold, `lock` is the PostgreSQL advisory
    lock under which they are made. With `one_at_a_time`, one transaction runs at a time over all workers:
    what is read in it is still true when it writes. On SQLite that is always so.
    """

    def __init__(self, url: str, tables: MetaData, lock: int, *, one_at_a_time: bool = False) -> None:
        self._tables = tables
        self._lock_number = lock
        self._one_at_a_time = one_at_a_time
        self._engine = _engine(url)
        self._ready = False
        self._preparing = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed together when the block ends without an exception."""
        await self._prepare()
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            if self._one_at_a_time:
                await self._lock(await session.connection())
            yield session

    async def _prepare(self) -> None:
        if self._ready:
            return
        async with self._preparing:
            if self._ready:
                return
            async with self._engine.begin() as connection:
                await self._lock(connection)
                await _create(connection, self._tables)
            self._ready = True

    async def _lock(self, connection: AsyncConnection) -> None:
        """SQLite has locked at BEGIN IMMEDIATE; PostgreSQL is asked for the same."""
        if connection.dialect.name == "postgresql":
            await connection.execute(
                text("SELECT pg_advisory_xact_lock(:number)"), {"number": self._lock_number}
            )


def _engine(url: str) -> AsyncEngine:
    # No pool: nothing stays open that a lifespan would have to close.
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(url, poolclass=NullPool)
    # A transaction that began as a reader cannot become a writer while another one writes.
    return sqlite_engine(url, poolclass=NullPool, execution_options={BEGIN: "IMMEDIATE"})


async def _create(connection: AsyncConnection, tables: MetaData) -> None:
    for table in tables.sorted_tables:
        await connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            await connection.execute(CreateIndex(index, if_not_exists=True))
