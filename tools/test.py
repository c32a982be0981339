"""Every test: the checks while Chromium is found and the app is built, then what needs servers or a browser.

    python -m tools.test [what pytest takes]

Those mostly wait, for servers and pages to answer, and so run as several programs side by side that share
the tests (`tools.turns`), each with databases and servers of its own.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Never

from tools import find_chromium, prebuild

CHECKS = ("make", "-j2", "lint", "types", "layers", "unit")
RUN_BEFORE = ("tests/architecture", "tests/unit")
BEGIN_WITH = ("browser", "long")
"""What the first programs begin with; the others begin with the rest."""
ROOM = 4 * 1024**3
"""Bytes that are enough for the databases, files and logs of all tests."""
NOTHING_TO_RUN = 5
"""How pytest ends when no test was asked for."""

Program = subprocess.Popen[bytes]


def main() -> int:
    """0 when all is well. Arguments go to pytest. A Ctrl-C ends everything in order."""
    for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, _as_interrupt)
    try:
        return checks() or share(sys.argv[1:])
    except KeyboardInterrupt:
        return 130


def checks() -> int:
    """The checks, and beside them what the other tests need; 0 when all is in place."""
    with tempfile.TemporaryFile() as kept, _together() as start:
        preparing = start([sys.executable, "-m", "tools.test", "--prepare"], output=kept)
        failed = start(CHECKS).wait()
        if failed:
            return failed
        if preparing.poll() is None:
            print("Waiting for Chromium and the build …", flush=True)
        failed = preparing.wait()
        _show(kept)
    return failed


def prepare() -> int:
    """Find Chromium and build; a sentence and 1 when that cannot be."""
    try:
        chromium = find_chromium.find(say=lambda sentence: print(sentence, flush=True))
        print(f"Browser tests use {chromium}", flush=True)
        prebuild.build()
    except (find_chromium.NoChromiumError, prebuild.BuildError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


def share(arguments: Sequence[str]) -> int:
    """Run the tests in programs that share them: tells of each finished part, then shows what pytest said."""
    count = programs(os.cpu_count() or 1)
    print(f"Integration, conformance, attack, fault and browser tests, in {count} programs …", flush=True)
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="turns", dir=in_memory()))
        os.environ["TMPDIR"] = folder  # for the databases that the tests make, too
        Path(folder).chmod(0o711)  # PostgreSQL, which does not run as root, has to come through
        outputs = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(count)]
        stack.callback(lambda: [_show(output) for output in outputs])  # after a Ctrl-C too
        start = stack.enter_context(_together())
        told, tell = os.pipe()
        shared = [*_pytest(folder, tell), *(f"--ignore={done}" for done in RUN_BEFORE), *arguments]
        begin = (*BEGIN_WITH, *["others"] * count)
        running: list[Program] = [
            start([*shared, f"--turns-first={first}"], output=output, keeps=(tell,))
            for first, output in zip(begin, outputs, strict=False)
        ]
        os.close(tell)
        with open(told) as lines:  # noqa: PTH123 - a pipe; it ends when all programs have
            for line in lines:
                print(f"  {line}", end="", flush=True)
        results = [program.wait() for program in running]
    return outcome(results)


def in_memory() -> str | None:
    """A folder whose files are never written to a disk, where there is one with room; None for the usual."""
    folder = Path("/dev/shm")  # noqa: S108 - what is made there has a name that nobody can guess
    has_room = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM
    return str(folder) if has_room else None


def programs(processors: int) -> int:
    """How many run side by side: one more than there are processors, as one or the other always waits."""
    return min(processors, 5) + 1


def outcome(results: Sequence[int]) -> int:
    """How it went in all: the first that went wrong. Who came too late to take a test did nothing wrong."""
    wrong = [result for result in results if result not in (0, NOTHING_TO_RUN)]
    return abs(wrong[0]) if wrong else min(results)


def _pytest(folder: str, tell: int) -> list[str]:
    # In one word each: a folder that stands alone is taken for where the tests are.
    turns = ["-p", "tools.turns", f"--turns={folder}", f"--turns-tell={tell}"]
    return [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--durations=10",
        "-o",
        "console_output_style=classic",
        *turns,
    ]


Start = Callable[..., Program]


@contextlib.contextmanager
def _together() -> Iterator[Start]:
    """Starts programs; those that still run in the end are interrupted, and waited for while they tidy up.

    Each leads a group of its own: a Ctrl-C reaches this program alone, and each of them once, from here.
    """
    started: list[Program] = []

    def start(command: Sequence[str], output: IO[bytes] | None = None, keeps: Sequence[int] = ()) -> Program:
        program = subprocess.Popen(
            command, stdout=output, stderr=output, cwd=prebuild.ROOT, pass_fds=keeps, start_new_session=True
        )
        started.append(program)
        return program

    try:
        yield start
    finally:
        for program in started:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGINT)
        for program in started:
            program.wait()


def _show(output: IO[bytes]) -> None:
    output.seek(0)
    print(output.read().decode(errors="replace"), flush=True)


def _as_interrupt(_number: int, _frame: object) -> Never:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(prepare() if sys.argv[1:] == ["--prepare"] else main())
