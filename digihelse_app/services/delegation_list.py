"""Delegations as lists: what one has given, what one holds, and whom one may act for.

Each list costs the same number of queries however long it is.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.access.policy import age_on, permissions_for
from digihelse_app.models.codes import (
    DelegationOrigin,
    EndReason,
    LogAction,
    RepresentationRole,
)
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.outside import clock
from digihelse_app.services import access_log, consent, delegation_rules

SHOWN_FROM_DAYS = 30
"""From how many days before the end on it is told how many are left."""

Scope = Mapping[Permission, tuple[str, ...] | None]
"""Names of the services, in order, that a permission holds for; None for every service."""


class Hindrance(StrEnum):
    """Why a right to act for someone gives nothing right now."""

    DECEASED = "deceased"
    NOT_BEGUN = "not_begun"
    NO_CONSENT = "no_consent"
    INFORMATION = "information"  # guardianship: shown, gives no right by itself
    TOO_OLD = "too_old"  # parental responsibility for one who decides herself


@dataclass(frozen=True, slots=True)
class Delegation:
    """A right to act, as either side reads it. `name` is the other party's; times are UTC.

    `services` has the same as `scope` by service id (EVERY_SERVICE for all), for a form to begin with.
    `municipality` registered it, empty when it was given in the app. `ended_at` is when it was ended or ran
    out; `end_reason` is None when it ran out, and `ended_by` is a name, empty when no person ended it.
    `ends_in_days`: how many days are left after today (Europe/Oslo), when they are at most 30.
    `can_be_changed`: given by delegation, and not ended: by its giver it can be changed, renewed, withdrawn.
    """

    id: str
    key: str
    name: str
    role: RepresentationRole
    origin: DelegationOrigin
    scope: Scope
    services: Mapping[Permission, tuple[str, ...]]
    valid_from: datetime
    valid_until: datetime | None
    since: datetime | None
    given_at: datetime | None
    begun: bool
    can_be_changed: bool
    municipality: str = ""
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    ended_by: str = ""
    ends_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class Delegations:
    """Those that hold now or will, and those that have ended; each newest first."""

    standing: list[Delegation]
    ended: list[Delegation]


@dataclass(frozen=True, slots=True)
class RepresentedPerson:
    """Someone one may choose to act for. `key` is what stands in an address.

    `hindered_by` says why nothing can be done right now, None when something can.
    """

    key: str
    name: str
    given_name: str
    family_name: str
    role: RepresentationRole
    scope: Scope
    valid_from: datetime
    valid_until: datetime | None
    hindered_by: Hindrance | None

    @property
    def may(self) -> bool:
        """Whether anything can be done for this person right now."""
        return self.hindered_by is None


async def list_given(acting: ActingContext) -> Delegations:
    """Who may act, or might once, for the represented person."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    given = col(Representation.represented_id) == acting.represented_id
    return await _list(acting, given, col(Representation.actor_id))


async def list_held(acting: ActingContext) -> Delegations:
    """Whom the actor, for herself, may act for, or might once."""
    acting.require(Permission.HOLD_DELEGATIONS)
    held = col(Representation.actor_id) == acting.actor_id
    return await _list(acting, held, col(Representation.represented_id))


async def list_represented(acting: ActingContext) -> list[RepresentedPerson]:
    """Whom the actor may choose to act for, by name, each once; oneself is not among them.

    Those for whom nothing can be done right now are here too, with the reason.
    """
    acting.require(Permission.HOLD_DELEGATIONS)
    query = (
        select(Representation, Person)
        .join(Person, col(Person.id) == col(Representation.represented_id))
        .where(col(Representation.actor_id) == acting.actor_id, _standing(clock.now()))
    )
    async with unit_of_work() as session:
        rows = (await session.exec(query)).all()
        consented = await consent.active_among(session, {person.id for _, person in rows})
        names = await _service_names(session, (row for row, _ in rows))
        access_log.record(session, acting, LogAction.DELEGATIONS_READ, "Representation")
    people = {person.id: person for _, person in rows}
    chosen = [
        _represented([row for row, _ in rows if row.represented_id == one], people[one], consented, names)
        for one in people
    ]
    return sorted(chosen, key=lambda one: (one.name.casefold(), one.key))


