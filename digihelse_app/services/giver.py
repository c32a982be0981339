"""Before a delegation is given: whether one may, over which services, and how those given are used."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, select

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.access.policy import age_on
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import access_log, care
from digihelse_app.services.delegation_rules import GIVER_FROM


class CannotGive(StrEnum):
    """Why somebody may not give a delegation: told to herself alone."""

    TOO_YOUNG = "too_young"
    PROTECTED = "protected"


@dataclass(frozen=True, slots=True)
class ChosenService:
    """A service that a delegation can be limited to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Giver:
    """What she may choose among, by name; `hindered_by` is None when she may give."""

    services: tuple[ChosenService, ...]
    hindered_by: CannotGive | None


async def giver(acting: ActingContext) -> Giver:
    """What the represented person can give. By what the register said last: it is asked again on giving."""
    acting.require(Permission.MANAGE_DELEGATIONS)
    async with unit_of_work(reading=True) as session:
        person = await session.get_one(Person, acting.represented_id)
        services = await care.received(session, person.id)
        return Giver(tuple(ChosenService(one.id, one.name) for one in services), _hindrance(person))


def _hindrance(person: Person) -> CannotGive | None:
    if person.address_protected:
        return CannotGive.PROTECTED
    age = age_on(person.birth_date, clock.today())
    return CannotGive.TOO_YOUNG if age is not None and age < GIVER_FROM else None


@dataclass(frozen=True, slots=True)
class LastUse:
    """Who did something for the represented person last, and when (UTC)."""

    given_name: str
    at: datetime


async def last_use(acting: ActingContext) -> LastUse | None:
    """The last time somebody acted for the represented person; None for never."""
    acting.require(Permission.SEE_ACCESS_LOG)
    query = (
        select(AccessLogEntry.at, Person.given_name)
        .join(Person, col(Person.id) == col(AccessLogEntry.actor_id))
        .where(
            AccessLogEntry.represented_id == acting.represented_id,
            AccessLogEntry.actor_id != acting.represented_id,
            AccessLogEntry.action != LogAction.DELEGATION_RENOUNCE,
        )
        .order_by(col(AccessLogEntry.at).desc())
        .limit(1)
    )
    async with unit_of_work() as session:
        found = (await session.exec(query)).first()
        access_log.record(session, acting, LogAction.DELEGATIONS_READ, "AccessLogEntry")
        return LastUse(found[1], found[0]) if found else None
