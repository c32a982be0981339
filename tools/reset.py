"""Start over: forget all data and keys that `make run` made. `python -m tools.reset`."""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KEPT = frozenset({"log", "reflex"})
"""What in the folder is no data: the log of the installation, and what builds hold."""
LOCK = "running.lock"


class InUseError(Exception):
    """Another process has the data."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold `folder` for this process alone; raises InUseError at once when another has it."""
    with (folder / LOCK).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InUseError from None
        yield


def main() -> int:
    """Empty the folder of data; 1 with a sentence while the app runs."""
    folder = Path(os.environ.get("DIGIHELSE_VAR_DIR") or "var")
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with alone(folder):
            empty(folder)
    except InUseError:
        print("The app is running: stop it first (Ctrl-C where it runs).", file=sys.stderr)
        return 1
    except OSError as failure:
        print(f"{failure.filename}: {failure.strerror}", file=sys.stderr)
        return 1
    print("All data is gone; make run begins anew.")
    return 0


def empty(folder: Path) -> None:
    """Remove everything in `folder` but what is no data."""
    for inside in folder.iterdir():
        if inside.name in KEPT:
            continue
        if inside.is_dir():
            shutil.rmtree(inside)
        else:
            inside.unlink()


if __name__ == "__main__":
    sys.exit(main())
