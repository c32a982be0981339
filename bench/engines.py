"""Measuring on both database engines, and what comes of it."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from digihelse_app.models import vault
from tests import servers
from tests.vault import TEST_VAULT


def on_both(measure: Callable[[str, str], Coroutine[Any, Any, bool]], bound: str) -> int:
    """Measure on SQLite and PostgreSQL (name, address); 1, and the `bound` in words, when one is over."""
    vault.hold(TEST_VAULT)
    with tempfile.TemporaryDirectory() as folder:
        kept = asyncio.run(measure("SQLite", f"sqlite+aiosqlite:///{Path(folder)}/bench.db"))
    with servers.postgres() as server:
        server.sql("CREATE DATABASE bench")
        kept = asyncio.run(measure("PostgreSQL", server.url("bench"))) and kept
    print("within" if kept else f"OVER: {bound}")
    return 0 if kept else 1
