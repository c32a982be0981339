"""What the parts of «everything about me» are made of. Times are UTC until they are words."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import SQLModel

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.text import dates


@dataclass(frozen=True, slots=True)
class File:
    """An attachment and where in the bundle it goes; `size` in bytes."""

    id: str
    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Item:
    """One thing: as a record for computers, in words for people, and the files that go with it."""

    record: dict[str, Any]
    title: str
    lines: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)


Read = Callable[[ActingContext, str], AsyncIterator[Item]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part: the name of its file, the text it is headed by, the right it takes, and how it is read."""

    key: str
    title: str
    needs: Permission
    read: Read


def when(language: str, at: datetime | None) -> str:
    """An instant in words, Europe/Oslo; empty for none."""
    return dates.full_day_and_time(language, at) if at else ""


def plain(row: SQLModel, *names: str) -> dict[str, Any]:
    """The named columns; never a key, a cipher or somebody else's id unless named."""
    return {name: getattr(row, name) for name in names}
