"""Finding conversations by the beginnings of words: every word asked for must begin a word in them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from digihelse_app.access.context import ActingContext
from digihelse_app.models.search import ThreadWord
from digihelse_app.services.search_index import words

MOST_WORDS = 8
"""Words of a query beyond these are not looked at."""


def matching(
    acting: ActingContext, thread_id: SQLCoreOperations[str], text: str
) -> Sequence[ColumnElement[bool]]:
    """One condition a word: a range of the represented person's own words. Text without any finds none."""
    beginnings = _beginnings(text)
    if not beginnings:
        return [thread_id.in_([])]
    return [thread_id.in_(_with_word(acting, beginning)) for beginning in beginnings]


def _beginnings(text: str) -> list[str]:
    """The words asked for, without those that a longer one makes superfluous."""
    asked = words(text)
    longest = [word for word in asked if not any(other.startswith(word) for other in asked if other != word)]
    return sorted(longest, key=len, reverse=True)[:MOST_WORDS]


def _with_word(acting: ActingContext, beginning: str) -> SelectOfScalar[str]:
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    query = select(ThreadWord.thread_id).where(
        col(ThreadWord.person_id) == acting.represented_id,
        col(ThreadWord.word) >= beginning,
        col(ThreadWord.word) < after,
    )
    since = acting.reach.since
    return query if since is None else query.where(col(ThreadWord.written_at) >= since)
