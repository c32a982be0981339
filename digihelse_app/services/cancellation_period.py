"""Asking for every visit of a period to be cancelled at once, such as a stay in hospital."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import COMING, LogAction
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.visit import Visit
from digihelse_app.outside import clock
from digihelse_app.services import access_log, cancellation, visit_list, visit_rules
from digihelse_app.services.visit_list import VisitSummary
from digihelse_app.services.visit_rules import Verdict, WhyNot

LONGEST_PERIOD = timedelta(days=92)
FURTHEST_AHEAD = timedelta(days=730)
MOST_VISITS = 300
"""In one period: three a day for three months."""


@dataclass(frozen=True, slots=True)
class PeriodHit:
    """A visit that a period would cancel, and whether it can be."""

    summary: VisitSummary
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PeriodPreview:
    """What a period hits, earliest first, or text keys of what to mend, by field name."""

    hits: list[PeriodHit] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PeriodRequest:
    """Visits of a period to cancel at once. `essentials_confirmed`: she has seen which she depends on."""

    first: date
    last: date
    visit_ids: tuple[str, ...]
    idempotency_key: str
    comment: str = ""
    essentials_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class RequestedPeriod:
    """What became of a period: the visits asked for, those that could not be and why, or what to mend."""

    asked: list[Visit] = field(default_factory=list)
    refused: list[tuple[Visit, WhyNot]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)


async def preview_period(acting: ActingContext, first: date, last: date) -> PeriodPreview:
    """The planned visits of `first` to `last` (days in Europe/Oslo), and which of them can be cancelled."""
    acting.require(Permission.CANCEL_VISITS)
    acting.require(Permission.SEE_VISITS)
    if errors := _check_period(first, last):
        return PeriodPreview(errors=errors)
    found = await _read(acting, first, last, ())
    return PeriodPreview([hit for hit in found if hit.summary.visit.status in COMING])


async def follow_period(
    acting: ActingContext, first: date, last: date, told_of: Collection[str]
) -> list[PeriodHit]:
    """The visits of the period as they stand now, what was granted or called off too; earliest first.

    Those that she was `told_of` (ids) are among them wherever they have been moved.
    """
    acting.require(Permission.CANCEL_VISITS)
    acting.require(Permission.SEE_VISITS)
    return await _read(acting, first, last, told_of)


async def request_period(acting: ActingContext, wanted: PeriodRequest) -> RequestedPeriod:
    """Ask for each chosen visit of the period to be cancelled, all in one transaction.

    A visit that has changed meanwhile so that it cannot be is told of; the others are asked for all the same.
    Raises NotFoundError for a visit that is not the represented person's, or not of the period.
    """
    acting.require(Permission.CANCEL_VISITS)
    errors = _check_period(wanted.first, wanted.last) | cancellation.check(
        wanted.comment, wanted.idempotency_key
    )
    chosen = sorted(set(wanted.visit_ids))
    if not chosen or len(chosen) > MOST_VISITS:
        errors["visits"] = "period.error.none_chosen"
    if errors:
        return RequestedPeriod(errors=errors)
    async with unit_of_work() as session:
        # In one order everywhere: two periods that overlap never wait for each other.
        rows = [await cancellation.cancellable(session, acting, visit_id) for visit_id in chosen]
        if any(not _within(visit, wanted) for visit, _ in rows):
            raise NotFoundError
        if not wanted.essentials_confirmed and any(visit.essential for visit, _ in rows):
            return RequestedPeriod(errors={"essentials": "period.error.essentials"})
        return await _ask_all(session, acting, rows, wanted)


async def _ask_all(
    session: AsyncSession,
    acting: ActingContext,
    rows: list[tuple[Visit, CareService]],
    wanted: PeriodRequest,
) -> RequestedPeriod:
    asked: list[Visit] = []
    refused: list[tuple[Visit, WhyNot]] = []
    period_id = new_id()
    for visit, service in sorted(rows, key=lambda row: row[0].starts_at):
        if await cancellation.asked_before(session, acting, visit, wanted.idempotency_key):
            asked.append(visit)
        elif why_not := (await cancellation.verdict_of(session, visit, service)).why_not:
            refused.append((visit, why_not))
        else:
            await cancellation.ask(session, acting, visit, wanted.idempotency_key, wanted.comment, period_id)
            asked.append(visit)
    return RequestedPeriod(asked, refused)


async def _read(acting: ActingContext, first: date, last: date, also: Collection[str]) -> list[PeriodHit]:
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.VISITS_READ, "Visit")
        query = visit_list.between(acting, first, last, also).limit(MOST_VISITS)
        rows = [
            (visit, service)
            for visit, service in (await session.exec(query)).all()
            if acting.allows(Permission.CANCEL_VISITS, service.id)
        ]
        found = await visit_list.summaries(session, acting, rows)
    return [PeriodHit(one, _verdict(one)) for one in found]


def _verdict(one: VisitSummary) -> Verdict:
    pending = cancellation.waits(one.cancellation)
    return visit_rules.verdict(one.visit, one.service, clock.now(), pending=pending)


def _within(visit: Visit, wanted: PeriodRequest) -> bool:
    return wanted.first <= visit.starts_at.astimezone(clock.OSLO).date() <= wanted.last


def _check_period(first: date, last: date) -> dict[str, str]:
    if first < clock.today():
        return {"first": "period.error.past"}
    if first > clock.today() + FURTHEST_AHEAD:
        return {"first": "period.error.far"}
    if last < first:
        return {"last": "period.error.backwards"}
    return {"last": "period.error.long"} if last - first > LONGEST_PERIOD else {}
