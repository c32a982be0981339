"""Giving someone a delegation, changing it, taking it back, and letting go of one that one holds.

It bites at once: rights are worked out from these rows on every event, and never kept.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import DelegationOrigin, EndReason, LogAction, RepresentationRole
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.national_id import is_valid
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock
from digihelse_app.outside.registers.answers import RegisterDownError, RegisteredPerson, Registers
from digihelse_app.services import access_log, care, delegation_rows, delegation_rules, people
from digihelse_app.services.delegation_rows import Grant
from digihelse_app.services.delegation_rules import Offer, Terms

NO_SUCH_PERSON = "delegation.error.no_such_person"
"""One sentence for an unknown number, another's name, and one who may not hold a delegation: no oracle."""

_CAN_BE_LET_GO = frozenset({RepresentationRole.FU, RepresentationRole.TD})


@dataclass(frozen=True, slots=True)
class Given:
    """What became of it: the delegation's id, or text keys of what to mend, by field name."""

    representation_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)


class _Held:
    registers: Registers | None = None
    synthetic_offsets: Collection[int] = ()


def configure(registers: Registers, synthetic_offsets: Collection[int]) -> None:
    """Who is asked about people, and which made-up numbers count; called by the composition root."""
    _Held.registers, _Held.synthetic_offsets = registers, synthetic_offsets


async def give(acting: ActingContext, offer: Offer) -> Given:
    """Give a delegation to whom number and name tell; to one who holds one already, it is a change of it."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    terms = offer.terms
    errors = check_person(offer.name, offer.national_id) | await check_terms(acting, terms)
    if errors:
        return Given(errors=errors)
    try:
        proxy = await _holder(acting, offer)
    except RegisterDownError:
        return Given(errors={"national_id": "delegation.error.register_down"})
    if proxy is None:
        return Given(errors={"national_id": NO_SUCH_PERSON})
    async with unit_of_work() as session:
        known = await people.by_national_id(session, offer.national_id)
        await delegation_rows.hold(session, acting.represented_id, *([known.id] if known else []))
        person = await people.find_or_create(session, offer.national_id)
        people.describe(person, proxy)
        session.add(person)
        return await write(session, acting, person.id, terms)


async def change(acting: ActingContext, representation_id: str, terms: Terms) -> Given:
    """End a delegation one has given and make another for the same person. Raises NotFoundError."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    if errors := await check_terms(acting, terms):
        return Given(errors=errors)
    async with unit_of_work() as session:
        await delegation_rows.hold(session, acting.represented_id)
        row = await _given(session, acting, representation_id)
        return await write(session, acting, row.actor_id, terms)


async def renew(acting: ActingContext, representation_id: str, valid_until: date | None) -> Given:
    """Let a delegation one has given hold until another day (Europe/Oslo). Raises NotFoundError."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    today = clock.today()
    if errors := delegation_rules.check_until(valid_until, today, today):
        return Given(errors=errors)
    async with unit_of_work() as session:
        await delegation_rows.hold(session, acting.represented_id)
        old = await _given(session, acting, representation_id)
        grant = _grant_like(old, acting, delegation_rules.ends(valid_until))
        new = await delegation_rows.add(session, grant, old)
        access_log.record(session, acting, LogAction.DELEGATION_RENEW, "Representation", new.id)
        return Given(new.id)


async def withdraw(acting: ActingContext, representation_id: str) -> None:
    """Take a delegation back, at once, or what was made in its place; one that has ended already stays so.

    Raises NotFoundError.
    """
    acting.require(Permission.MANAGE_DELEGATIONS)
    async with unit_of_work() as session:
        await delegation_rows.hold(session, acting.represented_id)
        row = await _now(session, await _given(session, acting, representation_id, ended_too=True))
        await delegation_rows.end(session, row, EndReason.WITHDRAWN, acting.actor_id)
        access_log.record(session, acting, LogAction.DELEGATION_WITHDRAW, "Representation", row.id)


async def renounce(acting: ActingContext, representation_id: str) -> None:
    """Let go of a delegation one holds, at once, or of what was made in its place. Raises NotFoundError."""
    acting.require(Permission.HOLD_DELEGATIONS)
    async with unit_of_work() as session:
        row = await _row(session, representation_id)
        if row.actor_id != acting.actor_id or row.role not in _CAN_BE_LET_GO:
            raise NotFoundError
        await delegation_rows.hold(session, row.represented_id)
        await session.refresh(row)
        row = await _now(session, row)
        await delegation_rows.end(session, row, EndReason.RENOUNCED, acting.actor_id)
        access_log.record_for(session, acting, row, LogAction.DELEGATION_RENOUNCE, "Representation", row.id)


def check_person(name: str, national_id: str) -> dict[str, str]:
    """Text keys of what to mend in how a person is told, by field name; says nothing of who exists."""
    errors: dict[str, str] = {}
    if not name.strip():
        errors["name"] = "delegation.error.no_name"
    if not is_number(national_id):
        errors["national_id"] = "delegation.error.number"
    return errors


def is_number(national_id: str) -> bool:
    """Whether it could be an identity number here."""
    return is_valid(national_id, _Held.synthetic_offsets)


async def registered(national_id: str) -> RegisteredPerson | None:
    """What the population register says; raises RegisterDownError."""
    if _Held.registers is None:
        message = "no registers: the composition root has not run"
        raise RuntimeError(message)
    return await _Held.registers.person(national_id)


async def _holder(acting: ActingContext, offer: Offer) -> RegisteredPerson | None:
    """The register's word on whom is meant, if that person may hold and the giver may give.

    Both are asked every time, in the same order, so that neither time nor words tell them apart.
    """
    async with unit_of_work(reading=True) as session:
        giver = await session.get_one(Person, acting.represented_id)
    own_number, today = people.national_id(giver), clock.today()
    own, theirs = await registered(own_number), await registered(offer.national_id)
    allowed = delegation_rules.may_give(own, today) & delegation_rules.may_hold(theirs, offer.name, today)
    return theirs if allowed and offer.national_id != own_number else None


async def allowed_holder(acting: ActingContext, person_id: str) -> RegisteredPerson | None:
    """The register's word on a person Digihelse knows, if she may hold and the represented person may give.

    Raises RegisterDownError.
    """
    acting.require(Permission.MANAGE_DELEGATIONS)
    async with unit_of_work(reading=True) as session:
        giver = await session.get_one(Person, acting.represented_id)
        holder = await session.get_one(Person, person_id)
    today = clock.today()
    own = await registered(people.national_id(giver))
    theirs = await registered(people.national_id(holder))
    if theirs is None or person_id == acting.represented_id:
        return None
    allowed = delegation_rules.may_give(own, today) and delegation_rules.may_hold_any(theirs, today)
    return theirs if allowed else None


async def check_terms(acting: ActingContext, terms: Terms) -> dict[str, str]:
    """Text keys of what to mend in the terms, by field name."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    async with unit_of_work(reading=True) as session:
        services = await care.received(session, acting.represented_id)
    return delegation_rules.check_terms(terms, {service.id for service in services}, clock.today())


