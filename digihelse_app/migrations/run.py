"""Bring a database to a revision, in process, safely when several workers start at once."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from digihelse_app.sqlite.engine import BEGIN

_ADVISORY_LOCK = 7_611_001
"""Any number will do, as long as every worker asks for the same."""

Command = Callable[[Config, str], Any]


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Bring the schema up to `revision`, all or nothing. A second worker waits, then finds nothing to do."""
    await _run(engine, command.upgrade, revision)


async def downgrade(engine: AsyncEngine, revision: str = "base") -> None:
    """Take the schema back to `revision`, all or nothing; `base` is an empty database."""
    await _run(engine, command.downgrade, revision)


def configuration(connection: Connection) -> Config:
    """Alembic's settings for work on an open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def _run(engine: AsyncEngine, step: Command, revision: str) -> None:
    async with _alone(engine) as connection:
        await connection.run_sync(lambda open_one: step(configuration(open_one), revision))


@asynccontextmanager
async def _alone(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that no other migration runs beside."""
    if engine.dialect.name != "sqlite":
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
            yield connection
        return
    async with engine.execution_options(**{BEGIN: "IMMEDIATE"}).connect() as connection:
        # SQLite changes a table by making a new one; with foreign keys on, dropping the old would take
        # the rows that refer to it along. The switch has no effect inside a transaction.
        await connection.run_sync(_foreign_keys, False)
        try:
            async with connection.begin():
                yield connection
        finally:
            await connection.run_sync(_foreign_keys, True)


def _foreign_keys(connection: Connection, on: bool) -> None:
    # Past SQLAlchemy, which would open a transaction first.
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")
    cursor.close()
