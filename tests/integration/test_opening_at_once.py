"""Several workers open a new SQLite file at once: each of them can, as SQLite itself would not let them."""

import asyncio
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.database import engine_for

ROUNDS = 40
"""Before it asked again, one in some ten rounds had a worker that was refused."""
WORKERS = 8


async def opens(engine: AsyncEngine) -> str:
    """The mode that the file's journal is in."""
    async with engine.connect() as connection:
        return (await connection.execute(text("PRAGMA journal_mode"))).scalar_one()


async def test_all_that_open_a_new_file_at_once_can(tmp_path: Path) -> None:
    for number in range(ROUNDS):
        url = f"sqlite+aiosqlite:///{tmp_path}/{number}.db"
        engines = [engine_for(url) for _ in range(WORKERS)]
        assert await asyncio.gather(*map(opens, engines)) == ["wal"] * WORKERS
        await asyncio.gather(*(engine.dispose() for engine in engines))
