"""Rights to act that follow from the population register: parents for children, and guardians as information.

They begin and end as the register says, read when someone signs in and at most once a day after that.
"""

import random
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from digihelse_app.access.permissions import DELEGABLE
from digihelse_app.access.policy import PARENTS_ACT_UNTIL, age_on
from digihelse_app.models.codes import DelegationOrigin, EndReason, RepresentationRole
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.outside import clock
from digihelse_app.outside.registers.answers import RegisterDownError, RegisteredPerson
from digihelse_app.services import consent, delegation, delegation_rows, delegation_rules, people
from digihelse_app.services.delegation_rows import Grant

READ_AGAIN_AFTER = timedelta(hours=24)
READ_AT_ONCE = 20
"""How many one run reads anew: all else that is done by the clock waits for it."""
_AMONG = 10 * READ_AT_ONCE
_DOWN_AFTER = 3
"""So many in a row without an answer are the register's fault, and not theirs."""
Ask = Callable[[str], Awaitable[RegisteredPerson | None]]


@dataclass(frozen=True, slots=True, repr=False)
class Ties:
    """By identity number, as the register has them: children one may act for, and one's own guardians."""

    children: Mapping[str, RegisteredPerson]
    guardians: Mapping[str, RegisteredPerson]


async def ask(registered: RegisteredPerson, register: Ask) -> Ties | None:
    """What the register says of those it ties to `registered`; None when it does not answer.

    A parent acts for children under 16, and nobody acts where an address is protected.
    """
    try:
        return await _ask(registered, register)
    except RegisterDownError:
        return None


async def _ask(registered: RegisteredPerson, register: Ask) -> Ties:
    children = await _described(registered.responsible_for, register)
    guardians = await _described(registered.guardians, register)
    acts = not registered.address_protected
    return Ties(
        {number: child for number, child in children.items() if acts and _is_childs_age(child)}, guardians
    )


async def _described(numbers: Iterable[str], register: Ask) -> dict[str, RegisteredPerson]:
    found = {number: await register(number) for number in dict.fromkeys(numbers)}
    return {
        number: one
        for number, one in found.items()
        if one is not None and not one.deceased and not one.address_protected
    }


def _is_childs_age(child: RegisteredPerson) -> bool:
    age = age_on(child.birth_date, clock.today())
    return age is not None and age < PARENTS_ACT_UNTIL


async def follow(person_id: str, ties: Ties) -> None:
    """Let the rows say what the register says; those it no longer has are ended by it."""
    children = [
        await _tie(number, child, person_id, RepresentationRole.FO) for number, child in ties.children.items()
    ]
    guardians = [
        await _tie(number, guardian, person_id, RepresentationRole.VE)
        for number, guardian in ties.guardians.items()
    ]
    await _end_others(person_id, {*children, *guardians})


async def _tie(number: str, described: RegisteredPerson, person_id: str, role: RepresentationRole) -> str:
    """The row's id, made if there is none."""
    try:
        return await _stand(number, described, person_id, role)
    except IntegrityError:  # both parents signed in at once: now the child is known
        return await _stand(number, described, person_id, role)


async def _stand(number: str, described: RegisteredPerson, person_id: str, role: RepresentationRole) -> str:
    async with unit_of_work() as session:
        other = await people.find_or_create(session, number)
        parent = role is RepresentationRole.FO
        represented_id, actor_id = (other.id, person_id) if parent else (person_id, other.id)
        await delegation_rows.hold(session, represented_id, actor_id)
        people.describe(other, described)
        session.add(other)
        row = await delegation_rows.standing(session, represented_id, actor_id, role)
        if row is None:
            row = await delegation_rows.add(
                session, _grant(actor_id, represented_id, role, described.birth_date)
            )
        await consent.announce(session, represented_id)
        return row.id


def _grant(actor_id: str, represented_id: str, role: RepresentationRole, born: date | None) -> Grant:
    parent = role is RepresentationRole.FO
    return Grant(
        actor_id=actor_id,
        represented_id=represented_id,
        role=role,
        origin=DelegationOrigin.REGISTER,
        scopes={permission.value: [EVERY_SERVICE] for permission in sorted(DELEGABLE)} if parent else {},
        valid_from=clock.now(),
        valid_until=_grown_up(born) if parent and born else None,
    )


def _grown_up(born: date) -> datetime:
    """When the day begins, in Europe/Oslo, on which a child decides for herself (UTC)."""
    day = delegation_rules.years_after(born, PARENTS_ACT_UNTIL)
    return datetime.combine(day, time(), clock.OSLO).astimezone(UTC)


async def _end_others(person_id: str, standing: set[str]) -> None:
    """End what the register does not say any more, of children of this person's and of her guardians."""
    parent = (col(Representation.actor_id) == person_id) & (Representation.role == RepresentationRole.FO)
    ward = (col(Representation.represented_id) == person_id) & (Representation.role == RepresentationRole.VE)
    query = select(Representation).where(
        parent | ward,
        Representation.origin == DelegationOrigin.REGISTER,
        col(Representation.ended_at).is_(None),
        col(Representation.id).not_in(standing),
    )
    async with unit_of_work(reading=True) as session:
        ended = [(row.id, row.represented_id) for row in await session.exec(query)]
    for row_id, represented_id in ended:
        async with unit_of_work() as session:
            await delegation_rows.hold(session, represented_id)
            row = await session.get_one(Representation, row_id)
            await delegation_rows.end(session, row, EndReason.BY_REGISTER, None)


async def read_again() -> int:
    """Ask the register anew of some parents who were not read for a day; how many were read.

    One of whom it does not answer is passed over until a later run, and so are all when it is down.
    """
    read = unanswered = 0
    for person_id in await _some_to_read():
        try:
            read += await _read(person_id)
            unanswered = 0
        except RegisterDownError:
            unanswered += 1
        if unanswered == _DOWN_AFTER:
            break
    return read


async def _some_to_read() -> list[str]:
    """Ids of at most READ_AT_ONCE, drawn from those read longest ago.

    Drawn, so that several workers seldom ask of the same one, and nobody waits behind those of whom the
    register never answers.
    """
    now = clock.now()
    parents = select(Representation.actor_id).where(
        Representation.role == RepresentationRole.FO,
        col(Representation.ended_at).is_(None),
        col(Representation.valid_until) > now,
    )
    read_at = col(Person.register_read_at)
    query = select(Person.id).where(
        col(Person.id).in_(parents), or_(read_at.is_(None), read_at < now - READ_AGAIN_AFTER)
    )
    async with unit_of_work(reading=True) as session:
        found = (await session.exec(query.order_by(read_at.nulls_first()).limit(_AMONG))).all()
    return random.sample(found, min(len(found), READ_AT_ONCE))


async def _read(person_id: str) -> bool:
    """Let the rows say what the register says now; False if another worker did. Raises RegisterDownError."""
    async with unit_of_work(reading=True) as session:
        person = await session.get_one(Person, person_id)
    if person.register_read_at is not None and person.register_read_at >= clock.now() - READ_AGAIN_AFTER:
        return False
    registered = await delegation.registered(people.national_id(person))
    ties = await _ask(registered, delegation.registered) if registered else Ties({}, {})
    async with unit_of_work() as session:
        person = await session.get_one(Person, person_id, with_for_update={"key_share": True})
        if registered is not None:
            people.describe(person, registered)
        person.register_read_at = clock.now()
        session.add(person)
    await follow(person_id, ties)
    return True
