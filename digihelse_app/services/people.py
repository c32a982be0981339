"""People as Digihelse knows them: found by identity number, described by the population register."""

from datetime import date
from typing import Protocol

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.person import Person
from digihelse_app.models.vault import vault
from digihelse_app.outside import clock

_CONTEXT = "person.national_id"


class Registered(Protocol):
    """What the population register says of a person (see `outside.registers.RegisteredPerson`)."""

    given_name: str
    family_name: str
    birth_date: date | None
    address_protected: bool
    deceased: bool


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
