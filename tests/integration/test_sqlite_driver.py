"""SQLite through our driver: what SQLAlchemy is told of a statement is what SQLite said, in one crossing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiosqlite
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from digihelse_app.sqlite.engine import BEGIN, sqlite_engine

INSERT = "INSERT INTO visit (id, day) VALUES (:id, :day)"
THREE = [{"id": number, "day": f"day {number}"} for number in (1, 2, 3)]


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """Three rows in a table."""
    made = sqlite_engine(f"sqlite+aiosqlite:///{tmp_path}/some.db")
    async with made.begin() as connection:
        await connection.execute(text("CREATE TABLE visit (id INTEGER PRIMARY KEY, day TEXT NOT NULL)"))
        await connection.execute(text(INSERT), THREE)
    yield made
    await made.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """In a transaction."""
    async with engine.begin() as begun:
        yield begun


async def test_rows_come_one_at_a_time_some_at_a_time_or_all(connection: AsyncConnection) -> None:
    found = await connection.execute(text("SELECT id, day FROM visit ORDER BY id"))
    assert list(found.keys()) == ["id", "day"]
    assert tuple(found.fetchone() or ()) == (1, "day 1")
    assert [row.id for row in found.fetchmany()] == [2]
    assert [row.id for row in found.fetchmany(5)] == [3]
    assert found.fetchall() == []


async def test_it_tells_how_many_rows_changed_and_which_is_new(connection: AsyncConnection) -> None:
    assert (await connection.execute(text("UPDATE visit SET day = 'x' WHERE id > 1"))).rowcount == 2
    assert (await connection.execute(text("DELETE FROM visit WHERE id > 9"))).rowcount == 0
    added = await connection.execute(text("INSERT INTO visit (day) VALUES ('y')"))
    assert (added.lastrowid, added.rowcount) == (4, 1)
    back = await connection.execute(text("INSERT INTO visit (day) VALUES ('z') RETURNING id, day"))
    assert [tuple(row) for row in back] == [(5, "z")]


async def test_what_is_streamed_is_read_in_parts(connection: AsyncConnection) -> None:
    async with connection.stream(text("SELECT id FROM visit ORDER BY id")) as rows:
        assert [row.id async for row in rows] == [1, 2, 3]


@pytest.mark.parametrize(
    ("statement", "error"),
    [("SELECT nothing FROM visit", OperationalError), ("INSERT INTO visit VALUES (1, 'x')", IntegrityError)],
)
async def test_what_sqlite_refuses_is_raised_and_the_connection_can_be_used(
    connection: AsyncConnection, statement: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await connection.execute(text(statement))
    assert (await connection.execute(text("SELECT count(*) FROM visit"))).scalar_one() == 3


async def test_a_statement_crosses_to_the_thread_once(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    crossed: list[Any] = []
    cross = aiosqlite.Connection._execute

    async def counted(self: aiosqlite.Connection, *arguments: Any, **named: Any) -> Any:
        crossed.append(arguments)
        return await cross(self, *arguments, **named)

    async with engine.connect() as connection:
        monkeypatch.setattr(aiosqlite.Connection, "_execute", counted)
        await connection.execute(text("SELECT id FROM visit"))
        assert len(crossed) == 2, "BEGIN and SELECT"
        await connection.commit()
        assert len(crossed) == 3


async def test_who_only_reads_need_not_wait_for_who_writes(engine: AsyncEngine) -> None:
    writing = engine.execution_options(**{BEGIN: "IMMEDIATE"})
    async with writing.begin() as writer, engine.connect() as reader:
        await writer.execute(text("DELETE FROM visit"))
        assert (await reader.execute(text("SELECT count(*) FROM visit"))).scalar_one() == 3
