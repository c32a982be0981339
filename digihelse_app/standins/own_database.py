"""A stand-in's own database, so that any worker can serve any request; the app's migrations never see it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, event, make_url, text
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 10


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
            if self._engine.dialect.name == "sqlite":
                await _switch_to_wal(self._engine)
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
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine.sync_engine, "connect")
    def _own_transactions(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def _write_lock_at_once(connection: Any) -> None:
        # A transaction that began as a reader cannot become a writer while another one writes.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine.sync_engine, "invalidate")
    def _let_go_of_the_lock(connection: Any, _record: Any, _reason: Any) -> None:
        # As in the app: a connection that is closed in the middle of a statement would keep it for a while.
        with suppress(MissingGreenlet):
            connection.run_async(lambda driver: asyncio.shield(driver.rollback()))

    return engine


async def _switch_to_wal(engine: AsyncEngine) -> None:
    """WAL is kept in the file. SQLite does not wait for this lock, so a second worker asks again."""
    for attempts_left in reversed(range(100)):
        try:
            async with engine.connect() as connection:
                raw = await connection.get_raw_connection()
                await raw.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
                return
        except sqlite3.OperationalError:
            if not attempts_left:
                raise
            await asyncio.sleep(0.05)


async def _create(connection: AsyncConnection, tables: MetaData) -> None:
    for table in tables.sorted_tables:
        await connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            await connection.execute(CreateIndex(index, if_not_exists=True))
