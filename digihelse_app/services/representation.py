"""Who may act for whom, decided anew for every event. The only place that applies the policy."""

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
        if actor is None:
            raise AccessDeniedError
        if not key:
            return await _for_herself(session, actor)
        if not key.isprintable():  # what no database would take
            raise AccessDeniedError
        query = select(Representation, Person).join(
            Person, col(Person.id) == col(Representation.represented_id)
        )
        found = await session.exec(
            query.where(Representation.key == key, Representation.actor_id == actor_id)
        )
        row = found.one_or_none()
        if row is None:
            raise AccessDeniedError
        representation, represented = row
        consented = await consent.is_active(session, represented.id)
    age = age_on(represented.birth_date, clock.today())
    permissions = permissions_for(representation, clock.now(), consented=consented, age=age)
    if not permissions:
        raise AccessDeniedError
    return ActingContext(
        actor_id,
        represented.id,
        representation.role,
        representation.id,
        permissions,
        reach_of(representation, age),
    )


async def _for_herself(session: AsyncSession, actor: Person) -> ActingContext:
    consented = not await consent.missing(session, actor.id)
    return ActingContext(
        actor.id,
        actor.id,
        RepresentationRole.SELF,
        None,
        permissions_for_self(consented=consented),
        reach_for_self(age_on(actor.birth_date, clock.today())),
    )


async def keys_of(represented_id: str) -> list[str]:
    """The address keys under which others may be showing `represented_id`: whom to tell, not who may see."""
    async with unit_of_work(reading=True) as session:
        query = select(Representation.key).where(Representation.represented_id == represented_id)
        return list(await session.exec(query))
