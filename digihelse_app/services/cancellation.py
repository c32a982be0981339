"""Asking for a visit to be cancelled, and taking it back. A request, never a fact: the service answers.

One transaction holds the request, the log row and the outbox row; the visit is locked first, so that two
requests, or a request and the service's own change, come one after the other.
"""

import re
from dataclasses import dataclass, field

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import (
    CancellationStatus,
    CancelReason,
    CancelRight,
    LogAction,
    OutboxKind,
)
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside import clock
from digihelse_app.services import access_log, delivery, visit_list, visit_rules, visits
from digihelse_app.services.visit_rules import Verdict, WhyNot

COMMENT_LIMIT = 500
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """What the person asks; the browser names each asking with an idempotency key."""

    visit_id: str
    idempotency_key: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Requested:
    """What became of it: the request's id, or text keys of what to mend, or why it cannot be."""

    cancellation_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    why_not: WhyNot | None = None


async def request(acting: ActingContext, wanted: CancelRequest) -> Requested:
    """Ask for one visit to be cancelled; the same key is the same request. Raises NotFoundError."""
    acting.require(Permission.CANCEL_VISITS)
    if errors := check(wanted.comment, wanted.idempotency_key):
        return Requested(errors=errors)
    async with unit_of_work() as session:
        visit, service = await cancellable(session, acting, wanted.visit_id)
        if already := await asked_before(session, acting, visit, wanted.idempotency_key):
            return Requested(already.id)
        if why_not := (await verdict_of(session, visit, service)).why_not:
            return Requested(why_not=why_not)
        asked = await ask(session, acting, visit, wanted.idempotency_key, wanted.comment, None)
        return Requested(asked.id)


async def take_back(acting: ActingContext, cancellation_id: str) -> CancellationStatus:
    """Take a request back that has no answer yet; how it stands now. Raises NotFoundError.

    What the service has answered meanwhile stands, and so does what was taken back before.
    """
    acting.require(Permission.CANCEL_VISITS)
    async with unit_of_work() as session:
        known, visit, service = await _asked_for(session, acting, cancellation_id)
        if known.status is not CancellationStatus.REQUESTED:
            return known.status
        known.status, known.taken_back_at = CancellationStatus.TAKEN_BACK, clock.now()
        known.version += 1
        session.add(known)
        delivery.enqueue(session, OutboxKind.CANCELLATION, known.id, service.organisation_id)
        access_log.record(session, acting, LogAction.VISIT_CANCEL_TAKE_BACK, "Visit", visit.id)
        mark_changed(session, acting.represented_id)
        return known.status


async def send_again(acting: ActingContext, cancellation_id: str) -> WhyNot | None:
    """Have a request that did not arrive handed over anew: the same request, so that it is made once.

    One that is on its way, has arrived or was answered is left as it is. Gives why it is of no use any more,
    when the visit has begun or is over. Raises NotFoundError.
    """
    acting.require(Permission.CANCEL_VISITS)
    async with unit_of_work() as session:
        known, visit, service = await _asked_for(session, acting, cancellation_id)
        why_not = (await verdict_of(session, visit, service)).why_not
        if why_not in (WhyNot.OVER, WhyNot.UNDER_WAY):
            return why_not
        if await delivery.revive_all(session, OutboxKind.CANCELLATION, known.id):
            access_log.record(session, acting, LogAction.VISIT_CANCEL_SEND_AGAIN, "Visit", visit.id)
        return None


async def _asked_for(
    session: AsyncSession, acting: ActingContext, cancellation_id: str
) -> tuple[Cancellation, Visit, CareService]:
    """The request, locked after its visit, where the actor may cancel; raises NotFoundError."""
    known = await session.get(Cancellation, cancellation_id) if cancellation_id.isprintable() else None
    if known is None or known.person_id != acting.represented_id:
        raise NotFoundError
    visit, service = await cancellable(session, acting, known.visit_id)
    await session.refresh(known, with_for_update=True)
    return known, visit, service


async def cancellable(
    session: AsyncSession, acting: ActingContext, visit_id: str
) -> tuple[Visit, CareService]:
    """The visit, locked, with its service, where the actor may cancel; raises NotFoundError."""
    visit = await visits.visit_of(session, acting, visit_id, locked=True)
    if not acting.allows(Permission.CANCEL_VISITS, visit.service_id):
        raise NotFoundError
    return visit, await session.get_one(CareService, visit.service_id)


async def verdict_of(session: AsyncSession, visit: Visit, service: CareService) -> Verdict:
    """Whether the visit, locked by the caller, can be cancelled as things stand now."""
    newest = (await visit_list.newest_cancellations(session, [visit.id])).get(visit.id)
    return visit_rules.verdict(visit, service, clock.now(), pending=waits(newest))


def waits(newest: Cancellation | None) -> bool:
    """Whether the newest request of a visit waits for an answer, or was granted."""
    return newest is not None and visits.is_pending([newest])


async def asked_before(
    session: AsyncSession, acting: ActingContext, visit: Visit, key: str
) -> Cancellation | None:
    """What the actor has asked for this visit under this idempotency key."""
    query = select(Cancellation).where(
        Cancellation.actor_id == acting.actor_id,
        Cancellation.idempotency_key == key,
        Cancellation.visit_id == visit.id,
    )
    return (await session.exec(query)).one_or_none()


async def ask(
    session: AsyncSession, acting: ActingContext, visit: Visit, key: str, comment: str, period_id: str | None
) -> Cancellation:
    """Write the request with its log row and its outbox row; the visit is locked, and can be cancelled."""
    actor = await session.get_one(Person, acting.actor_id)
    asked = Cancellation(
        visit_id=visit.id,
        person_id=acting.represented_id,
        actor_id=actor.id,
        actor_name=actor.name,
        role=acting.role,
        representation_id=acting.representation_id,
        reason=CancelReason.BY_CITIZEN if acting.for_self else CancelReason.FOR_CITIZEN,
        comment=comment.strip() if visit.cancel_right is CancelRight.WITH_COMMENT else "",
        idempotency_key=key,
        period_id=period_id,
        status=CancellationStatus.REQUESTED,
        visit_starts_at=visit.starts_at,
        requested_at=clock.now(),
    )
    session.add(asked)
    await session.flush()
    delivery.enqueue(session, OutboxKind.CANCELLATION, asked.id, visit.organisation_id)
    access_log.record(session, acting, LogAction.VISIT_CANCEL, "Visit", visit.id)
    mark_changed(session, acting.represented_id)
    return asked


def check(comment: str, key: str) -> dict[str, str]:
    """Text keys of what to mend, by field name."""
    if len(comment.strip()) > COMMENT_LIMIT:
        return {"comment": "cancel.error.long_comment"}
    return {} if _KEY.fullmatch(key) else {"comment": "cancel.error.no_key"}
