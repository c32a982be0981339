"""Packages from npm that judge the app in tests, installed once for each lock file."""

import fcntl
import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent / "conformance"
CACHE = FOLDER.parents[1] / "var" / "conformance"
TOOLS = Path(sys.executable).parent


def installed() -> Path:
    """The folder that holds `node_modules` as tests/conformance/package-lock.json pins them."""
    folder = CACHE / sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two test programs may ask at once: the second finds it done
        _install(folder)
    return folder


def _install(folder: Path) -> None:
    if not (folder / "installed").exists():
        for name in ("package.json", "package-lock.json"):
            shutil.copy(FOLDER / name, folder / name)
        environment = os.environ | {"PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}"}
        install = [TOOLS / "npm", "ci", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=folder, env=environment, check=True, capture_output=True)
        (folder / "installed").touch()
