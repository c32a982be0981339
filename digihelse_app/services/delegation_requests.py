"""A relative asks for a delegation, and the one who is asked says yes or no.

The asker learns nothing of the other before a yes: not whether there is such a person, whether she uses
Digihelse, nor that she said no. So what is asked is kept, listed, counted and taken back alike whoever it
went to, a no looks like no answer, and as much is done in the database for nobody as for somebody.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.codes import DelegationRequestStatus, LogAction
from digihelse_app.models.database import mark_changed, new_id, unit_of_work
from digihelse_app.models.national_id import masked
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, DelegationRequest
from digihelse_app.outside import clock
from digihelse_app.outside.registers.answers import RegisterDownError, RegisteredPerson
from digihelse_app.services import (
    access_log,
    delegation,
    delegation_rows,
    delegation_rules,
    people,
)
from digihelse_app.services import delegation_request_rows as asked
from digihelse_app.services.delegation import Given
from digihelse_app.services.delegation_request_rows import HOLDS_FOR
from digihelse_app.services.delegation_rules import Terms

MOST_WAITING = 5
REASON_LIMIT = 500
NAME_LIMIT = 200


@dataclass(frozen=True, slots=True, repr=False)
class Asking:
    """Whom one wants to act for, as the asker wrote it, what one wants to be able to do there, and why."""

    name: str
    national_id: str
    permissions: Collection[Permission]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of it: its id, or text keys of what to mend, by field name (`asker`: of oneself)."""

    request_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What one has asked for, as one wrote it; times are UTC. It waits until `expires_at` at the latest."""

    id: str
    name: str
    permissions: tuple[Permission, ...]
    reason: str
    status: DelegationRequestStatus
    asked_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ToDecide:
    """Who asks the represented person for what, and why. The identity number shows the birth date alone."""

    id: str
    asker_name: str
    masked_national_id: str = field(repr=False)
    permissions: tuple[Permission, ...]
    reason: str
    asked_at: datetime
    expires_at: datetime


async def ask(acting: ActingContext, wanted: Asking) -> Asked:
    """Ask for a delegation. Neither what comes back nor how long it takes tells whether it reached anyone."""
    acting.require(Permission.HOLD_DELEGATIONS)
    errors = delegation.check_person(wanted.name, wanted.national_id) | _check(wanted)
    if errors:
        return Asked(errors=errors)
    async with unit_of_work(reading=True) as session:
        own_number = people.national_id(await session.get_one(Person, acting.actor_id))
    if wanted.national_id == own_number:
        return Asked(errors={"national_id": "asking.error.yourself"})
    try:
        own = await delegation.registered(own_number)
        theirs = await delegation.registered(wanted.national_id)
    except RegisterDownError:
        return Asked(errors={"national_id": "asking.error.register_down"})
    if own is None or not delegation_rules.may_hold_any(own, clock.today()):
        return Asked(errors={"asker": "asking.error.may_not_hold"})
    return await _keep(acting, wanted, theirs, decoy=own)


async def withdraw_asking(acting: ActingContext, request_id: str) -> None:
    """Take back what one has asked for; what no longer waits stays as it is. Raises NotFoundError."""
    acting.require(Permission.HOLD_DELEGATIONS)
    async with unit_of_work() as session:
        mine = col(DelegationRequest.asker_id) == acting.actor_id
        row = await asked.find(session, request_id, mine, locked=True)
        if row.status in asked.SEEMS_TO_WAIT and clock.now() < row.asked_at + HOLDS_FOR:
            asked.settle(session, row, DelegationRequestStatus.WITHDRAWN)
            mark_changed(session, row.grantor_id or new_id())
        mark_changed(session, acting.actor_id)
        access_log.record(session, acting, LogAction.DELEGATION_ASK_TAKE_BACK, "DelegationRequest", row.id)


async def list_asked(acting: ActingContext) -> list[AskedFor]:
    """What the actor has asked for, newest first."""
    acting.require(Permission.HOLD_DELEGATIONS)
    query = select(DelegationRequest).where(DelegationRequest.asker_id == acting.actor_id)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.DELEGATIONS_READ, "DelegationRequest")
        rows = await session.exec(query.order_by(col(DelegationRequest.asked_at).desc()))
        return [_as_asker_sees(row) for row in rows]


async def list_to_decide(acting: ActingContext) -> list[ToDecide]:
    """Who waits for the represented person's answer, longest first."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    query = (
        select(DelegationRequest, Person)
        .join(Person, col(Person.id) == col(DelegationRequest.asker_id))
        .where(DelegationRequest.grantor_id == acting.represented_id, *asked.waiting(clock.now()))
        .order_by(col(DelegationRequest.asked_at))
    )
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.DELEGATIONS_READ, "DelegationRequest")
        return [_to_decide(row, asker) for row, asker in await session.exec(query)]


