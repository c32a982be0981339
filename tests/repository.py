"""The files of the repository, and the modules of the app, for tests that read them."""

import ast
import importlib
import pkgutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import digihelse_app

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "digihelse_app"
_BINARY = frozenset({".png", ".jpg", ".ico", ".woff2", ".webp", ".gz", ".pdf"})


@cache
def tracked_files() -> tuple[Path, ...]:
    """Every text file that is, or is about to be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(file for file in files if file.is_file() and file.suffix not in _BINARY)


def python_files(*folders: str) -> list[Path]:
    """Python files in the repository, within `folders` (relative to its root) if any are given."""
    wanted = [ROOT / folder for folder in folders] or [ROOT]
    files = [file for file in tracked_files() if file.suffix == ".py"]
    return [file for file in files if any(file.is_relative_to(folder) for folder in wanted)]


def parsed(file: Path) -> ast.Module:
    """The syntax tree of a Python file."""
    return ast.parse(file.read_text(), str(file))


def modules(package: str) -> list[ModuleType]:
    """Every module of a package of the app, imported."""
    name = f"{digihelse_app.__name__}.{package}"
    found = importlib.import_module(name)
    inside = pkgutil.walk_packages(found.__path__, f"{name}.")
    return [importlib.import_module(module.name) for module in inside]


def where(file: Path, node: ast.AST) -> str:
    """`file:line`, for a message."""
    return f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression, empty for any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def strings(file: Path) -> Iterator[ast.Constant]:
    """Every string in a Python file that is not a docstring or a bare string beside a name."""
    tree = parsed(file)
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node
