"""The database: one engine a process, one session a unit of work.

SQLite is the embedded default (`sqlite`); PostgreSQL runs the same code.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.sqlite.engine import BEGIN, sqlite_engine

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
Telling = Callable[[], Awaitable[None]]

_CHANGED = "changed_people"
_TO_TELL = "to_tell"


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
        return sqlite_engine(url, **options)
    return create_async_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, **options)


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


def tell_after_commit(session: AsyncSession, tell: Telling) -> None:
    """Call `tell` once this unit of work is committed, also when who asked for it has left by then."""
    session.info.setdefault(_TO_TELL, []).append(tell)


@asynccontextmanager
async def unit_of_work(*, reading: bool = False) -> AsyncIterator[AsyncSession]:
    """A session that commits when the block ends and rolls back when it raises.

    `reading` promises not to write, and so does not take SQLite's one write lock.
    """
    mode = "DEFERRED" if reading else "IMMEDIATE"
    bound = engine().execution_options(**{BEGIN: mode})
    async with AsyncSession(bound, expire_on_commit=False) as session:
        try:
            yield session
        except BaseException:
            await _to_the_end(session.rollback())
            raise
        await _to_the_end(_commit(session))


async def _commit(session: AsyncSession) -> None:
    try:
        await session.commit()
    except BaseException:
        await session.rollback()
        raise
    to_tell: list[Telling] = session.info.get(_TO_TELL, [])
    for tell in to_tell:
        await tell()
    changed: set[str] = session.info.get(_CHANGED, set())
    if changed:
        for listener in _database.listeners:
            await listener(changed)


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    # Who leaves a page cancels its reading, at any moment. What is being committed is told of all the same,
    # and the connection goes back whole.
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as reason:
            cancelled = reason
    if cancelled is not None:
        raise cancelled from task.exception()
    task.result()
