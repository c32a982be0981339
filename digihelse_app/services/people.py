"""People as Digihelse knows them: found by identity number, described by the population register."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.national_id import masked
from digihelse_app.models.person import Person
from digihelse_app.models.vault import vault
from digihelse_app.outside import clock
from digihelse_app.services import access_log

_CONTEXT = "person.national_id"


class Registered(Protocol):
    """What the population register says of a person (see `outside.registers.RegisteredPerson`)."""

    @property
    def given_name(self) -> str:
        """First and middle names."""
        ...

    @property
    def family_name(self) -> str:
        """Last name."""
        ...

    @property
    def birth_date(self) -> date | None:
        """Day of birth, if known."""
        ...

    @property
    def address_protected(self) -> bool:
        """Whether the address is confidential."""
        ...

    @property
    def deceased(self) -> bool:
        """Whether the person is dead."""
        ...


async def by_national_id(session: AsyncSession, national_id: str) -> Person | None:
    """The person with this identity number, if Digihelse knows one."""
    found = await session.exec(select(Person).where(Person.national_id_index == vault().index(national_id)))
    return found.one_or_none()


async def find_or_create(session: AsyncSession, national_id: str) -> Person:
    """The person with this identity number, made known now if new. `national_id` is already validated."""
    person = await by_national_id(session, national_id)
    if person is None:
        person = Person(
            national_id_cipher=vault().encrypt(national_id, _CONTEXT),
            national_id_index=vault().index(national_id),
            created_at=clock.now(),
        )
        session.add(person)
        await session.flush()
    return person


def national_id(person: Person) -> str:
    """The identity number in clear: for the wire to registers and record systems, and for nothing else."""
    return vault().decrypt(person.national_id_cipher, _CONTEXT)


def describe(person: Person, registered: Registered) -> None:
    """Take over what the register says."""
    person.given_name = registered.given_name
    person.family_name = registered.family_name
    person.birth_date = registered.birth_date
    person.address_protected = registered.address_protected
    person.deceased = registered.deceased
    person.register_read_at = clock.now()


async def name_of_represented(acting: ActingContext) -> str:
    """The represented person's full name."""
    acting.require(Permission.SEE_HOME)
    return (await _get(acting.represented_id)).name


async def given_name_of_actor(acting: ActingContext) -> str:
    """What to call the person who is signed in."""
    acting.require(Permission.SEE_HOME)
    return (await _get(acting.actor_id)).given_name


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person sees of herself; the identity number is masked."""

    name: str
    masked_national_id: str


async def profile(acting: ActingContext) -> Profile:
    """The represented person's own particulars."""
    acting.require(Permission.SEE_PROFILE)
    async with unit_of_work() as session:
        person = await session.get_one(Person, acting.represented_id)
        access_log.record(session, acting, LogAction.PROFILE_READ, "Person", person.id)
        return Profile(person.name, masked_number(person))


def masked_number(person: Person) -> str:
    """The identity number as its owner is shown it."""
    return masked(national_id(person))


async def _get(person_id: str) -> Person:
    async with unit_of_work(reading=True) as session:
        return await session.get_one(Person, person_id)
