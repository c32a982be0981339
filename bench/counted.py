"""The built app, writing down which event each of its database queries belongs to: for bench/queries.py.

Started in stead of the composition root, with `BENCH_QUERIES` naming the file that the lines go to.
"""

import json
import os
from typing import Any, TextIO

import reflex as rx
from reflex.state import BaseState
from reflex_base.event import Event
from reflex_base.event.context import EventContext
from sqlalchemy import Engine
from sqlalchemy import event as database_event

from digihelse_app.digihelse_app import app

__all__ = ["app"]

_TRANSACTION = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")


class Naming(rx.Middleware):
    """Runs before the gate, and names each event and the one it follows from."""

    def __init__(self, lines: TextIO) -> None:
        self.lines = lines

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> None:  # noqa: ARG002
        """A line for the event; lets everything pass."""
        context = EventContext.get()
        told = {"event": event.name, "id": context.txid, "follows": context.parent_txid or ""}
        self.lines.write(json.dumps(told) + "\n")

    def note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        """A line for a query that an event made; jobs and plain routes have none."""
        try:
            context = EventContext.get()
        except LookupError:
            return
        if not statement.startswith(_TRANSACTION):
            self.lines.write(json.dumps({"query_of": context.txid}) + "\n")


def _count() -> None:
    lines = open(os.environ["BENCH_QUERIES"], "a", buffering=1)  # noqa: SIM115, PTH123 - open while the process lives
    naming = Naming(lines)
    app.add_middleware(naming, index=0)
    database_event.listen(Engine, "before_cursor_execute", naming.note)


_count()
