"""aiosqlite for SQLAlchemy, with one crossing to the connection's thread for each statement.

SQLAlchemy's own adapter crosses four times (cursor, execute, fetch, close), and for a statement that takes a
tenth of a millisecond the crossings are nearly all of its cost. What is read in parts, by `stream`, is read
as before.
"""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)

Result = TypeVar("Result")


async def in_thread(connection: aiosqlite.Connection, act: Callable[[sqlite3.Connection], Result]) -> Result:
    """Run `act` with the bare connection, in the one thread that may use it; raises what it raises."""
    # aiosqlite has no public way to run what is not one of its own methods; its version is pinned.
    return await connection._execute(act, connection._conn)


@dataclass
class _Done:
    """What a statement came to, in the names of the DB-API (PEP 249); its cursor is closed."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    rows: Sequence[Any] = ()
    arraysize: int = 1

    def close(self) -> None:
        """Nothing is open."""


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    __slots__ = ()
    _awaitable_cursor_close = False

    def _make_new_cursor(self, connection: Any) -> Any:  # noqa: ARG002
        return _Done()

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    async def _execute_async(self, operation: Any, parameters: Any) -> None:
        await self._at_once(lambda cursor: cursor.execute(operation, parameters or ()))

    async def _executemany_async(self, operation: Any, seq_of_parameters: Any) -> None:
        await self._at_once(lambda cursor: cursor.executemany(operation, seq_of_parameters))

    async def _at_once(self, execute: Callable[[sqlite3.Cursor], object]) -> None:
        driver: Any = self._connection
        async with self._adapt_connection._execute_mutex:
            done = await in_thread(driver, lambda connection: _whole(connection, execute))
        self._cursor, self._rows = done, deque(done.rows)  # pyright: ignore[reportAttributeAccessIssue]


def _whole(connection: sqlite3.Connection, execute: Callable[[sqlite3.Cursor], object]) -> _Done:
    cursor = connection.cursor()
    try:
        execute(cursor)
        rows = cursor.fetchall() if cursor.description else ()
        return _Done(cursor.description, cursor.rowcount, cursor.lastrowid, rows)
    finally:
        cursor.close()


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor


class Driver(AsyncAdapt_aiosqlite_dbapi):
    """What `create_async_engine` takes as `module`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        """A new connection, open."""
        return _Connection(self, super().connect(*arg, **kw).driver_connection)
