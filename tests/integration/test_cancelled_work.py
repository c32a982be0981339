"""Work that is cancelled in the middle lets go of the database at once, whatever holds its traceback."""

import asyncio
import gc
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.database import mark_changed, on_commit, unit_of_work
from tests.cancelling import cancelled_at

PATIENCE_SECONDS = 5
"""Less than SQLite waits for its lock."""
STATEMENTS = (
    "UPDATE alembic_version SET version_num = version_num",
    "SELECT version_num FROM alembic_version",
    "UPDATE alembic_version SET version_num = version_num",
)


@pytest.fixture
def _no_collector() -> Iterator[None]:
    """What is left behind stays, as it may for a while."""
    gc.disable()
    yield
    gc.enable()


async def work() -> None:
    """Write, read, and write again."""
    async with unit_of_work() as session:
        for statement in STATEMENTS:
            await (await session.connection()).execute(text(statement))


@pytest.mark.usefixtures("_no_collector")
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", range(len(STATEMENTS)))
async def test_cancelled_in_a_statement_it_leaves_no_lock(
    database: AsyncEngine, number: int, times: int
) -> None:
    begun = asyncio.create_task(work())
    seen: list[str] = []

    def cancel(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.extend([statement] if statement in STATEMENTS else [])
        if len(seen) == number + 1 and not begun.cancelling():
            for _time in range(times):
                asyncio.get_running_loop().call_soon(begun.cancel)

    event.listen(database.sync_engine, "before_cursor_execute", cancel)
    try:
        await asyncio.wait([begun])
    finally:
        event.remove(database.sync_engine, "before_cursor_execute", cancel)
    assert begun.cancelled()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await work()


@pytest.mark.parametrize("moment", ["commit", "reset"])
async def test_cancelled_while_it_ends_it_is_committed_and_told_of(
    database: AsyncEngine, caplog: pytest.LogCaptureFixture, moment: str
) -> None:
    told: list[set[str]] = []

    async def hear(changed: set[str]) -> None:
        told.append(changed)

    async def change() -> None:
        async with unit_of_work() as session:
            mark_changed(session, "kari")
            await (await session.connection()).execute(text(STATEMENTS[0]))

    on_commit(hear)
    await cancelled_at(moment, database, change())
    assert told == [{"kari"}]
    assert [line for line in caplog.records if line.levelname == "ERROR"] == []