async def write(session: AsyncSession, acting: ActingContext, actor_id: str, terms: Terms) -> Given:
    """The new row, in the place of what stands; the same terms again change nothing. Both people are held."""
    now = clock.now()
    old = await delegation_rows.standing(session, acting.represented_id, actor_id, RepresentationRole.FU)
    grant = Grant(
        actor_id=actor_id,
        represented_id=acting.represented_id,
        role=RepresentationRole.FU,
        origin=DelegationOrigin.DIGITAL,
        scopes=delegation_rules.complete(terms.scopes),
        valid_from=delegation_rules.begins(terms, now),
        valid_until=delegation_rules.ends(terms.valid_until),
        since=_since(terms, old),
        given_by=acting.actor_id,
    )
    if old is not None and _says_the_same(old, grant):
        return Given(old.id)
    new = await delegation_rows.add(session, grant, old)
    action = LogAction.DELEGATION_CHANGE if old else LogAction.DELEGATION_GIVE
    access_log.record(session, acting, action, "Representation", new.id)
    return Given(new.id)


def _since(terms: Terms, old: Representation | None) -> datetime | None:
    if not terms.only_new:
        return None
    return old.since if old is not None and old.since is not None else clock.now()


def _says_the_same(old: Representation, grant: Grant) -> bool:
    begun = old.valid_from <= clock.now() and grant.valid_from <= clock.now()
    same_start = begun or old.valid_from == grant.valid_from
    return same_start and (old.scopes, old.valid_until, old.since) == (
        grant.scopes,
        grant.valid_until,
        grant.since,
    )


def _grant_like(old: Representation, acting: ActingContext, valid_until: datetime | None) -> Grant:
    return Grant(
        actor_id=old.actor_id,
        represented_id=old.represented_id,
        role=old.role,
        origin=DelegationOrigin.DIGITAL,
        scopes=old.scopes,
        valid_from=max(old.valid_from, clock.now()),
        valid_until=valid_until,
        since=old.since,
        given_by=acting.actor_id,
    )


async def _row(session: AsyncSession, representation_id: str) -> Representation:
    row = await session.get(Representation, representation_id) if representation_id.isprintable() else None
    if row is None:
        raise NotFoundError
    return row


async def _given(
    session: AsyncSession, acting: ActingContext, representation_id: str, *, ended_too: bool = False
) -> Representation:
    """A delegation (FU) the represented person has given; what is over is not found unless `ended_too`."""
    row = await _row(session, representation_id)
    if (
        row.represented_id != acting.represented_id
        or row.role is not RepresentationRole.FU
        or (not ended_too and _is_over(row))
    ):
        raise NotFoundError
    return row


async def _now(session: AsyncSession, row: Representation) -> Representation:
    """The row, or what stands after a change of it: that is meant by one whose page shows the old one.

    The represented person is held.
    """
    if row.end_reason is not EndReason.CHANGED:
        return row
    standing = await delegation_rows.standing(session, row.represented_id, row.actor_id, row.role)
    return standing or row


def _is_over(row: Representation) -> bool:
    """Ended, or run out: the one that was given since stands in its place, and not beside another."""
    ran_out = row.valid_until is not None and row.valid_until <= clock.now()
    return ran_out or row.ended_at is not None
