"""Programs that share the tests: together they run each test once, whoever takes what."""

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.repository import ROOT

SERVERS = """
import pytest

@pytest.fixture(scope="session")
def server():
    yield "server"
    print("the server ended")

@pytest.fixture(scope="session")
def playwright():
    yield
    print("Playwright ended")
"""
LENT = """
def test_first(server):
    print("ran", __name__, "first")

def test_second(server):
    print("ran", __name__, "second")
"""
IN_BROWSER = """
def test_page(playwright):
    print("ran a page")
"""


def run(folder: Path, *options: str, keeps: tuple[int, ...] = ()) -> subprocess.CompletedProcess[str]:
    """One program among those that share the tests in `folder`."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-c", os.devnull]
    turns_in = ["-p", "tools.turns", "--turns", str(folder / "turns"), "--rootdir", str(folder / "tests")]
    return subprocess.run(
        [*command, *turns_in, *options, str(folder / "tests")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        pass_fds=keeps,
        check=False,
    )


def suite(folder: Path, **files: str) -> Path:
    """Tests in `folder`, and a place to mark what is taken."""
    for name in ("turns", "tests"):
        (folder / name).mkdir()
    for name, text in {"conftest": SERVERS, **files}.items():
        (folder / "tests" / f"{name}.py").write_text(text)
    return folder


def test_programs_that_share_the_tests_run_each_of_them_once(tmp_path: Path) -> None:
    folder = suite(tmp_path, test_one=LENT, test_two=LENT, test_three=LENT)
    with ThreadPoolExecutor() as both:
        done = list(both.map(lambda _: run(folder), range(2)))
    said = "".join(one.stdout for one in done)
    ran = sorted(re.findall(r"ran (test_\w+) (\w+)", said))
    assert ran == sorted(
        (f"test_{name}", which) for name in ("one", "two", "three") for which in ("first", "second")
    )
    assert [one.returncode for one in done] == [0, 0]


def test_what_is_taken_is_left_alone_and_the_server_of_the_session_serves_the_rest(tmp_path: Path) -> None:
    folder = suite(tmp_path, test_one=LENT, test_two=LENT, test_three=LENT)
    (folder / "turns" / "test_two.py").touch()
    said = run(folder).stdout
    assert re.findall(r"ran (\w+) second|the server (ended)", said) == [
        ("test_one", ""),
        ("test_three", ""),
        ("", "ended"),
    ]
    assert "4 passed" in said


def test_failure_is_told_of_and_shown_and_ends_with_one(tmp_path: Path) -> None:
    folder = suite(tmp_path, test_one="def test_wrong():\n    assert 1 == 2", test_two=LENT)
    told, tell = os.pipe()
    done = run(folder, "--turns-tell", str(tell), keeps=(tell,))
    os.close(tell)
    with open(told) as lines:  # noqa: PTH123 - a pipe
        parts = [re.sub(r"\d+ s", "0 s", line.strip()) for line in lines]
    assert parts == ["test_two.py: 2 run, 0 s", "test_one.py: 1 run, 1 FAILED, 0 s"]
    assert done.returncode == 1
    assert "assert 1 == 2" in done.stdout


def test_program_that_stops_at_a_failure_stops(tmp_path: Path) -> None:
    folder = suite(
        tmp_path, test_one="def test_wrong():\n    assert 1 == 2\n\ndef test_after():\n    print('ran')"
    )
    done = run(folder, "-x")
    assert (done.returncode, "ran" in done.stdout) == (1, False)


def test_playwright_has_ended_when_tests_without_it_begin(tmp_path: Path) -> None:
    folder = suite(tmp_path, test_page=IN_BROWSER, test_pages=IN_BROWSER, test_one=LENT)
    said = run(folder, "--turns-first=browser").stdout
    ran = re.findall(r"ran a page|Playwright ended|ran test_one first", said)
    assert ran == ["ran a page", "ran a page", "Playwright ended", "ran test_one first"]


def test_error_in_collecting_is_an_error_of_every_program(tmp_path: Path) -> None:
    folder = suite(tmp_path, test_one="import nothing_by_this_name", test_two=LENT)
    done = run(folder)
    assert done.returncode == 2
    assert list((folder / "turns").iterdir()) == []
