"""Plain rows to begin a test with, in the connected database: people, services, consents, conversations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import reflex as rx
from reflex.state import BaseState
from sqlmodel import SQLModel, select

from digihelse_app.access.context import ActingContext
from digihelse_app.models.codes import ConsentKind, RepresentationRole, SenderKind
from digihelse_app.models.consent import Consent
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.organisation import CareRelation, CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.services import mailboxes, people
from digihelse_app.services.consent import CURRENT_VERSIONS
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.people import SyntheticPerson
from digihelse_app.state.person import PersonState
from tests.people import KARI

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
"""When the world begins: three weeks before the tests' clock."""
LONG_OPEN = date(2026, 1, 12)

Row = TypeVar("Row", bound=SQLModel)
StateKind = TypeVar("StateKind", bound=BaseState)


async def add(*rows: SQLModel) -> None:
    """Put rows in the database, in this order; readers' copies follow their conversations."""
    async with unit_of_work() as session:
        for row in rows:
            session.add(row)
            await session.flush()
            if isinstance(row, Thread):
                await mailboxes.follow(session, row)


async def rows(table: type[Row]) -> list[Row]:
    """Every row of a table."""
    async with unit_of_work(reading=True) as session:
        return list(await session.exec(select(table)))


async def person(synthetic: SyntheticPerson = KARI, *, consented: bool = True) -> Person:
    """A synthetic person whom the register has described."""
    async with unit_of_work() as session:
        row = await people.find_or_create(session, synthetic.national_id)
        row.given_name, row.family_name = synthetic.given_name, synthetic.family_name
    if consented:
        await add(*(consent(row, kind) for kind in ConsentKind))
    return row


def consent(giver: Person, kind: ConsentKind, version: str = "") -> Consent:
    """An acceptance of the current version, or another."""
    accepted = version or CURRENT_VERSIONS[kind]
    return Consent(person_id=giver.id, kind=kind, version=accepted, given_by=giver.id, given_at=START)


def organisation(name: str = "Alvdal kommune", *, her_id: str = "80001") -> Organisation:
    """A municipality with a phone."""
    return Organisation(
        her_id=her_id,
        organisation_number=f"9408{her_id}",
        name=name,
        phone="62 48 90 00",
        fhir_base_url="http://fagsystem.test/fhir",
    )


def service(
    of: Organisation, name: str = "Hjemmesykepleie", opens_on: date | None = LONG_OPEN
) -> CareService:
    """A service, long open for dialogue unless told otherwise."""
    return CareService(organisation_id=of.id, external_id=name, name=name, opens_on=opens_on)


def relation(receiver: Person, received: CareService) -> CareRelation:
    """That a person receives a service."""
    return CareRelation(person_id=receiver.id, service_id=received.id, external_id=new_id())


def representation(
    actor: Person,
    represented: Person,
    *scopes: str,
    role: RepresentationRole = RepresentationRole.FU,
    valid_from: datetime = START,
    valid_until: datetime | None = None,
) -> Representation:
    """That one person acts for another."""
    return Representation(
        actor_id=actor.id,
        represented_id=represented.id,
        role=role,
        scopes={scope: [EVERY_SERVICE] for scope in scopes},
        valid_from=valid_from,
        valid_until=valid_until,
    )


def thread(
    of: Person, received: CareService, at: datetime = START, *, subject: str = "Nye tider", own: bool = False
) -> Thread:
    """A conversation whose newest message came at `at`, from the service or (`own`) from the person."""
    return Thread(
        person_id=of.id,
        service_id=received.id,
        subject=subject,
        created_at=at,
        last_message_at=at,
        last_from_service_at=None if own else at,
        last_from_citizen_at=at if own else None,
        preview="Vi kommer klokken ti.",
    )


def message(in_thread: Thread, at: datetime = START, *, body: str = "Vi kommer klokken ti.") -> Message:
    """A message from the service."""
    return Message(
        thread_id=in_thread.id,
        person_id=in_thread.person_id,
        sender=SenderKind.SERVICE,
        author_name="Hjemmesykepleie",
        body=body,
        sent_at=at,
    )


@dataclass(frozen=True)
class World:
    """Kari, who has consented and receives one open service."""

    kari: Person
    organisation: Organisation
    service: CareService

    async def acting(self) -> ActingContext:
        """Kari for herself."""
        return await acting_context(self.kari.id)

    async def threads(self, times: Sequence[datetime]) -> list[Thread]:
        """Conversations with a message from the service at each of `times`."""
        made = [thread(self.kari, self.service, at) for at in times]
        await add(*made, *(message(one, one.last_message_at) for one in made))
        return made


async def world() -> World:
    """Kari and her service in the connected, empty database."""
    kari, municipality = await person(), organisation()
    received = service(municipality)
    await add(municipality, received, relation(kari, received))
    return World(kari, municipality, received)


async def state(
    kind: type[StateKind], actor: Person, *, key: str = "", path: str = "/", **query: str
) -> StateKind:
    """A state in a new tab of `actor`'s, as the gate would have bound it, at an address."""
    tab = rx.State()
    tab.router_data = {"token": new_id(), "pathname": path, "query": query}
    bound = await tab.get_state(PersonState)
    bound._actor_id, bound._key = actor.id, key
    return await tab.get_state(kind)


def later(**time: float) -> datetime:
    """So long after the world began."""
    return START + timedelta(**time)
