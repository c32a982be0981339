"""The access log as a person reads it: who did what for whom, when, by what right. Reading is logged."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import AgentKind, DelegationOrigin, LogAction, RepresentationRole
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.services import access_log, representation
from digihelse_app.services.access_log_choice import LogChoice, LogCursor, conditions
from digihelse_app.services.access_log_folding import Folded, Folding
from digihelse_app.services.access_log_names import NOTHING, Names, Thing, names_for

PAGE_SIZE = 50
_BATCH = 250
_BATCHES = 8
"""How much is read for one page: when it is all the same readings, the page is shorter than others."""
_EVERYTHING = LogChoice()


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row: `count` acts like it, the newest at `at` and the oldest at `first_at` (UTC).

    `who` is a person's or an organisation's name, empty for Digihelse itself; `by_reader`: it was the one
    who reads. `role` is None for what an organisation or Digihelse did; `origin` and `given_at` (UTC) are
    those of the delegation it was done by. `whom` is the represented person's name; `is_own`: she reads it.
    """

    id: str
    at: datetime
    first_at: datetime
    count: int
    agent: AgentKind
    who: str
    whom: str
    by_reader: bool
    is_own: bool
    role: RepresentationRole | None
    origin: DelegationOrigin | None
    given_at: datetime | None
    action: LogAction
    object_type: str
    thing: Thing


@dataclass(frozen=True, slots=True)
class LogPage:
    """Rows newest first, and where to go on, None at the end."""

    rows: list[LogRow]
    following: LogCursor | None


@dataclass(frozen=True, slots=True)
class LogPerson:
    """One whose use the log can be narrowed to."""

    id: str
    name: str


async def read_log(
    acting: ActingContext, chosen: LogChoice = _EVERYTHING, after: LogCursor | None = None
) -> LogPage:
    """A page of what is chosen; of a proxy's reading, what she did herself."""
    acting.require(Permission.SEE_OWN_USE)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.LOG_READ)
        groups, following = await _folded(session, acting, chosen, after)
        names = await names_for(session, acting, [group.newest for group in groups])
    return LogPage([_row(acting, names, group) for group in groups], following)


async def list_people(acting: ActingContext) -> list[LogPerson]:
    """Those who act or have acted for the represented person, by name: whom the log can be narrowed to."""
    acting.require(Permission.SEE_ACCESS_LOG)
    async with unit_of_work(reading=True) as session:
        proxies = select(Representation.actor_id).where(
            Representation.represented_id == acting.represented_id,
            Representation.actor_id != acting.represented_id,
        )
        rows = await session.exec(select(Person).where(col(Person.id).in_(proxies)))
        return sorted((LogPerson(row.id, row.name) for row in rows), key=lambda row: (row.name, row.id))


async def open_download(acting: ActingContext) -> AsyncIterator[LogRow]:
    """The whole log that the reader may see, newest first, not folded; read as it is taken. Logged."""
    acting.require(Permission.SEE_OWN_USE)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.LOG_DOWNLOAD)
    return everything(acting)


async def everything(acting: ActingContext) -> AsyncIterator[LogRow]:
    """Every row that the reader may see, newest first, a batch in memory at a time. The caller logs it.

    The right is decided anew for each batch: one that ends meanwhile is AccessDeniedError.
    """
    after: LogCursor | None = None
    while True:
        if after is not None:
            acting = await representation.context_by(acting.actor_id, acting.representation_id)
            acting.require(Permission.SEE_OWN_USE)
        async with unit_of_work(reading=True) as session:
            batch = await _batch(session, acting, _EVERYTHING, after)
            names = await names_for(session, acting, batch)
        for entry in batch:
            yield _row(acting, names, Folded(entry, 1, entry.at))
        if len(batch) < _BATCH:
            return
        after = LogCursor(batch[-1].at, batch[-1].id)


async def _folded(
    session: AsyncSession, acting: ActingContext, chosen: LogChoice, after: LogCursor | None
) -> tuple[list[Folded], LogCursor | None]:
    folding = Folding(PAGE_SIZE)
    for _ in range(_BATCHES):
        batch = await _batch(session, acting, chosen, after)
        for entry in batch:
            if not folding.take(entry):
                return folding.groups, after
            after = LogCursor(entry.at, entry.id)
        if len(batch) < _BATCH:
            return folding.groups, None
    return folding.groups, after


async def _batch(
    session: AsyncSession, acting: ActingContext, chosen: LogChoice, after: LogCursor | None
) -> Sequence[AccessLogEntry]:
    query = select(AccessLogEntry).where(*conditions(acting, chosen, after))
    query = query.order_by(col(AccessLogEntry.at).desc(), col(AccessLogEntry.id).desc()).limit(_BATCH)
    return (await session.exec(query)).all()


def _row(acting: ActingContext, names: Names, group: Folded) -> LogRow:
    entry = group.newest
    used = names.representations.get(entry.representation_id or "")
    own = entry.agent is AgentKind.PERSON and entry.actor_id == entry.represented_id
    by_organisation = entry.agent is AgentKind.ORGANISATION
    return LogRow(
        id=entry.id,
        at=entry.at,
        first_at=group.first_at,
        count=group.count,
        agent=entry.agent,
        who=names.organisations.get(entry.organisation_id or "", "")
        if by_organisation
        else names.people.get(entry.actor_id or "", ""),
        whom=names.people[acting.represented_id],
        by_reader=entry.actor_id == acting.actor_id,
        is_own=acting.for_self,
        role=RepresentationRole.SELF if own else entry.role,
        origin=used.origin if used else None,
        given_at=(used.given_at or used.valid_from) if used else None,
        action=entry.action,
        object_type=entry.object_type,
        thing=names.things.get((entry.object_type, entry.object_id), NOTHING),
    )
