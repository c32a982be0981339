"""The stand-in provider as processes of their own, on real sockets."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

STARTS = 8  # connection attempts, each twice as late as the one before


@contextmanager
def running_providers(folder: Path, ports: list[int], clients: list[dict[str, Any]]) -> Iterator[str]:
    """One provider served by a process per port, all on one database; gives the issuer, at the first port."""
    issuer = f"http://localhost:{ports[0]}/testid"
    settings = folder / "provider.json"
    database = f"sqlite+aiosqlite:///{folder / 'testid.db'}"
    settings.write_text(json.dumps({"issuer": issuer, "database_url": database, "clients": clients}))
    with ExitStack() as stack:
        processes = [stack.enter_context(_process(folder, settings, port)) for port in ports]
        try:
            for port in ports:
                _wait_until_it_answers(port)
            yield issuer
        finally:
            for process in processes:
                process.terminate()


def _process(folder: Path, settings: Path, port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "digihelse_app.standins.bankid.serve", str(settings), str(port)]
    root = Path(__file__).parents[1]
    with (folder / f"provider-{port}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=root, stdout=log, stderr=subprocess.STDOUT)


def _wait_until_it_answers(port: int) -> None:
    with httpx.Client(transport=httpx.HTTPTransport(retries=STARTS), trust_env=False) as http:
        http.get(f"http://127.0.0.1:{port}/testid/jwks", timeout=30).raise_for_status()
