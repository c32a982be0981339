"""Who may act for whom, decided anew for every event. The only place that applies the policy."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.access.policy import (
    age_on,
    permissions_for,
    permissions_for_self,
    reach_for_self,
    reach_of,
)
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock
from digihelse_app.services import consent


async def acting_context(actor_id: str, key: str = "") -> ActingContext:
    """What `actor_id` may do right now, for herself or for whom `key` (from the address) stands.

    Raises AccessDeniedError for nobody, an unknown key, someone else's key, and a representation that is
    not in force or gives nothing: the same answer for all.
    """
    async with unit_of_work(reading=True) as session:
        actor = await session.get(Person, actor_id)
        if actor is None or actor.deceased:
            raise AccessDeniedError
        if not key:
            return await _for_herself(session, actor)
        if not key.isprintable():  # what no database would take
            raise AccessDeniedError
        query = select(Representation, Person).join(
            Person, col(Person.id) == col(Representation.represented_id)
        )
        query = query.where(Representation.key == key, Representation.actor_id == actor_id)
        rows = (await session.exec(query)).all()
        if not rows:
            raise AccessDeniedError
        represented = rows[0][1]
        consented = await consent.is_active(session, represented.id)
    return _strongest(actor, represented, [row for row, _ in rows], consented=consented)


async def context_by(actor_id: str, representation_id: str | None) -> ActingContext:
    """What `actor_id` may do right now for the one of a row, None for herself: for work that goes on.

    Raises AccessDeniedError.
    """
    if representation_id is None:
        return await acting_context(actor_id)
    async with unit_of_work(reading=True) as session:
        key = (await session.get_one(Representation, representation_id)).key
    return await acting_context(actor_id, key)


def _strongest(
    actor: Person, represented: Person, rows: Sequence[Representation], *, consented: bool
) -> ActingContext:
    acting = _newest_in_force(actor, represented, rows, consented=consented)
    if acting is None:
        raise AccessDeniedError
    return acting


def _newest_in_force(
    actor: Person, represented: Person, rows: Sequence[Representation], *, consented: bool
) -> ActingContext | None:
    """By the newest of what holds now: one may hold both what was given and what the register says."""
    now, age = clock.now(), age_on(represented.birth_date, clock.today())
    living = not (actor.deceased or represented.deceased)
    for row in sorted(rows, key=lambda row: row.valid_from, reverse=True):
        if permissions := permissions_for(row, now, living=living, consented=consented, age=age):
            return ActingContext(actor.id, represented.id, row.role, row.id, permissions, reach_of(row, age))
    return None


async def acting_for(session: AsyncSession, person_id: str) -> list[ActingContext]:
    """Everyone else who may act for the person right now, each once."""
    person = await session.get_one(Person, person_id)
    consented = await consent.is_active(session, person_id)
    query = select(Representation, Person).join(Person, col(Person.id) == col(Representation.actor_id))
    rows = (await session.exec(query.where(Representation.represented_id == person_id))).all()
    actors = {actor.id: actor for _, actor in rows}
    contexts: list[ActingContext] = []
    for actor_id in sorted(actors):
        theirs = [row for row, actor in rows if actor.id == actor_id]
        if (acting := _newest_in_force(actors[actor_id], person, theirs, consented=consented)) is not None:
            contexts.append(acting)
    return contexts


async def _for_herself(session: AsyncSession, actor: Person) -> ActingContext:
    consented = actor.self_inactive_at is None and not await consent.missing(session, actor.id)
    return ActingContext(
        actor.id,
        actor.id,
        RepresentationRole.SELF,
        None,
        permissions_for_self(consented=consented),
        reach_for_self(age_on(actor.birth_date, clock.today())),
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """Someone who may act for a person right now, with what that allows; also the person herself."""

    person: Person
    acting: ActingContext


async def holders(session: AsyncSession, represented_id: str) -> list[Holder]:
    """Who may act for the person at this instant: herself first, then the others by name.

    As many queries for many as for one.
    """
    represented = await session.get_one(Person, represented_id)
    others = {acting.actor_id: acting for acting in await acting_for(session, represented_id)}
    people = await session.exec(select(Person).where(col(Person.id).in_(others)))
    named = sorted(people, key=lambda person: (person.name.casefold(), person.id))
    herself = Holder(represented, await _for_herself(session, represented))
    return [herself, *(Holder(person, others[person.id]) for person in named)]


async def keys_of(represented_id: str) -> list[str]:
    """The address keys under which others may be showing `represented_id`: whom to tell, not who may see."""
    async with unit_of_work(reading=True) as session:
        query = select(Representation.key).where(Representation.represented_id == represented_id).distinct()
        return list(await session.exec(query))
