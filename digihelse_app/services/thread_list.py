"""What a list of conversations may be narrowed to, and the one query that each such list is."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, false, func, literal, true, tuple_
from sqlalchemy.orm import aliased, defer
from sqlmodel import col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from digihelse_app.access.context import ActingContext
from digihelse_app.models.codes import SenderKind
from digihelse_app.models.conversation import Message, Thread, ThreadReading
from digihelse_app.models.organisation import CareService
from digihelse_app.services import search, visible
from digihelse_app.services.mailboxes import NEVER


class View(StrEnum):
    """Which conversations a list shows: those not put away, of them the unread or waiting, or the archive."""

    ALL = "all"
    UNREAD = "unread"
    WAITING = "waiting"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class Choice:
    """A view, one service's alone (its id) or all, and what is searched for.

    A search among all of them finds what is archived too.
    """

    view: View = View.ALL
    service_id: str = ""
    text: str = ""


EVERYTHING = Choice()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: time and id of its last row. The next page holds what is older (keyset)."""

    at: datetime
    id: str

    @property
    def values(self) -> tuple[datetime, str]:
        """To compare rows with."""
        return self.at, self.id


BEGINNING = Cursor(NEVER, "")
"""Before everything."""


def page(
    acting: ActingContext, chosen: Choice, after: Cursor | None, limit: int
) -> Select[Thread, CareService, ThreadReading, Message]:
    """The actor's copies that fit, newest first, with conversation and service.

    Last in each row is the newest that was written to the service, without its text; None for nothing.
    """
    own = aliased(Message)
    newest_own = (
        select(Message.id)
        .where(
            Message.thread_id == Thread.id,
            Message.sent_at == Thread.last_from_citizen_at,
            Message.sender == SenderKind.CITIZEN,
            *visible.messages(acting),
        )
        .order_by(col(Message.id).desc())
        .limit(1)
        .correlate(Thread)
        .scalar_subquery()
    )
    newest_first = (col(ThreadReading.last_message_at).desc(), col(ThreadReading.thread_id).desc())
    query = (
        select(Thread, CareService, ThreadReading, own)
        .select_from(ThreadReading)
        .join(Thread, col(Thread.id) == col(ThreadReading.thread_id))
        .join(CareService, col(CareService.id) == col(ThreadReading.service_id))
        .outerjoin(own, col(own.id) == newest_own)
        .where(*_mine(acting), *visible.threads(acting), *_fitting(acting, chosen))
        .order_by(*newest_first)
        .limit(limit)
        .options(defer(own.body))  # pyright: ignore[reportArgumentType] a column, seen from the class
    )
    if after is not None:
        place = tuple_(col(ThreadReading.last_message_at), col(ThreadReading.thread_id))
        query = query.where(place < after.values)
    return query


def unread_count(acting: ActingContext, limit: int) -> SelectOfScalar[int]:
    """How many of the actor's copies are unread, counted up to `limit`."""
    unread = (
        select(literal(1))
        .select_from(ThreadReading)
        .where(*_mine(acting), *_fitting(acting, Choice(View.UNREAD)))
    )
    if seen := visible.threads(acting):
        unread = unread.join(Thread, col(Thread.id) == col(ThreadReading.thread_id)).where(*seen)
    return select(func.count()).select_from(unread.limit(limit).subquery())


def services(acting: ActingContext) -> SelectOfScalar[CareService]:
    """The services among the actor's copies, by name: one look into the index a service, not a row a copy."""
    first = select(func.min(col(ThreadReading.service_id)).label("id")).where(*_mine(acting))
    found = first.cte("found", recursive=True)
    following = (
        select(func.min(col(ThreadReading.service_id)))
        .where(*_mine(acting), col(ThreadReading.service_id) > found.c.id)
        .scalar_subquery()
    )
    found = found.union_all(select(following).where(found.c.id.is_not(None)))
    query = select(CareService).join(found, found.c.id == col(CareService.id)).order_by(CareService.name)
    if seen := visible.threads(acting):
        seen_of_service = select(Thread.id).where(
            Thread.person_id == acting.represented_id, Thread.service_id == CareService.id, *seen
        )
        query = query.where(seen_of_service.exists())
    return query


def _mine(acting: ActingContext) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ThreadReading.reader_id) == acting.actor_id,
        col(ThreadReading.person_id) == acting.represented_id,
    )


def _fitting(acting: ActingContext, chosen: Choice) -> list[ColumnElement[bool]]:
    everywhere = chosen.view is View.ALL and bool(chosen.text)
    away = true() if chosen.view is View.ARCHIVED else false()
    conditions = [] if everywhere else [col(ThreadReading.away) == away]
    if chosen.view is View.UNREAD:
        conditions.append(col(ThreadReading.unread) == true())
    if chosen.view is View.WAITING:
        conditions.append(col(ThreadReading.awaits_reply) == true())
    if chosen.service_id:
        conditions.append(col(ThreadReading.service_id) == chosen.service_id)
    if chosen.text:
        conditions.extend(search.matching(acting, col(ThreadReading.thread_id), chosen.text))
    return conditions
