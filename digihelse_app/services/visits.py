"""Reading home visits: the agenda, one visit whole, what comes next, and what did not go as planned."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import COMING, CancellationStatus, LogAction, VisitStatus
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.visit import Cancellation, Visit, VisitChange, VisitReading
from digihelse_app.outside import clock
from digihelse_app.services import access_log, care, visible, visit_list, visit_rules
from digihelse_app.services.visit_list import Cursor, VisitPage, VisitSummary
from digihelse_app.services.visit_rules import Verdict

PAGE_SIZE = 30
EXCEPTIONS_SHOWN = 10
LATELY = timedelta(hours=48)
"""How long a visit that was late or missed is told of."""


@dataclass(frozen=True, slots=True)
class OpenVisit:
    """One visit whole; `cancellations` and `changes` newest first, `verdict` as things stand now.

    `may_cancel`: whether the actor may cancel visits of this service at all, whatever the verdict.
    """

    visit: Visit
    service: CareService
    verdict: Verdict
    may_cancel: bool
    cancellations: list[Cancellation]
    changes: list[VisitChange]


@dataclass(frozen=True, slots=True)
class VisitServices:
    """The services the represented person receives: those that show their visits here, and the others."""

    showing: list[CareService]
    silent: list[CareService]


@dataclass(frozen=True, slots=True)
class Continuity:
    """How many different people came, over how many done visits, in the month that begins on `month`."""

    month: date
    people: int
    visits: int


async def list_coming(
    acting: ActingContext, after: Cursor | None = None, limit: int = PAGE_SIZE, service_id: str = ""
) -> VisitPage:
    """Today's visits and those to come, earliest first, `limit` at a time; of one service or of all."""
    acting.require(Permission.SEE_VISITS)
    return await _page(acting, visit_list.coming(acting, after, service_id), limit)


async def list_past(
    acting: ActingContext, after: Cursor | None = None, limit: int = PAGE_SIZE, service_id: str = ""
) -> VisitPage:
    """The visits before today, newest first, `limit` at a time; of one service or of all."""
    acting.require(Permission.SEE_VISITS)
    return await _page(acting, visit_list.past(acting, after, service_id), limit)


async def _page(acting: ActingContext, query: Select[Visit, CareService], limit: int) -> VisitPage:
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.VISITS_READ, "Visit")
        rows = (await session.exec(query.limit(limit + 1))).all()
        shown = await visit_list.summaries(session, acting, rows[:limit])
    last = shown[-1].visit if len(rows) > limit else None
    return VisitPage(shown, Cursor(last.starts_at, last.id) if last else None)


async def list_between(acting: ActingContext, first: date, last: date, limit: int) -> list[VisitSummary]:
    """At most `limit` visits of the days `first` to `last` (Europe/Oslo), for paper or a calendar."""
    acting.require(Permission.SEE_VISITS)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.VISITS_PRINT, "Visit")
        rows = (await session.exec(visit_list.between(acting, first, last).limit(limit))).all()
        return await visit_list.summaries(session, acting, rows)


async def next_visit(acting: ActingContext) -> VisitSummary | None:
    """The next visit that is planned and not over, nor cancelled."""
    acting.require(Permission.SEE_VISITS)
    accepted = select(Cancellation.id).where(
        Cancellation.visit_id == Visit.id, Cancellation.status == CancellationStatus.ACCEPTED
    )
    query = visit_list.coming(acting, None, "").where(
        col(Visit.status).in_(COMING),
        col(Visit.ends_at) > clock.now(),
        col(Visit.done_at).is_(None),
        ~accepted.exists(),
    )
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.VISITS_READ, "Visit")
        rows = (await session.exec(query.limit(1))).all()
        return next(iter(await visit_list.summaries(session, acting, rows)), None)


async def exceptions(acting: ActingContext) -> list[VisitSummary]:
    """The visits that did not go, or will not go, as planned; earliest first."""
    acting.require(Permission.SEE_VISITS)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.VISITS_READ, "Visit")
        query = visit_list.exceptions(acting, LATELY).limit(EXCEPTIONS_SHOWN)
        return await visit_list.summaries(session, acting, (await session.exec(query)).all())


