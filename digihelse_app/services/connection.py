"""Being connected to the municipality's record system: where a person stands on the way, and why."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.codes import LogAction
from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService, Organisation, SetupFailure
from digihelse_app.outside import clock
from digihelse_app.services import access_log, care, consent

OVERDUE_AFTER = timedelta(hours=4)
"""How long after its time a night run may still be on its way before we say that it failed."""


class SetupState(StrEnum):
    """Where a person stands between consenting and being able to write."""

    NOT_CONSENTED = "not_consented"
    LEFT_TO_PROXIES = "left_to_proxies"
    TONIGHT = "tonight"
    NO_SERVICE = "no_service"
    OPENS_LATER = "opens_later"
    FAILED = "failed"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class SetupFacts:
    """What the state is decided from. `waiting_since` is when an unread consent was given (UTC)."""

    consented: bool
    never_consented: bool
    opens_on: tuple[date, ...]
    refused: bool
    waiting_since: datetime | None


@dataclass(frozen=True, slots=True)
class SetupStatus:
    """The state and what explains it.

    `night_run_at` is UTC: the run that is waited for, else the next one. `ready_from` and `opens_on` are
    Europe/Oslo; `service` names the first to open.
    """

    state: SetupState
    first_visit: bool
    night_run_at: datetime
    ready_from: time
    opens_on: date | None = None
    service: str = ""
    services: tuple[str, ...] = ()
    municipality: str = ""
    municipality_phone: str = ""
    municipality_told: bool = False


def night_run_after(instant: datetime, at: time) -> datetime:
    """The next night run after `instant` (UTC), at the wall-clock time `at` in Europe/Oslo."""
    today = instant.astimezone(clock.OSLO).date()
    # Compared as instants: when clocks change, the one on the wall does not tell before from after.
    tonight, tomorrow = (
        datetime.combine(today + timedelta(days=days), at, clock.OSLO).astimezone(UTC) for days in (0, 1)
    )
    return tonight if tonight > instant else tomorrow


def decide(facts: SetupFacts, now: datetime, night_run_at: time) -> SetupState:
    """The state at `now` (UTC). An open service wins over all that went wrong on the way to it."""
    today = now.astimezone(clock.OSLO).date()
    if not facts.consented:
        return SetupState.NOT_CONSENTED
    if any(opens <= today for opens in facts.opens_on):
        return SetupState.READY
    if facts.opens_on:
        return SetupState.OPENS_LATER
    if facts.refused:
        return SetupState.FAILED
    if facts.waiting_since is None:
        return SetupState.NO_SERVICE
    overdue = night_run_after(facts.waiting_since, night_run_at) + OVERDUE_AFTER
    return SetupState.FAILED if now >= overdue else SetupState.TONIGHT


class _Times:
    night_run_at = time(2, 0)
    ready_from = time(7, 0)


def configure(night_run_at: time, ready_from: time) -> None:
    """When record systems run at night, and from when we dare say it is done (wall clock, Europe/Oslo)."""
    _Times.night_run_at, _Times.ready_from = night_run_at, ready_from


def by_day(instant: datetime) -> datetime:
    """`instant` (UTC), or when the day begins if it is earlier than that: when one may be told it is done."""
    local = instant.astimezone(clock.OSLO)
    begins = datetime.combine(local.date(), _Times.ready_from, tzinfo=clock.OSLO)
    return max(instant, begins.astimezone(UTC))


async def status(acting: ActingContext) -> SetupStatus:
    """Where the represented person stands on the way to being able to write."""
    acting.require(Permission.SEE_HOME)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.HOME_READ)
        received = await care.received(session, acting.represented_id)
        services = [service for service in received if acting.for_self or _concerns(acting, service)]
        facts = await _facts(session, acting, services)
        organisation = await _organisation(session, services)
    now = clock.now()
    state = decide(facts, now, _Times.night_run_at)
    if facts.consented and acting.for_self and Permission.READ_MESSAGES not in acting.permissions:
        state = SetupState.LEFT_TO_PROXIES
    # While the night's run is under way, it is still the one that is waited for.
    waiting_since = facts.waiting_since if state is SetupState.TONIGHT else None
    dated = sorted((service.opens_on, service.name) for service in services if service.opens_on)
    opens_on, name = dated[0] if dated else (None, services[0].name if services else "")
    return SetupStatus(
        state=state,
        first_visit=facts.never_consented,
        night_run_at=night_run_after(waiting_since or now, _Times.night_run_at),
        ready_from=_Times.ready_from,
        opens_on=opens_on,
        service=name,
        services=tuple(service.name for service in services),
        municipality=organisation.name if organisation else "",
        municipality_phone=organisation.phone if organisation else "",
        municipality_told=facts.refused,
    )


def _concerns(acting: ActingContext, service: CareService) -> bool:
    """Whether the actor may do anything about `service`: of others a proxy is told nothing."""
    return any(acting.allows(permission, service.id) for permission in DELEGABLE)


async def _facts(session: AsyncSession, acting: ActingContext, services: list[CareService]) -> SetupFacts:
    person_id = acting.represented_id
    refused = await session.exec(select(SetupFailure).where(SetupFailure.person_id == person_id))
    return SetupFacts(
        # One who acts for another could not, if there were no consent: hers, or one that stands in for it.
        consented=not acting.for_self or not await consent.missing(session, person_id),
        never_consented=await consent.never_given(session, person_id),
        opens_on=tuple(service.opens_on for service in services if service.opens_on),
        refused=refused.first() is not None,
        waiting_since=await _waiting_since(session, person_id),
    )


async def _waiting_since(session: AsyncSession, person_id: str) -> datetime | None:
    """When the newest change for the person was made, if some organisation has yet to read it."""
    newest = await session.exec(
        select(ActivityChange)
        .where(ActivityChange.person_id == person_id)
        .order_by(col(ActivityChange.offset).desc())
        .limit(1)
    )
    change = newest.one_or_none()
    if change is None or change.offset is None:
        return None
    behind = select(Organisation.id).where(col(Organisation.activity_offset) < change.offset).limit(1)
    return change.at if (await session.exec(behind)).first() else None


async def _organisation(session: AsyncSession, services: list[CareService]) -> Organisation | None:
    """The organisation to name and to ring: of the services received, else the only one there is."""
    if services:
        return await session.get(Organisation, services[0].organisation_id)
    few = (await session.exec(select(Organisation).limit(2))).all()
    return few[0] if len(few) == 1 else None
