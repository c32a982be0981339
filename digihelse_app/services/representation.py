"""Who may act for whom, decided anew for every event. The only place that applies the policy."""

from sqlmodel import select

from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.access.policy import permissions_for, permissions_for_self
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
        if await session.get(Person, actor_id) is None:
            raise AccessDeniedError
        if not key:
            consented = not await consent.missing(session, actor_id)
            permissions = permissions_for_self(consented=consented)
            return ActingContext(actor_id, actor_id, RepresentationRole.SELF, None, permissions)
        if not key.isprintable():  # what no database would take
            raise AccessDeniedError
        found = await session.exec(
            select(Representation).where(Representation.key == key, Representation.actor_id == actor_id)
        )
        representation = found.one_or_none()
        if representation is None:
            raise AccessDeniedError
        consented = await consent.is_active(session, representation.represented_id)
    permissions = permissions_for(representation, clock.now(), consented=consented)
    if not permissions:
        raise AccessDeniedError
    return ActingContext(
        actor_id, representation.represented_id, representation.role, representation.id, permissions
    )


async def keys_of(represented_id: str) -> list[str]:
    """The address keys under which others may be showing `represented_id`: whom to tell, not who may see."""
    async with unit_of_work(reading=True) as session:
        query = select(Representation.key).where(Representation.represented_id == represented_id)
        return list(await session.exec(query))
