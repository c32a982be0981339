"""The tests that need servers and a browser: find Chromium, build, and run them. `python -m tools.test`.

Architecture and unit tests have run before (`make check`). The rest mostly waits, for servers and pages
to answer, and so runs as two programs side by side, each with databases and servers of its own.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from tools import find_chromium, prebuild

RUN_BEFORE = ("tests/architecture", "tests/unit")
FROM_OUTSIDE = (
    "tests/attack",
    "tests/conformance",
    "tests/e2e",
    "tests/faults",
    "tests/integration/test_two_workers.py",
)
"""Against the built app as its users and its enemies meet it. Everything else is the other half."""


def main() -> int:
    """0 when all is well; a sentence and 1 when the tests could not be run. Arguments go to pytest."""
    try:
        chromium = find_chromium.find(say=lambda sentence: print(sentence, flush=True))
        print(f"Browser tests use {chromium}", flush=True)
        prebuild.build()
    except (find_chromium.NoChromiumError, prebuild.BuildError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    ignored = [f"--ignore={folder}" for folder in (*RUN_BEFORE, *FROM_OUTSIDE)]
    print("Integration tests here; attack, conformance, browser and fault tests beside them …", flush=True)
    with tempfile.TemporaryFile() as kept:
        beside = _pytest([*FROM_OUTSIDE, *sys.argv[1:]], kept)
        here = _pytest(["tests", *ignored, *sys.argv[1:]])
        try:
            results = [here.wait(), _waited(beside)]
        except KeyboardInterrupt:
            return 130  # both were told by the same Ctrl-C
        kept.seek(0)
        print(kept.read().decode(errors="replace"), flush=True)
    return max(results)


def _pytest(arguments: list[str], output: IO[bytes] | None = None) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pytest", "-q", "--durations=10", *arguments]
    return subprocess.Popen(command, stdout=output, stderr=output, cwd=Path(__file__).parent.parent)


def _waited(beside: "subprocess.Popen[bytes]") -> int:
    if beside.poll() is None:
        print("Waiting for the attack, conformance, browser and fault tests …", flush=True)
    return beside.wait()


if __name__ == "__main__":
    sys.exit(main())
