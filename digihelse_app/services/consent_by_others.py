"""Consent that others may give: what a municipality registers, and parents for their children.

Nothing of it is stored as a consent. It follows from the right to act that it belongs to, and ends at the
same instant as that does; what the person has said herself since then goes before it (docs/adr/0017).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.policy import PARENTS_ACT_UNTIL, age_on
from digihelse_app.models.codes import ConsentKind, DelegationOrigin, RepresentationRole
from digihelse_app.models.consent import Consent
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock

REGISTERED = frozenset({DelegationOrigin.PAPER, DelegationOrigin.ASSIGNED})
"""What a municipality has registered, on a paper that says that the person is to have dialogue."""
STANDS_IN = REGISTERED | {DelegationOrigin.REGISTER}
"""Of what origin the rights to act are that may stand in for the represented person's own consent."""


async def consented_themselves(session: AsyncSession, person_ids: Collection[str]) -> set[str]:
    """Those of `person_ids` who have given every kind of consent, in any version, and not taken it back."""
    query = select(Consent.person_id, Consent.kind).where(
        col(Consent.person_id).in_(person_ids), col(Consent.withdrawn_at).is_(None)
    )
    given: dict[str, set[ConsentKind]] = {}
    for person_id, kind in await session.exec(query.distinct()):
        given.setdefault(person_id, set()).add(ConsentKind(kind))
    return {person_id for person_id, kinds in given.items() if kinds == set(ConsentKind)}


async def consented_for(session: AsyncSession, person_ids: Collection[str]) -> set[str]:
    """Those of `person_ids` for whom someone else's consent holds at this instant."""
    if not person_ids:
        return set()
    now, until = clock.now(), col(Representation.valid_until)
    query = (
        select(Representation, Person)
        .join(Person, col(Person.id) == col(Representation.represented_id))
        .where(
            col(Representation.represented_id).in_(person_ids),
            col(Representation.origin).in_(STANDS_IN),
            col(Representation.ended_at).is_(None),
            Representation.valid_from <= now,
            or_(until.is_(None), until > now),
        )
    )
    found = (await session.exec(query)).all()
    parents = await _consenting_parents(session, found)
    withdrawn = await _last_withdrawn(session, {row.represented_id for row, _ in found})
    return {
        row.represented_id
        for row, person in found
        if (row.origin in REGISTERED and _is_newer(row, withdrawn.get(row.represented_id)))
        or (row.actor_id in parents and _is_childs(row, person))
    }


async def children_of(session: AsyncSession, parent_id: str) -> list[str]:
    """Those for whom `parent_id` has, or has had, parental responsibility by the register."""
    query = select(Representation.represented_id).where(
        Representation.actor_id == parent_id, Representation.role == RepresentationRole.FO
    )
    return sorted(await session.exec(query.distinct()))


async def _consenting_parents(
    session: AsyncSession, found: Sequence[tuple[Representation, Person]]
) -> set[str]:
    parents = {row.actor_id for row, person in found if _is_childs(row, person)}
    return await consented_themselves(session, parents) if parents else set()


def _is_childs(row: Representation, person: Person) -> bool:
    age = age_on(person.birth_date, clock.today())
    return row.role is RepresentationRole.FO and age is not None and age < PARENTS_ACT_UNTIL


def _is_newer(row: Representation, withdrawn_at: datetime | None) -> bool:
    return withdrawn_at is None or (row.given_at or row.valid_from) > withdrawn_at


async def _last_withdrawn(session: AsyncSession, person_ids: Collection[str]) -> dict[str, datetime]:
    query = select(Consent.person_id, func.max(Consent.withdrawn_at)).where(
        col(Consent.person_id).in_(person_ids), col(Consent.withdrawn_at).is_not(None)
    )
    found = await session.exec(query.group_by(col(Consent.person_id)))
    return {person_id: at for person_id, at in found if at is not None}
