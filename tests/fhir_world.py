"""Two municipalities and a few people, and the record-system API for each to call."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from sqlmodel import SQLModel, select
from starlette.applications import Starlette

from digihelse_app.models.codes import ConsentKind, RepresentationRole, SenderKind
from digihelse_app.models.consent import ActivityChange, Consent
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import people
from digihelse_app.services.consent import CURRENT_VERSIONS
from digihelse_app.standins.people import SyntheticPerson
from digihelse_app.web import deliveries, digital_activity
from digihelse_app.web.fhir import routes
from digihelse_app.web.fhir.tokens import MachineTokens
from tests.machine_issuer import MachineIssuer
from tests.people import ASTRID, KARI, OLA

BASE_URL = "http://digihelse.test"
ALVDAL = "80001"
TYNSET = "80002"
FODSELSNUMMER = "urn:oid:2.16.578.1.12.4.1.4.1"
HER_ID = "urn:oid:2.16.578.1.12.4.1.2"
EXTENSION = "https://digihelse.no/fhir"
TOPIC = f"{EXTENSION}/henvendelsestype"

Resource = dict[str, Any]
Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Caller:
    """One organisation's record system."""

    her_id: str
    issuer: MachineIssuer
    client: httpx.AsyncClient

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Any call, with a fresh token."""
        headers = {"Authorization": f"Bearer {self.issuer.token(self.her_id)}"} | options.pop("headers", {})
        return await self.client.request(method, path, headers=headers, **options)

    async def put(self, resource: Resource, **headers: str) -> httpx.Response:
        """PUT under the resource's own id; underscores in header names stand for hyphens."""
        path = f"/fhir/{resource['resourceType']}/{resource['id']}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.call("PUT", path, json=resource, headers=named)

    async def get(self, path: str) -> httpx.Response:
        """GET."""
        return await self.call("GET", path)


@dataclass(frozen=True)
class World:
    """The API and its two callers. Kari and Ola are digitally active, Astrid is known and is not."""

    client: httpx.AsyncClient
    issuer: MachineIssuer
    alvdal: Caller
    tynset: Caller


@asynccontextmanager
async def world(issuer: MachineIssuer, *, require_dpop: bool = False) -> AsyncIterator[World]:
    """A world in the connected, empty database."""
    await _populate()
    tokens = MachineTokens(issuer.url, BASE_URL, require_dpop=require_dpop)
    beside = [*digital_activity.routes(tokens), *deliveries.routes(tokens)]
    app = Starlette(routes=[*beside, *routes.routes(tokens, BASE_URL)])
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        yield World(client, issuer, Caller(ALVDAL, issuer, client), Caller(TYNSET, issuer, client))


async def _populate() -> None:
    async with unit_of_work() as session:
        for her_id, number, name in ((ALVDAL, "940837685", "Alvdal"), (TYNSET, "940837686", "Tynset")):
            session.add(
                Organisation(
                    her_id=her_id,
                    organisation_number=number,
                    name=f"{name} kommune",
                    fhir_base_url="http://fagsystem.test/fhir",
                )
            )
        for synthetic in (KARI, OLA, ASTRID):
            person = await people.find_or_create(session, synthetic.national_id)
            person.given_name, person.family_name = synthetic.given_name, synthetic.family_name
    for synthetic in (KARI, OLA):
        await activate(synthetic)


async def activate(synthetic: SyntheticPerson) -> None:
    """Give every consent for a known person, and tell of it in the feed."""
    async with unit_of_work() as session:
        person_id = await _person_id(session, synthetic)
        for kind in ConsentKind:
            version = CURRENT_VERSIONS[kind]
            session.add(
                Consent(
                    person_id=person_id, kind=kind, version=version, given_by=person_id, given_at=clock.now()
                )
            )
        session.add(ActivityChange(person_id=person_id, active=True, at=clock.now()))


async def deactivate(synthetic: SyntheticPerson) -> None:
    """Withdraw every consent of a person."""
    async with unit_of_work() as session:
        person_id = await _person_id(session, synthetic)
        for consent in await session.exec(select(Consent).where(Consent.person_id == person_id)):
            consent.withdrawn_at = clock.now()
            session.add(consent)
        session.add(ActivityChange(person_id=person_id, active=False, at=clock.now()))


async def _person_id(session: Any, synthetic: SyntheticPerson) -> str:
    person = await people.by_national_id(session, synthetic.national_id)
    assert person is not None
    return person.id


async def person_id(synthetic: SyntheticPerson) -> str:
    """The random id that stands for a person."""
    async with unit_of_work(reading=True) as session:
        return await _person_id(session, synthetic)


async def rows(table: type[Row]) -> list[Row]:
    """Every row of a table."""
    async with unit_of_work(reading=True) as session:
        return list(await session.exec(select(table)))


async def organisation_id(her_id: str) -> str:
    """The id of an organisation."""
    return next(row.id for row in await rows(Organisation) if row.her_id == her_id)


async def known_people() -> dict[str, Person]:
    """People by given name."""
    return {person.given_name: person for person in await rows(Person)}


