"""Digital activity: the feed that record systems read each night, and the look-up by identity number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import LogAction, RepresentationRole
from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.organisation import Organisation
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.models.vault import vault
from digihelse_app.outside import clock
from digihelse_app.services import access_log, consent, consent_by_others, people
from digihelse_app.services.submission import UnacceptableError


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """One line of the feed; `at` is UTC."""

    offset: int
    national_id: str
    active: bool
    at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Changes:
    """A page of the feed, where to go on, and whether there is more."""

    changes: list[Change]
    next_offset: int
    more: bool


@dataclass(frozen=True, slots=True, repr=False)
class Activity:
    """The answer for one identity number; a number Digihelse does not know is inactive in every way."""

    national_id: str
    by_self: bool = False
    by_others: bool = False
    assigned: bool = False


async def changes(organisation_id: str, offset: int, count: int) -> Changes:
    """The next `count` changes after `offset`, oldest first.

    Asking with an offset says that everything up to it is dealt with, and is remembered as that.
    Raises UnacceptableError("offset") for an offset beyond the end of the feed.
    """
    async with unit_of_work() as session:
        await _let_writers_finish(session)
        newest = (await session.exec(select(func.max(ActivityChange.offset)))).one() or 0
        if offset > newest:
            raise UnacceptableError("offset", "value")
        await _acknowledge(session, organisation_id, offset)
        access_log.record_organisation(session, organisation_id, LogAction.ACTIVITY_READ)
        rows = await session.exec(
            select(ActivityChange, Person)
            .join(Person, col(Person.id) == col(ActivityChange.person_id))
            .where(col(ActivityChange.offset) > offset)
            .order_by(col(ActivityChange.offset))
            .limit(count)
        )
        page = [
            Change(change.offset or 0, people.national_id(person), change.active, change.at)
            for change, person in rows
        ]
    next_offset = page[-1].offset if page else offset
    return Changes(page, next_offset, next_offset < newest)


async def _let_writers_finish(session: AsyncSession) -> None:
    """Wait for changes being written: with PostgreSQL's sequences 18 may be committed before 17.

    SQLite has one writer at a time.
    """
    if session.get_bind().dialect.name == "postgresql":
        await session.exec(text("LOCK TABLE activitychange IN SHARE MODE"))  # pyright: ignore[reportCallIssue, reportArgumentType]


async def _acknowledge(session: AsyncSession, organisation_id: str, offset: int) -> None:
    query = select(Organisation).where(Organisation.id == organisation_id).with_for_update(key_share=True)
    organisation = (await session.exec(query)).one()
    dealt_with = select(ActivityChange.person_id).where(
        col(ActivityChange.offset) > organisation.activity_offset, col(ActivityChange.offset) <= offset
    )
    for person_id in set(await session.exec(dealt_with)):
        mark_changed(session, person_id)
    organisation.activity_offset, organisation.activity_read_at = offset, clock.now()
    session.add(organisation)


async def check(organisation_id: str, national_ids: Sequence[str]) -> list[Activity]:
    """Whether each is digitally active, in the order asked; who is known is told in that person's log."""
    async with unit_of_work() as session:
        indexes = {number: vault().index(number) for number in national_ids}
        found = await session.exec(select(Person).where(col(Person.national_id_index).in_(indexes.values())))
        known = {person.national_id_index: person for person in found}
        for person_id in {person.id for person in known.values()} or {None}:
            access_log.record_organisation(
                session, organisation_id, LogAction.ACTIVITY_READ, represented_id=person_id
            )
        return [await _activity(session, number, known.get(indexes[number])) for number in national_ids]


async def _activity(session: AsyncSession, number: str, person: Person | None) -> Activity:
    if person is None:
        return Activity(number)
    query = select(Representation).where(
        Representation.represented_id == person.id, Representation.role != RepresentationRole.VE
    )
    now = clock.now()
    in_force = [
        representation for representation in await session.exec(query) if representation.in_force(now)
    ]
    others = await consent_by_others.consented_themselves(session, {found.actor_id for found in in_force})
    return Activity(
        number,
        by_self=await consent.is_active_herself(session, person),
        by_others=bool(others),
        assigned=any(found.role is RepresentationRole.TD for found in in_force),
    )