async def open_visit(acting: ActingContext, visit_id: str) -> OpenVisit:
    """One visit of the represented person's; raises NotFoundError for any other."""
    acting.require(Permission.SEE_VISITS)
    async with unit_of_work() as session:
        visit = await visit_of(session, acting, visit_id)
        service = await session.get_one(CareService, visit.service_id)
        asked = select(Cancellation).where(Cancellation.visit_id == visit.id)
        cancellations = await session.exec(asked.order_by(col(Cancellation.requested_at).desc()))
        changed = select(VisitChange).where(VisitChange.visit_id == visit.id, *visible.visit_changes(acting))
        changes = await session.exec(changed.order_by(col(VisitChange.at).desc(), col(VisitChange.id)))
        access_log.record(session, acting, LogAction.VISIT_READ, "Visit", visit.id)
        requests = list(cancellations)
        return OpenVisit(
            visit_list.discreet(session, visit, service),
            service,
            visit_rules.verdict(visit, service, clock.now(), pending=is_pending(requests)),
            acting.allows(Permission.CANCEL_VISITS, service.id),
            _shown(session, acting, requests),
            list(changes),
        )


def _shown(session: AsyncSession, acting: ActingContext, requests: list[Cancellation]) -> list[Cancellation]:
    """Of older requests than the actor may see, that one waits or was granted: no word of it."""
    shown: list[Cancellation] = []
    for asked in requests:
        if not visible.sees_request(acting, asked):
            if not is_pending([asked]):
                continue
            session.expunge(asked)
            asked.comment = asked.answer = ""
        shown.append(asked)
    return shown


def is_pending(cancellations: list[Cancellation]) -> bool:
    """Whether one of them waits for an answer, or was granted."""
    waits = (CancellationStatus.REQUESTED, CancellationStatus.ACCEPTED)
    return any(cancellation.status in waits for cancellation in cancellations)


async def visit_of(
    session: AsyncSession, acting: ActingContext, visit_id: str, *, locked: bool = False
) -> Visit:
    """The visit, looked up within what the actor may see for the represented; raises NotFoundError.

    `locked` lets nobody else change it, or ask for it to be cancelled, until this unit of work ends.
    """
    if not visit_id.isprintable():  # what no database would take
        raise NotFoundError
    visit = await session.get(Visit, visit_id, with_for_update=True if locked else None)
    if visit is None or not visible.sees_visit(acting, visit):
        raise NotFoundError
    return visit


async def mark_seen(acting: ActingContext, until: datetime) -> None:
    """The actor has looked through the agenda as it stood at `until` (UTC): what changed before is seen."""
    acting.require(Permission.SEE_VISITS)
    seen_until = min(until, clock.now())
    async with unit_of_work() as session:
        person_id, reader_id = acting.represented_id, acting.actor_id
        known = await session.get(VisitReading, (person_id, reader_id), with_for_update=True)
        if known is None or known.seen_until < seen_until:
            await session.merge(VisitReading(person_id=person_id, reader_id=reader_id, seen_until=seen_until))


async def list_services(acting: ActingContext) -> VisitServices:
    """The services received, by whether they show their visits here; by name."""
    acting.require(Permission.SEE_VISITS)
    async with unit_of_work(reading=True) as session:
        received = await care.received(session, acting.represented_id)
    allowed = [service for service in received if acting.allows(Permission.SEE_VISITS, service.id)]
    return VisitServices(
        [service for service in allowed if service.shows_visits],
        [service for service in allowed if not service.shows_visits],
    )


async def continuity(acting: ActingContext) -> Continuity:
    """How many different people have come this month, as far as the services share who comes."""
    acting.require(Permission.SEE_VISITS)
    month = clock.today().replace(day=1)
    counts = select(func.count(func.distinct(col(Visit.who_key))), func.count()).join(
        CareService, col(CareService.id) == col(Visit.service_id)
    )
    query = counts.where(
        Visit.person_id == acting.represented_id,
        col(Visit.starts_at) >= visit_list.day_begins(month),
        col(Visit.starts_at) <= clock.now(),
        Visit.status == VisitStatus.FULFILLED,
        Visit.who_key != "",
        col(CareService.shares_names),
        *visible.visits(acting),
    )
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.VISITS_READ, "Visit")
        people, done = (await session.exec(query)).one()
    return Continuity(month, people, done)