def service(her_id: str = ALVDAL, service_id: str = "hjemmebasert-omsorg", **changes: Any) -> Resource:
    """A home-care service, open for dialogue since January."""
    resource: Resource = {
        "resourceType": "HealthcareService",
        "id": service_id,
        "active": True,
        "name": "Hjemmebasert omsorg",
        "providedBy": {"identifier": {"system": HER_ID, "value": her_id}, "display": "Alvdal kommune"},
        "category": [{"coding": [{"system": "urn:oid:2.16.578.1.12.4.1.1.7619", "code": "7"}]}],
        "telecom": [{"system": "phone", "value": "62 48 90 00"}],
        "availableTime": [
            {"daysOfWeek": ["mon", "fri"], "availableStartTime": "08:00:00", "availableEndTime": "15:30:00"}
        ],
        "characteristic": [
            {
                "coding": [
                    {"system": f"{EXTENSION}/henvendelsestype", "code": "medisin", "display": "Medisiner"}
                ]
            }
        ],
        "extension": [
            {"url": f"{EXTENSION}/opens-for-dialogue", "valueDate": "2026-01-12"},
            {"url": f"{EXTENSION}/reply-working-days", "valuePositiveInt": 2},
            {"url": f"{EXTENSION}/shows-visits", "valueBoolean": True},
            {"url": f"{EXTENSION}/emergency-text", "valueString": "Ring 113 når det står om liv."},
        ],
    }
    return resource | changes


def patient(synthetic: SyntheticPerson) -> Resource:
    """A logical reference to a patient."""
    return {"identifier": {"system": FODSELSNUMMER, "value": synthetic.national_id}}


def episode(synthetic: SyntheticPerson, episode_id: str = "e1", **changes: Any) -> Resource:
    """That a person receives home care."""
    resource: Resource = {
        "resourceType": "EpisodeOfCare",
        "id": episode_id,
        "status": "active",
        "patient": patient(synthetic),
        "managingOrganization": {"identifier": {"system": HER_ID, "value": ALVDAL}},
        "period": {"start": "2025-02-01"},
        "extension": [
            {
                "url": f"{EXTENSION}/healthcare-service",
                "valueReference": {"reference": "HealthcareService/hjemmebasert-omsorg"},
            }
        ],
    }
    return resource | changes


def header(synthetic: SyntheticPerson, thread: str = "t1", **changes: Any) -> Resource:
    """A conversation that home care begins."""
    resource: Resource = {
        "resourceType": "Communication",
        "id": thread,
        "status": "completed",
        "subject": patient(synthetic),
        "topic": {"text": "Nye tider"},
        "sent": "2026-11-20T11:02:00Z",
        "sender": {"reference": "HealthcareService/hjemmebasert-omsorg"},
        "recipient": [patient(synthetic)],
    }
    return resource | changes


def message(
    synthetic: SyntheticPerson, message_id: str = "m1", thread: str = "t1", **changes: Any
) -> Resource:
    """A message from home care."""
    resource = header(synthetic, message_id) | {
        "partOf": [{"reference": f"Communication/{thread}"}],
        "payload": [{"contentString": "Vi kommer klokken ti."}],
    }
    del resource["topic"]
    return resource | changes


def follow_up(synthetic: SyntheticPerson, about: str, status: str = "received", **changes: Any) -> Resource:
    """That home care has come so far with a message or a conversation."""
    resource: Resource = {
        "resourceType": "Task",
        "id": "task-1",
        "status": status,
        "intent": "order",
        "for": patient(synthetic),
        "focus": {"reference": f"Communication/{about}"},
    }
    return resource | changes


def closing(synthetic: SyntheticPerson, about: str, **changes: Any) -> Resource:
    """That home care ends a conversation."""
    code = {"system": f"{EXTENSION}/oppfolging", "code": "closed"}
    return follow_up(synthetic, about, "completed", businessStatus={"coding": [code]}, **changes)


def issues(answer: httpx.Response) -> list[tuple[str, str]]:
    """Code and element of each fault."""
    found = answer.json()["issue"]
    return [(issue["code"], issue.get("expression", [""])[0]) for issue in found]


async def write(
    synthetic: SyntheticPerson,
    text: str,
    *,
    author: SyntheticPerson | None = None,
    role: RepresentationRole = RepresentationRole.SELF,
    thread: str = "",
) -> Message:
    """A citizen's message to Alvdal's home care as the app would store it, in a conversation of its own
    or in the one that the service knows as `thread`.
    """
    author = author or synthetic
    alvdal = await organisation_id(ALVDAL)
    [home_care] = [row for row in await rows(CareService) if row.organisation_id == alvdal]
    patient_id, now = await person_id(synthetic), clock.now()
    async with unit_of_work() as session:
        found = await session.exec(select(Thread).where(Thread.external_id == thread))
        conversation = found.one_or_none() or Thread(
            person_id=patient_id,
            service_id=home_care.id,
            subject="Besøk",
            created_at=now,
            last_message_at=now,
        )
        session.add(conversation)
        await session.flush()
        written = Message(
            thread_id=conversation.id,
            person_id=patient_id,
            sender=SenderKind.CITIZEN,
            author_id=(await people.find_or_create(session, author.national_id)).id,
            author_name=author.name,
            author_role=role,
            body=text,
            sent_at=now,
        )
        session.add(written)
    return written
