"""The person who is signed in, as every page's frame names her."""

from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col, select

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock


@dataclass(frozen=True, slots=True)
class Actor:
    """Her name, what to call her, and whether there is anybody she may act for, now or later."""

    name: str
    given_name: str
    helps: bool


async def actor(acting: ActingContext) -> Actor:
    """Who is signed in, whoever she acts for."""
    acting.require(Permission.SEE_HOME)
    until = col(Representation.valid_until)
    standing = select(Representation.id).where(
        Representation.actor_id == acting.actor_id,
        col(Representation.ended_at).is_(None),
        or_(until.is_(None), until > clock.now()),
    )
    query = select(Person, standing.exists()).where(Person.id == acting.actor_id)
    async with unit_of_work(reading=True) as session:
        person, helps = (await session.exec(query)).one()
        return Actor(person.name, person.given_name, bool(helps))