async def _list(
    acting: ActingContext, whose: ColumnElement[bool], other: SQLCoreOperations[str]
) -> Delegations:
    """Rows of `whose`, with the names of those in the column `other`."""
    now = clock.now()
    query = (
        select(Representation, Person, Organisation)
        .join(Person, col(Person.id) == other)
        .outerjoin(Organisation, col(Organisation.id) == col(Representation.organisation_id))
        .where(whose)
        .order_by(col(Representation.given_at).desc(), col(Representation.valid_from).desc())
    )
    async with unit_of_work() as session:
        rows = (await session.exec(query)).all()
        names = await _service_names(session, (row for row, *_ in rows))
        enders = {row.ended_by for row, *_ in rows} - {None}
        by = await session.exec(select(Person).where(col(Person.id).in_(enders)))
        ended_by = {person.id: person.name for person in by}
        access_log.record(session, acting, LogAction.DELEGATIONS_READ, "Representation")
    listed = [
        _delegation(row, person.name, municipality, names, ended_by, now)
        for row, person, municipality in rows
    ]
    ended = [one for one in listed if one.ended_at is not None]
    return Delegations(
        [one for one in listed if one.ended_at is None],
        sorted(ended, key=lambda one: one.ended_at or now, reverse=True),
    )


def _standing(at: datetime) -> ColumnElement[bool]:
    """What holds at `at` or later."""
    until = col(Representation.valid_until)
    return and_(col(Representation.ended_at).is_(None), or_(until.is_(None), until > at))


async def _service_names(session: AsyncSession, rows: Iterable[Representation]) -> dict[str, str]:
    """Names of the services in the rows' scopes, by id, in the order of names."""
    ids = {service for row in rows for services in row.scopes.values() for service in services}
    query = select(CareService).where(col(CareService.id).in_(ids - {EVERY_SERVICE}))
    found = await session.exec(query.order_by(CareService.name, CareService.id))
    return {service.id: service.name for service in found}


def _delegation(
    row: Representation,
    name: str,
    municipality: Organisation | None,
    names: Mapping[str, str],
    ended_by: Mapping[str, str],
    now: datetime,
) -> Delegation:
    ran_out = row.ended_at is None and row.valid_until is not None and row.valid_until <= now
    ended_at = row.valid_until if ran_out else row.ended_at
    return Delegation(
        id=row.id,
        key=row.key,
        name=name,
        role=row.role,
        origin=row.origin,
        scope=_scope(row, names),
        services={permission: tuple(row.scopes[permission]) for permission in _given(row)},
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        since=row.since,
        given_at=row.given_at,
        begun=row.valid_from <= now,
        can_be_changed=row.role is RepresentationRole.FU and ended_at is None,
        municipality=municipality.name if municipality else "",
        ended_at=ended_at,
        end_reason=row.end_reason,
        ended_by=ended_by.get(row.ended_by or "", ""),
        ends_in_days=None if ended_at else _ends_in_days(row),
    )


def _ends_in_days(row: Representation) -> int | None:
    if row.valid_until is None:
        return None
    left = (delegation_rules.last_day(row.valid_until) - clock.today()).days
    return left if left <= SHOWN_FROM_DAYS else None


def _represented(
    rows: Sequence[Representation], person: Person, consented: Collection[str], names: Mapping[str, str]
) -> RepresentedPerson:
    """By the same row that would be acted by: the newest that gives anything, else the newest."""
    now, age, active = clock.now(), age_on(person.birth_date, clock.today()), person.id in consented
    newest_first = sorted(rows, key=lambda row: row.valid_from, reverse=True)
    in_use = [
        row
        for row in newest_first
        if permissions_for(row, now, living=not person.deceased, consented=active, age=age)
    ]
    row = (in_use or newest_first)[0]
    return RepresentedPerson(
        key=row.key,
        name=person.name,
        given_name=person.given_name,
        family_name=person.family_name,
        role=row.role,
        scope=_scope(row, names),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        hindered_by=None if in_use else _hindrance(row, person, now, active=active),
    )


def _hindrance(row: Representation, person: Person, now: datetime, *, active: bool) -> Hindrance:
    if person.deceased:
        return Hindrance.DECEASED
    if row.role is RepresentationRole.VE:
        return Hindrance.INFORMATION
    if row.valid_from > now:
        return Hindrance.NOT_BEGUN
    return Hindrance.TOO_OLD if active else Hindrance.NO_CONSENT


def _given(row: Representation) -> list[Permission]:
    return [permission for permission in Permission if permission in DELEGABLE and row.scopes.get(permission)]


def _scope(row: Representation, names: Mapping[str, str]) -> Scope:
    return {
        permission: None
        if EVERY_SERVICE in row.scopes[permission]
        else tuple(name for id_, name in names.items() if id_ in row.scopes[permission])
        for permission in _given(row)
    }
