"""Several pytest programs share one list of tests: each takes the next part that nobody has taken.

    python -m pytest -p tools.turns --turns=FOLDER [--turns-tell=PIPE] [--turns-first=long|browser|others]

A part is a file, or a folder of those that share a server; it is taken by making a file of its name in
FOLDER. Nothing is given out beforehand: whoever is done takes another, and new tests need no place.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import quote

import pytest

LONGEST = ("tests/attack", "tests/faults", "tests/integration/test_two_workers.py")
"""Begun first by one program: nobody shall be left with one of them when the others are done.

It and the one with the browser wait for the story to be told, while a third does what needs no story.
"""
TOGETHER = ("tests/attack",)
"""Folders whose files share a server, which would have to be started for each."""

KINDS = ("long", "others", "browser")
"""Programs begin with a kind each: of what is heavy, little shall run at the same time."""

Test = TypeVar("Test")


@dataclass
class Part(Generic[Test]):
    """Tests that one program runs one after the other: those of `name` with a browser, or those without."""

    name: str
    in_browser: bool
    tests: list[Test] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """One of KINDS."""
        if self.in_browser:
            return "browser"
        return "long" if self.name.startswith(LONGEST) else "others"

    @property
    def mark(self) -> str:
        """The name of the file that says it is taken."""
        return quote(f"{self.name} in a browser" if self.in_browser else self.name, safe="")


def parts_of(
    tests: Iterable[Test], file_of: Callable[[Test], str], in_browser: Callable[[Test], bool]
) -> list[Part[Test]]:
    """The tests in parts, each in the order they came in."""
    parts: dict[tuple[str, bool], Part[Test]] = {}
    for test in tests:
        file = file_of(test)
        name = next((folder for folder in TOGETHER if file.startswith(f"{folder}/")), file)
        key = (name, in_browser(test))
        parts.setdefault(key, Part(*key)).tests.append(test)
    return list(parts.values())


def in_order(parts: Iterable[Part[Test]], first: str) -> list[Part[Test]]:
    """In which order to take them: those of the kind `first`, then the other kinds; most tests first."""

    def place(part: Part[Test]) -> tuple[bool, int, int]:
        return part.kind != first, KINDS.index(part.kind), -len(part.tests)

    return sorted(parts, key=place)


def taken(parts: Iterable[Part[Test]], folder: Path) -> Iterator[Part[Test]]:
    """Those of `parts` that no other program has taken, each taken when it is asked for."""
    for part in parts:
        try:
            (folder / part.mark).touch(exist_ok=False)
        except FileExistsError:
            continue
        yield part


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options above."""
    group = parser.getgroup("turns", "sharing the tests with other programs")
    group.addoption("--turns", metavar="FOLDER", help="where the programs mark what they have taken")
    group.addoption(
        "--turns-tell", type=int, metavar="PIPE", help="file descriptor to tell of finished parts"
    )
    group.addoption(
        "--turns-first", choices=KINDS, default="others", help="which kind of tests to begin with"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take turns only when asked to."""
    if config.option.turns:
        config.pluginmanager.register(_Turns(config), "turns")


class _Turns:
    """Runs what this program takes, and tells of it."""

    def __init__(self, config: pytest.Config) -> None:
        self._folder = Path(config.option.turns)
        self._first: str = config.option.turns_first
        self._pipe: int | None = config.option.turns_tell
        if self._pipe is not None:
            os.set_inheritable(self._pipe, False)  # the servers that tests start must not hold it open
        self._failed = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what fails."""
        self._failed += report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """In place of pytest's own loop. With errors in collecting, that one says so and ends."""
        if session.testsfailed or session.config.option.collectonly:
            return None
        parts = parts_of(session.items, lambda item: item.nodeid.partition("::")[0], _in_browser)
        own = taken(in_order(parts, self._first), self._folder)
        part = next(own, None)
        while part:
            # Taken before the last one ends, so that the session's servers are kept for it.
            part = self._run(session, part, own)
        return True

    def _run(
        self, session: pytest.Session, part: Part[pytest.Item], own: Iterator[Part[pytest.Item]]
    ) -> Part[pytest.Item] | None:
        """Run a part; gives the part taken for afterwards."""
        began, self._failed = time.monotonic(), 0
        following: Part[pytest.Item] | None = None
        for item, after in zip(part.tests, [*part.tests[1:], None], strict=True):
            if after is None:
                following = next(own, None)
                after = _next_after(part, following)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
        self._tell(part, time.monotonic() - began)
        return following

    def _tell(self, part: Part[pytest.Item], seconds: float) -> None:
        if self._pipe is not None:
            failed = f", {self._failed} FAILED" if self._failed else ""
            line = f"{part.name}: {len(part.tests)} run{failed}, {seconds:.0f} s\n"
            os.write(self._pipe, line.encode())


def _in_browser(item: pytest.Item) -> bool:
    return "playwright" in getattr(item, "fixturenames", ())


def _next_after(part: Part[pytest.Item], following: Part[pytest.Item] | None) -> pytest.Item | None:
    """What pytest keeps servers for; None ends them all, and Playwright's loop, which others cannot bear."""
    if following is None or (part.in_browser and not following.in_browser):
        return None
    return following.tests[0]
