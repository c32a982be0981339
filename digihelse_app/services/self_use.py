"""Not using Digihelse oneself, while those one has given a delegation may: stopping, and starting again.

The real service takes a form for it. Here signing in and confirming is enough, both ways.
"""

from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction, RepresentationRole
from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock
from digihelse_app.services import access_log, consent, export_rows


@dataclass(frozen=True, slots=True)
class SelfUse:
    """Whether one has stopped, and who (names) may use Digihelse for one at this instant."""

    stopped: bool
    consented: bool
    proxies: list[str]


async def status(acting: ActingContext) -> SelfUse:
    """How it is now; part of the person's own page, which is logged as read by itself."""
    acting.require(Permission.MANAGE_CONSENT)
    async with unit_of_work(reading=True) as session:
        person = await session.get_one(Person, acting.represented_id)
        names = await _proxies(session, person.id)
        return SelfUse(
            person.self_inactive_at is not None, await consent.is_active(session, person.id), names
        )


async def stop(acting: ActingContext) -> bool:
    """Use Digihelse no longer oneself; False when nobody could use it for one, and nothing is changed.

    One's own access and notices end at once. Those who act for one go on, and services are told.
    """
    acting.require(Permission.MANAGE_CONSENT)
    async with unit_of_work() as session:
        person = await consent.hold(session, acting)
        if person.self_inactive_at is not None:
            return True
        if not await consent.is_active(session, person.id) or not await _proxies(session, person.id):
            return False
        person.self_inactive_at = clock.now()
        await export_rows.stop(session, person.id)
        await _follow(session, acting, person, LogAction.SELF_DEACTIVATE)
    return True


async def start(acting: ActingContext) -> None:
    """Use Digihelse oneself again; changes nothing for one who does."""
    acting.require(Permission.MANAGE_CONSENT)
    async with unit_of_work() as session:
        person = await consent.hold(session, acting)
        if person.self_inactive_at is None:
            return
        person.self_inactive_at = None
        await _follow(session, acting, person, LogAction.SELF_REACTIVATE)


async def _follow(session: AsyncSession, acting: ActingContext, person: Person, action: LogAction) -> None:
    session.add(person)
    access_log.record(session, acting, action, "Person", person.id)
    if await consent.is_active(session, person.id):
        # Active as before, but in another way: record systems look again, and ask who by.
        session.add(ActivityChange(person_id=person.id, active=True, at=clock.now()))
    mark_changed(session, person.id)


async def _proxies(session: AsyncSession, person_id: str) -> list[str]:
    """Names of those who act for the person now, by what was given or assigned."""
    query = (
        select(Representation, Person)
        .join(Person, col(Person.id) == col(Representation.actor_id))
        .where(
            Representation.represented_id == person_id,
            Representation.role != RepresentationRole.VE,
            col(Person.deceased).is_(False),
        )
    )
    now = clock.now()
    return sorted({actor.name for row, actor in await session.exec(query) if row.in_force(now)})
