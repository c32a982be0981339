"""No text lies in the catalogues that nothing reads.

A key is read where it stands whole in the app, as `text["section"]["name"]`, as a placeholder of the offline
page, or as an f-string such as `f"setup.tonight_{way}"`. What fills the braces must be a word of the same
module or of a constant it imports, or a value of a code set: so a key does not live by its beginning alone.
"""

import ast
import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from digihelse_app.components.pwa import OFFLINE_PAGE
from digihelse_app.text import catalogue
from tests.repository import APP, ROOT, dotted, modules, parsed, python_files, strings

TAKES_A_KEY = ("t", "lookup", "_text", "page", "signed_in_page")
"""What is handed a key: only there may an f-string begin with a brace and still be one."""
UNSEEN = {
    r"log\.did\.[a-z_]+": "by the action in the log; a test of the words compares them with the code set",
    r"consent\.(terms|dialogue)\.\d{4}-\d{2}\.body": "by the version agreed to, which is in the database",
}
"""Keys (patterns) that are read in a way no program can see, and how. Fewest is best."""

_KEY = re.compile(r"[a-z_]+\.[a-z_.]*")
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_HOLE = "([a-z0-9_-]+)"


@dataclass(frozen=True)
class Shape:
    """An f-string that may be a key: a pattern with a group for each brace, and what may fill it."""

    pattern: re.Pattern[str]
    words: frozenset[str]

    def reads(self, key: str) -> bool:
        """Whether the f-string can be `key`."""
        found = self.pattern.fullmatch(key)
        return found is not None and all(word in self.words for word in found.groups())


def _files() -> list[Path]:
    """The modules of the app; stand-ins have words of their own."""
    return [file for file in python_files("digihelse_app") if file.relative_to(APP).parts[0] != "standins"]


def _shapes(tree: ast.Module, words: frozenset[str]) -> Iterator[Shape]:
    handed_over = {
        id(argument)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and dotted(call.func).rpartition(".")[2] in TAKES_A_KEY
        for argument in call.args
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr):
            continue
        parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
        begins_as_key = isinstance(parts[0], str) and _KEY.fullmatch(parts[0])
        if begins_as_key or id(node) in handed_over:
            pattern = "".join(_HOLE if part is None else re.escape(str(part)) for part in parts)
            yield Shape(re.compile(pattern), words)


def _looked_up(tree: ast.Module) -> Iterator[str]:
    """`section.name` for every `…["section"]["name"]`."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(ast.Subscript(_, ast.Constant(str(section))), ast.Constant(str(name))):
                yield f"{section}.{name}"
            case _:
                pass


def _code_values() -> frozenset[str]:
    """Every value of every code set that the app knows."""
    sets = {
        value
        for package in ("models", "outside", "services")
        for module in modules(package)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, enum.StrEnum)
    }
    return frozenset(member.value for codes in sets for member in codes)


@cache
def _read() -> tuple[frozenset[str], tuple[Shape, ...]]:
    """Every whole string of the app, and every f-string that may be a key."""
    placeholders = _PLACEHOLDER.findall((ROOT / "assets" / OFFLINE_PAGE).read_text("utf-8"))
    whole = {f"offline.{name}" for name in placeholders}
    shapes: list[Shape] = []
    codes = _code_values()
    for file in _files():
        tree = parsed(file)
        words = frozenset(str(node.value) for node in strings(file))
        whole |= words | set(_looked_up(tree))
        shapes += _shapes(tree, words | codes | set(_imported(tree)))
    return frozenset(whole), tuple(shapes)


def _imported(tree: ast.Module) -> Iterator[str]:
    """The words in constants that a module imports from another of the app."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            file = ROOT / f"{node.module.replace('.', '/')}.py"
            if file.exists():
                yield from _words_of({alias.name for alias in node.names}, parsed(file))


def _words_of(names: set[str], tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and names & {dotted(target) for target in node.targets}:
            yield from (str(word.value) for word in ast.walk(node.value) if isinstance(word, ast.Constant))


def _is_read(key: str) -> bool:
    whole, shapes = _read()
    return key in whole or any(shape.reads(key) for shape in shapes)


def test_every_text_is_read_somewhere() -> None:
    unread = {key for key in catalogue.keys(catalogue.FALLBACK) if not _is_read(key)}
    unseen = {key: [pattern for pattern in UNSEEN if re.fullmatch(pattern, key)] for key in unread}
    assert sorted(key for key, patterns in unseen.items() if not patterns) == []
    assert set(UNSEEN) == {pattern for patterns in unseen.values() for pattern in patterns}


@pytest.mark.parametrize(
    "key", ["home.moon", "setup.tonight_pigeon", "failure.moon", "offline.moon", "help.moon_title"]
)
def test_a_key_that_only_looks_like_one_is_not_read(key: str) -> None:
    assert not _is_read(key)


@pytest.mark.parametrize(
    "key",
    ["home.hello", "setup.tonight_sms", "failure.denied", "offline.kept", "help.safe_title", "nav.inbox"],
)
def test_each_way_of_reading_is_seen(key: str) -> None:
    assert _is_read(key)
