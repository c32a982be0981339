"""Build if needed, migrate, start the app with its stand-ins, end it all on Ctrl-C. `python -m tools.run`."""

import asyncio
import contextlib
import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Never
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from digihelse_app import settings as app_settings
from digihelse_app.migrations.run import upgrade
from digihelse_app.models import database
from digihelse_app.settings import Settings, SettingsError
from digihelse_app.standins.people import PEOPLE
from digihelse_app.web import health
from tools import prebuild, reset
from tools.serve import server_command, server_environment

START_SECONDS = 120
STOP_SECONDS = 10
FREE_BYTES = 200_000_000


class CannotRunError(Exception):
    """The app cannot be started; the message is the one sentence to show."""


def main() -> int:
    """Run until stopped; 0 when stopped by hand, 1 with a sentence when it could not run."""
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, _as_interrupt)
    try:
        run(app_settings.from_environment())
    except KeyboardInterrupt:
        print("\nStopped. What you did is kept; make reset starts over.")
        return 0
    except (CannotRunError, SettingsError, prebuild.BuildError) as failure:
        print(failure, file=sys.stderr)
    except reset.InUseError:
        print("The app runs already, with the same data: stop it first.", file=sys.stderr)
    except OSError as failure:
        full = failure.errno == errno.ENOSPC
        print("The disk is full." if full else f"{failure.filename}: {failure.strerror}", file=sys.stderr)
    return 1


def run(settings: Settings) -> None:
    """Everything in order; returns only by raising."""
    host, port = address(settings)
    make_room(settings.var_dir)
    with reset.alone(settings.var_dir):
        prebuild.build()
        migrate(settings)
        print("Starting …", flush=True)
        serve(settings, host, port)


def serve(settings: Settings, host: str, port: int) -> None:
    """Start the server, say where it is, and wait; returns only by raising, with the server ended."""
    # Its own process group, so that a Ctrl-C reaches this program alone and the end comes in order.
    server = subprocess.Popen(
        server_command(host, port), env=server_environment(), cwd=prebuild.ROOT, start_new_session=True
    )
    try:
        wait_until_ready(server, port)
        print(welcome(settings), flush=True)
        raise CannotRunError(f"The app ended by itself (exit code {server.wait()}); the reason is above.")
    finally:
        stop(server)


def address(settings: Settings) -> tuple[str, int]:
    """Host and port to listen on, found free. Raises CannotRunError."""
    parts = urlsplit(settings.base_url)
    host = os.environ.get("DIGIHELSE_HOST", "127.0.0.1")
    port = int(os.environ.get("DIGIHELSE_PORT") or parts.port or (443 if settings.is_https else 80))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise CannotRunError(
                f"Port {port} may not be used here: choose one above 1023, such as make run PORT=3000."
            ) from None
        except OSError:
            raise CannotRunError(
                f"Port {port} is in use: stop what uses it, or choose another: make run PORT={port + 1}"
            ) from None
    return host, port


def make_room(folder: Path) -> None:
    """Make the folder for data and see that something can be written there. Raises CannotRunError."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        raise CannotRunError(f"Nothing can be written in {folder}: it belongs to another user.")
    if shutil.disk_usage(folder).free < FREE_BYTES:
        raise CannotRunError("The disk is full: make room (at least 200 MB) and run make run again.")


def migrate(settings: Settings) -> None:
    """Bring the database up to date. Raises CannotRunError when there is none to reach."""

    async def go() -> None:
        engine = database.connect(settings.database)
        try:
            await upgrade(engine)
        finally:
            await database.disconnect()

    try:
        asyncio.run(go())
    except (SQLAlchemyError, ConnectionError) as failure:
        reason = type(getattr(failure, "orig", failure)).__name__
        raise CannotRunError(f"The database cannot be used ({reason}): see DIGIHELSE_DATABASE_URL.") from None


def wait_until_ready(server: "subprocess.Popen[bytes]", port: int) -> None:
    """Return when the app says it is ready. Raises CannotRunError when it does not in time."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if server.poll() is not None:
            raise CannotRunError("The app did not start; the reason is above.")
        if is_ready(f"http://127.0.0.1:{port}{health.READY}"):
            return
        time.sleep(0.1)
    raise CannotRunError(f"The app was not ready within {START_SECONDS} seconds.")


def is_ready(url: str) -> bool:
    """Whether the app answers there, past any proxy, that all is in place."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=5):
            return True
    except OSError:
        return False


def welcome(settings: Settings) -> str:
    """The address, and whom one can sign in as."""
    lines = ["", f"  Digihelse is at {settings.base_url}    (Ctrl-C stops it)"]
    if settings.uses_standins:
        lines += ["", "  Sign in as one of these people, who do not exist:"]
        lines += [f"    {person.name:<16} {person.story}" for person in PEOPLE if person.has_eid]
        lines += ["", f"  The municipality's side, to answer them: {settings.base_url}/fagsystem"]
        lines += [f"  SMS and e-mail that would have been sent: {settings.mailbox_address}"]
    return "\n".join([*lines, ""])


def stop(server: "subprocess.Popen[bytes]") -> None:
    """End the server and every process it started: asked first, then made to."""
    if server.poll() is None:
        server.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)
    try:
        os.killpg(server.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    server.wait()


def _as_interrupt(_number: int, _frame: object) -> Never:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