async def approve(acting: ActingContext, request_id: str, terms: Terms) -> Given:
    """Say yes, on these terms, by the rules of giving. Raises NotFoundError for what does not wait."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    if errors := await delegation.check_terms(acting, terms):
        return Given(errors=errors)
    mine = col(DelegationRequest.grantor_id) == acting.represented_id
    async with unit_of_work(reading=True) as session:
        asker_id = (await asked.find(session, request_id, mine, *asked.waiting(clock.now()))).asker_id
    try:
        asker = await delegation.allowed_holder(acting, asker_id)
    except RegisterDownError:
        return Given(errors={"asker": "asking.error.register_down"})
    if asker is None:
        return Given(errors={"asker": "asking.error.they_may_not_hold"})
    async with unit_of_work() as session:
        await delegation_rows.hold(session, acting.represented_id, asker_id)
        row = await asked.find(session, request_id, mine, *asked.waiting(clock.now()), locked=True)
        people.describe(await session.get_one(Person, asker_id), asker)
        given = await delegation.write(session, acting, asker_id, terms)
        await asked.approve_all(session, row, given.representation_id)
        access_log.record(session, acting, LogAction.DELEGATION_APPROVE, "DelegationRequest", row.id)
    return given


async def decline(acting: ActingContext, request_id: str) -> None:
    """Say no; the asker is not told. Raises NotFoundError for what does not wait."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    async with unit_of_work() as session:
        mine = col(DelegationRequest.grantor_id) == acting.represented_id
        row = await asked.find(session, request_id, mine, *asked.waiting(clock.now()), locked=True)
        asked.settle(session, row, DelegationRequestStatus.DECLINED)
        access_log.record(session, acting, LogAction.DELEGATION_DECLINE, "DelegationRequest", row.id)
        mark_changed(session, acting.represented_id)


async def expire_unanswered() -> int:
    """Mark what has waited too long; how many. Nothing waits for this: the clock alone ends it."""
    waited_too_long = col(DelegationRequest.asked_at) <= clock.now() - HOLDS_FOR
    waiting = col(DelegationRequest.status) == DelegationRequestStatus.WAITING
    late = update(DelegationRequest).where(waiting, waited_too_long)
    async with unit_of_work() as session:
        marked = await session.exec(
            late.values(status=DelegationRequestStatus.EXPIRED, decided_at=clock.now())
        )
        return marked.rowcount


def _check(wanted: Asking) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not wanted.permissions or not DELEGABLE.issuperset(wanted.permissions):
        errors["permissions"] = "asking.error.no_permission"
    if len(wanted.reason) > REASON_LIMIT:
        errors["reason"] = "asking.error.long_reason"
    if len(wanted.name) > NAME_LIMIT:
        errors["name"] = "asking.error.long_name"
    return errors


async def _keep(
    acting: ActingContext, wanted: Asking, theirs: RegisteredPerson | None, decoy: RegisteredPerson
) -> Asked:
    meant = delegation_rules.may_give(theirs, clock.today()) & delegation_rules.is_name_of(
        theirs or decoy, wanted.name
    )
    row = DelegationRequest(
        id=new_id(),
        asker_id=acting.actor_id,
        grantor_name=_storable(wanted.name),
        scopes=delegation_rules.complete({one: [EVERY_SERVICE] for one in wanted.permissions}),
        reason=_storable(wanted.reason),
        status=DelegationRequestStatus.WAITING,
        asked_at=clock.now(),
    )
    async with unit_of_work() as session:
        known = await people.by_national_id(session, wanted.national_id)
        await delegation_rows.hold(session, acting.actor_id, known.id if known else acting.actor_id)
        if await asked.count_waiting(session, acting.actor_id) >= MOST_WAITING:
            return Asked(errors={"asker": "asking.error.too_many"})
        row.grantor_id = await asked.grantor(
            session, wanted.national_id, theirs or decoy, row.id, meant=meant
        )
        session.add(row)
        access_log.record(session, acting, LogAction.DELEGATION_ASK, "DelegationRequest", row.id)
        mark_changed(session, acting.actor_id)
        mark_changed(session, row.grantor_id or new_id())
    return Asked(row.id)


def _storable(text: str) -> str:
    return text.replace("\x00", "").strip()  # what no database would take


def _as_asker_sees(row: DelegationRequest) -> AskedFor:
    expires_at, status = row.asked_at + HOLDS_FOR, row.status
    if status in asked.SEEMS_TO_WAIT:
        waits = clock.now() < expires_at
        status = DelegationRequestStatus.WAITING if waits else DelegationRequestStatus.EXPIRED
    return AskedFor(row.id, row.grantor_name, _permissions(row), row.reason, status, row.asked_at, expires_at)


def _to_decide(row: DelegationRequest, asker: Person) -> ToDecide:
    return ToDecide(
        id=row.id,
        asker_name=asker.name,
        masked_national_id=masked(people.national_id(asker)),
        permissions=_permissions(row),
        reason=row.reason,
        asked_at=row.asked_at,
        expires_at=row.asked_at + HOLDS_FOR,
    )


def _permissions(row: DelegationRequest) -> tuple[Permission, ...]:
    return tuple(permission for permission in Permission if row.scopes.get(permission))
