"""What is looked for among what an organisation may read back, and in what order: by change, then id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page ended."""

    updated_at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What to look for; all that is given must hold. `before` and `after` are exclusive, UTC."""

    ids: tuple[str, ...] = ()
    person_id: str | None = None
    thread: str | None = None
    since: datetime | None = None
    after: datetime | None = None
    until: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one source that a selection speaks of."""

    organisation_id: Any
    id: Any
    updated_at: Any
    person_id: Any


def conditions(
    columns: Columns, organisation_id: str, selection: Selection, start: Position | None
) -> list[ColumnElement[bool]]:
    """What must hold of the organisation's own that is selected, after `start`."""
    at = columns.updated_at
    where: list[ColumnElement[bool]] = [columns.organisation_id == organisation_id]
    if selection.ids:
        where.append(columns.id.in_(selection.ids))
    if selection.person_id is not None:
        where.append(columns.person_id == selection.person_id)
    bounds = ((at.__ge__, selection.since), (at.__gt__, selection.after))
    bounds += ((at.__le__, selection.until), (at.__lt__, selection.before))
    where += [holds(bound) for holds, bound in bounds if bound is not None]
    if start is not None:
        where.append(or_(at > start.updated_at, and_(at == start.updated_at, columns.id > start.id)))
    return where


def order(columns: Columns) -> Sequence[ColumnElement]:
    """Oldest change first."""
    return (columns.updated_at.asc(), columns.id.asc())
