"""What must never be in the repository, and how its files are kept."""

import ast
import importlib.util
import re

from digihelse_app.models.national_id import SYNTHETIC_OFFSETS, is_valid
from tests.repository import ROOT, parsed, python_files, tracked_files, where

LINE_LIMIT = 300
DOCSTRING_ONLY = "__init__.py"
FIXTURE_OFFSET = 80
_ELEVEN_DIGITS = re.compile(r"(?<![\dA-Za-z.])\d{11}(?![\dA-Za-z])")
# Written in two parts, so that this file does not name what it looks for.
PLACES = [
    *("pypi." + "org", "python" + "hosted", "npm" + "js.org", "registry.npm" + "js", "registry.yarn" + "pkg"),
    *("/wo" + "rk/", "/ro" + "ot/", "/home" + "/", "/opt/py" + "pi"),
]


def test_no_identity_number_could_be_a_real_persons() -> None:
    found = [
        str(file.relative_to(ROOT))
        for file in tracked_files()
        for number in _ELEVEN_DIGITS.findall(file.read_text(errors="replace"))
        if is_valid(number, SYNTHETIC_OFFSETS) and not is_valid_synthetic(number)
    ]
    assert found == []


def is_valid_synthetic(number: str) -> bool:
    """Whether it is valid with 80 added to the month, and so nobody's."""
    return is_valid(number, {FIXTURE_OFFSET}) and int(number[2:4]) > FIXTURE_OFFSET


def test_no_package_host_and_no_path_of_a_machine_is_named() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {place}"
        for file in tracked_files()
        for place in PLACES
        if place in file.read_text(errors="replace")
    ]
    assert found == []


def test_files_are_short() -> None:
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_text().splitlines())
        for file in python_files()
        if "versions" not in file.parts
    }
    assert {name: length for name, length in lengths.items() if length >= LINE_LIMIT} == {}


def test_package_files_hold_one_sentence() -> None:
    fuller = [
        where(file, node)
        for file in python_files("digihelse_app")
        # A stand-in is a program of its own and may say there what it offers.
        if file.name == DOCSTRING_ONLY and "standins" not in file.parts
        for node in parsed(file).body
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    assert fuller == []


def test_the_successor_of_httpx_is_not_installed() -> None:
    # Authlib would switch to it without a word, and it has not been tried here.
    assert importlib.util.find_spec("httpx" + "2") is None


def test_no_test_is_skipped_or_run_again() -> None:
    banned = {"skip", "skipif", "xfail", "flaky", "importorskip"}
    found = [
        where(file, node)
        for file in python_files("tests")
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Attribute) and node.attr in banned
    ]
    assert found == []
