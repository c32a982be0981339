"""The database: one engine a process, one session a unit of work.

SQLite is the embedded default (WAL, foreign keys on, waits for the lock); PostgreSQL runs the same code.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from sqlalchemy import MetaData, event
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CommitListener = Callable[[set[str]], Awaitable[None]]

_CHANGED = "changed_people"

_WAL_ATTEMPTS = 100
_WAL_PAUSE_SECONDS = 0.05


class NotConnectedError(RuntimeError):
    """The database was used before the composition root connected it."""


class _Database:
    engine: AsyncEngine | None = None
    listeners: tuple[CommitListener, ...] = ()


_database = _Database()


def new_id() -> str:
    """A random identifier (UUID 4 as text): opaque, never derived from the person."""
    return str(uuid4())


def connect(url: str) -> AsyncEngine:
    """Open the engine for `url` (`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`) and use it."""
    return use(engine_for(url))


def use(engine: AsyncEngine) -> AsyncEngine:
    """Let `engine` be the one in use until `disconnect`."""
    _database.engine = engine
    return engine


def engine_for(url: str) -> AsyncEngine:
    """An engine for `url`, ready to be used; no connection is made yet."""
    # An error would otherwise quote the values of its statement, and end in the log.
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        if ":memory:" in url or url.endswith("://"):
            options["poolclass"] = StaticPool
        engine = create_async_engine(url, **options)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
        event.listen(engine.sync_engine, "invalidate", _let_go_of_the_lock)
    else:
        engine = create_async_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, **options)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: we do, below, so that reads see one snapshot.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("busy_timeout=10000", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    _write_ahead(connection, cursor)
    cursor.close()


def _write_ahead(connection: Any, cursor: Any) -> None:
    # The mode stays in the file. For this lock SQLite does not wait, however patient: when several open a
    # new file at once, who comes second asks again.
    for attempts_left in reversed(range(_WAL_ATTEMPTS)):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if not attempts_left:
                raise
            connection.run_async(lambda _driver: asyncio.sleep(_WAL_PAUSE_SECONDS))
        else:
            return


def _begin_sqlite(connection: Any) -> None:
    # A deferred transaction that reads and then writes fails at once when another wrote in between;
    # taking the write lock first makes it wait its turn instead.
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _let_go_of_the_lock(connection: Any, _record: Any, _reason: Any) -> None:
    # When a task is cancelled in the middle of a statement, its connection is closed. But SQLite keeps it,
    # with its transaction and its lock, for as long as a traceback holds the statement.
    with contextlib.suppress(MissingGreenlet):
        connection.run_async(lambda driver: asyncio.shield(driver.rollback()))


async def disconnect() -> None:
    """Close the engine's connections, and forget it and the commit listeners."""
    engine, _database.engine, _database.listeners = _database.engine, None, ()
    if engine is not None:
        await engine.dispose()


def engine() -> AsyncEngine:
    """The engine in use; raises NotConnectedError before `connect`."""
    if _database.engine is None:
        raise NotConnectedError
    return _database.engine


def on_commit(listener: CommitListener) -> None:
    """Call `listener` with the ids of the people whose data changed, after each commit that changed any."""
    _database.listeners = (*_database.listeners, listener)


def mark_changed(session: AsyncSession, person_id: str) -> None:
    """Note that this unit of work changes what `person_id` would see on a page."""
    session.info.setdefault(_CHANGED, set()).add(person_id)


@asynccontextmanager
async def unit_of_work(*, reading: bool = False) -> AsyncIterator[AsyncSession]:
    """A session that commits when the block ends and rolls back when it raises.

    `reading` promises not to write, and so does not take SQLite's one write lock.
    """
    mode = "DEFERRED" if reading else "IMMEDIATE"
    bound = engine().execution_options(sqlite_begin=mode)
    async with AsyncSession(bound, expire_on_commit=False) as session:
        try:
            yield session
            await session.commit()
        except BaseException:
            await session.rollback()
            raise
        changed: set[str] = session.info.get(_CHANGED, set())
    if changed:
        for listener in _database.listeners:
            await listener(changed)
