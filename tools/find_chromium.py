"""Find a Chromium for the tests, or fetch one. `python -m tools.find_chromium` prints its path.

In this order: DIGIHELSE_CHROMIUM, one on PATH, Playwright's own, `playwright install chromium`, and as root
the system's package manager.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

SHELL = "chromium-headless-shell"
"""Chromium without a window to draw: the same pages for little more than half the work."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = (
    # Chromium's own sandbox does not start as root or in most containers; the tests only visit this machine.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""What the tests start it with."""

NONE = (
    "The browser tests need Chromium: install it (Debian, Ubuntu: apt-get install chromium), or say "
    "where it is with DIGIHELSE_CHROMIUM=/path/to/chromium."
)


ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


class NoChromiumError(Exception):
    """None was found and none could be fetched; the message says what to install."""


def main() -> int:
    """Print the path; 1 with a sentence when there is none."""
    try:
        print(find(say=lambda sentence: print(sentence, file=sys.stderr, flush=True)))
    except NoChromiumError as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def find(say: Callable[[str], None] = lambda _sentence: None) -> str:
    """Path of a Chromium, fetched if need be; `say` hears of what takes time. Raises NoChromiumError."""
    asked = os.environ.get("DIGIHELSE_CHROMIUM")
    if asked:
        if named := shutil.which(asked):
            return named
        raise NoChromiumError("DIGIHELSE_CHROMIUM does not name a program that can be started.")
    found = _first(map(shutil.which, NAMES)) or _playwrights_own()
    if found:
        return found
    say("Fetching Chromium for the browser tests …")
    _quietly(sys.executable, "-m", "playwright", "install", "chromium")
    found = _playwrights_own()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium with the system's package manager …")
        _quietly("apt-get", "update")
        install = ("apt-get", "install", "-y", "--no-install-recommends")
        _quietly(*install, SHELL) or _quietly(*install, "chromium")
        found = _first(map(shutil.which, NAMES))
    if not found:
        raise NoChromiumError(NONE)
    return found


def _playwrights_own() -> str | None:
    """Playwright's browser for this version, if it is there and its libraries are too."""
    answered = subprocess.run(
        [sys.executable, "-c", ASK_PLAYWRIGHT], capture_output=True, text=True, check=False
    )
    path = answered.stdout.strip()
    starts = path and Path(path).exists() and _quietly(path, "--version")
    return path if starts else None


def _quietly(*command: str) -> bool:
    """Run with a limit of ten minutes and no output; whether it succeeded."""
    try:
        return subprocess.run(command, capture_output=True, timeout=600, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _first(paths: Iterable[str | None]) -> str | None:
    return next((path for path in paths if path), None)


if __name__ == "__main__":
    sys.exit(main())
