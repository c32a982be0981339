"""What an agenda shows of visits, and the queries it is read by. Times are UTC, days are Europe/Oslo."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import and_, or_, tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from digihelse_app.access.context import ActingContext
from digihelse_app.models.codes import COMING, CancellationStatus, VisitChangeKind, VisitStatus
from digihelse_app.models.organisation import CareService
from digihelse_app.models.visit import Cancellation, Visit, VisitChange, VisitReading
from digihelse_app.outside import clock
from digihelse_app.services import visible
from digihelse_app.services.mailboxes import NEVER

LONGEST = timedelta(hours=24)
"""No visit lasts longer; the wire refuses it."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: start and id of its last visit."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class VisitSummary:
    """A visit as an agenda shows it.

    `cancellation` is the newest request to cancel it; `moved_from` what it was before it was moved last;
    `changed`: the reader has not looked since it changed. Where names are not shared, the visit holds none.
    """

    visit: Visit
    service: CareService
    cancellation: Cancellation | None = None
    moved_from: VisitChange | None = None
    changed: bool = False

    @property
    def awaits_answer(self) -> bool:
        """Whether someone has asked for it to be cancelled, and the service has not answered."""
        return self.cancellation is not None and self.cancellation.status is CancellationStatus.REQUESTED


@dataclass(frozen=True, slots=True)
class VisitPage:
    """Visits in the order of the agenda, and where to go on, None at the end."""

    visits: list[VisitSummary]
    following: Cursor | None


def day_begins(day: date) -> datetime:
    """The instant (UTC) at which `day` begins in Europe/Oslo."""
    return datetime.combine(day, time(), clock.OSLO).astimezone(UTC)


def coming(acting: ActingContext, after: Cursor | None, service_id: str) -> Select[Visit, CareService]:
    """Today's visits and those after, and what began before today and is not over; earliest first."""
    today, now = day_begins(clock.today()), clock.now()
    query = _agenda(acting, service_id).where(
        col(Visit.starts_at) >= today - LONGEST,
        or_(col(Visit.starts_at) >= today, col(Visit.ends_at) > now),
    )
    if after is not None:
        query = query.where(tuple_(col(Visit.starts_at), col(Visit.id)) > (after.at, after.id))
    return query.order_by(col(Visit.starts_at), col(Visit.id))


def past(acting: ActingContext, after: Cursor | None, service_id: str) -> Select[Visit, CareService]:
    """What was before today and is over, newest first."""
    today, now = day_begins(clock.today()), clock.now()
    query = _agenda(acting, service_id).where(col(Visit.starts_at) < today, col(Visit.ends_at) <= now)
    if after is not None:
        query = query.where(tuple_(col(Visit.starts_at), col(Visit.id)) < (after.at, after.id))
    return query.order_by(col(Visit.starts_at).desc(), col(Visit.id).desc())


def between(
    acting: ActingContext, first: date, last: date, also: Collection[str] = ()
) -> Select[Visit, CareService]:
    """The visits that begin on the days `first` to `last` (included), and `also` (ids); earliest first."""
    in_time = and_(
        col(Visit.starts_at) >= day_begins(first), col(Visit.starts_at) < day_begins(last + timedelta(days=1))
    )
    query = _agenda(acting, "").where(or_(in_time, col(Visit.id).in_(also)) if also else in_time)
    return query.order_by(col(Visit.starts_at), col(Visit.id))


def exceptions(acting: ActingContext, lately: timedelta) -> Select[Visit, CareService]:
    """What does not go as planned: moved or cancelled and not over yet, and late or missed `lately`."""
    now = clock.now()
    changed = and_(col(Visit.changed_at).is_not(None), col(Visit.ends_at) > now)
    # One that began in time and was never told to be done is missed without having been late.
    open_end = and_(
        col(Visit.status).in_(COMING),
        col(Visit.done_at).is_(None),
        or_(col(Visit.late_at).is_not(None), col(Visit.missed_at).is_not(None)),
    )
    query = _agenda(acting, "").where(col(Visit.starts_at) >= now - lately, or_(changed, open_end))
    return query.order_by(col(Visit.starts_at), col(Visit.id))


def _agenda(acting: ActingContext, service_id: str) -> Select[Visit, CareService]:
    """Without what was entered in error: that was never a visit."""
    query = (
        select(Visit, CareService)
        .join(CareService, col(CareService.id) == col(Visit.service_id))
        .where(
            Visit.person_id == acting.represented_id,
            Visit.status != VisitStatus.ENTERED_IN_ERROR,
            *visible.visits(acting),
        )
    )
    return query.where(Visit.service_id == service_id) if service_id else query


async def summaries(
    session: AsyncSession, acting: ActingContext, rows: Sequence[tuple[Visit, CareService]]
) -> list[VisitSummary]:
    """The visits with all that an agenda shows of them, in three queries however many they are."""
    ids = [visit.id for visit, _ in rows]
    cancellations = await newest_cancellations(session, ids)
    moves = await _last_moves(session, acting, ids)
    reading = await session.get(VisitReading, (acting.represented_id, acting.actor_id))
    seen_until = reading.seen_until if reading else NEVER
    return [
        VisitSummary(
            discreet(session, visit, service),
            service,
            cancellations.get(visit.id),
            moves.get(visit.id),
            visit.changed_at is not None and visit.changed_at > seen_until,
        )
        for visit, service in rows
    ]


def discreet(session: AsyncSession, visit: Visit, service: CareService) -> Visit:
    """The visit, apart from the session, without who comes by name where the service does not tell."""
    session.expunge(visit)
    if not service.shares_names:
        visit.who_name = ""
    return visit


async def newest_cancellations(session: AsyncSession, visit_ids: Sequence[str]) -> dict[str, Cancellation]:
    """The newest request to cancel each of the visits, by visit id."""
    query = select(Cancellation).where(col(Cancellation.visit_id).in_(visit_ids))
    found = await session.exec(query.order_by(col(Cancellation.requested_at), col(Cancellation.id)))
    return {cancellation.visit_id: cancellation for cancellation in found}


async def _last_moves(
    session: AsyncSession, acting: ActingContext, visit_ids: Sequence[str]
) -> dict[str, VisitChange]:
    query = select(VisitChange).where(
        col(VisitChange.visit_id).in_(visit_ids),
        VisitChange.kind == VisitChangeKind.MOVED,
        *visible.visit_changes(acting),
    )
    found = await session.exec(query.order_by(col(VisitChange.at), col(VisitChange.id)))
    return {change.visit_id: change for change in found}
