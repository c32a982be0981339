"""An engine whose transactions are begun by us, and whose locks are waited for.

Write-ahead log, foreign keys on, each commit on the disk.
"""

import asyncio
import contextlib
import sqlite3
import time
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import MissingGreenlet
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from digihelse_app.sqlite.driver import Driver, in_thread

BUSY_SECONDS = 10
"""For so long SQLite waits for a lock before it says that the database is locked."""
BEGIN = "sqlite_begin"
"""Execution option: how a transaction begins, DEFERRED (for those that only read) or IMMEDIATE."""

_PRAGMAS = (f"busy_timeout={BUSY_SECONDS * 1000}", "foreign_keys=ON", "synchronous=FULL")
_WAL_ATTEMPTS = 100
_WAL_PAUSE_SECONDS = 0.05


def sqlite_engine(url: str, **options: Any) -> AsyncEngine:
    """An engine for `url` (`sqlite+aiosqlite:///…`), `options` as `create_async_engine` takes them.

    No connection is made yet. Transactions begin DEFERRED unless the execution option `BEGIN` says otherwise.
    """
    engine = create_async_engine(url, module=Driver(), **options)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "invalidate", _let_go_of_the_lock)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.run_async(lambda driver: in_thread(driver, _set_up))


def _set_up(connection: sqlite3.Connection) -> None:
    # The driver must not open transactions by itself: we do, below, so that reads see one snapshot.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").close()
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    # The mode stays in the file. For this lock SQLite does not wait, however patient: when several open a
    # new file at once, who comes second asks again.
    for attempts_left in reversed(range(_WAL_ATTEMPTS)):
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError:
            if not attempts_left:
                raise
            time.sleep(_WAL_PAUSE_SECONDS)
        else:
            return


def _begin(connection: Any) -> None:
    # A deferred transaction that reads and then writes fails at once when another wrote in between;
    # taking the write lock first makes it wait its turn instead.
    mode = connection.get_execution_options().get(BEGIN, "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _let_go_of_the_lock(connection: Any, _record: Any, _reason: Any) -> None:
    # When a task is cancelled in the middle of a statement, its connection is closed. But SQLite keeps it,
    # with its transaction and its lock, for as long as a traceback holds the statement.
    with contextlib.suppress(MissingGreenlet):
        connection.run_async(lambda driver: asyncio.shield(driver.rollback()))
