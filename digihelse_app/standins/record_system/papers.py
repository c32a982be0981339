"""Registering delegations from paper, and ending them; Digihelse is told by FHIR Consents."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from digihelse_app.standins.record_system import outbox
from digihelse_app.standins.record_system.paper_tables import Paper
from digihelse_app.standins.record_system.resources import EXTENSION, Resource, instant, person
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Outgoing, Patient

ON_PAPER = "FU"
ASSIGNED = "TD"
EVERYTHING = ("see-visits", "cancel-visits", "read-messages", "write-messages", "get-notices")
_ROLE = "urn:oid:2.16.578.1.12.4.1.1.7611"
_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_ARCHIVE = "https://arkiv.alvdal.test/journalpost"


@dataclass(frozen=True)
class NewPaper:
    """What is registered; fields as in `paper_tables.Paper`."""

    patient_id: str
    proxy_national_id: str
    proxy_name: str
    role: str
    evidence: str
    until: date | None


@dataclass(frozen=True)
class Line:
    """A registered delegation, whom it is for, and how far Digihelse has been told (as in Outgoing)."""

    paper: Paper
    patient: Patient
    told: str


async def patients(system: System) -> Sequence[Patient]:
    """Whom one can register for, by name."""
    async with system.store.transaction() as session:
        return (await session.scalars(select(Patient).order_by(Patient.name))).all()


async def lines(system: System) -> list[Line]:
    """All that is registered, newest first."""
    query = select(Paper, Patient).join(Patient, Patient.id == Paper.patient_id)
    told = select(Outgoing.resource_id, Outgoing.status).where(Outgoing.resource_type == "Consent")
    async with system.store.transaction() as session:
        found = (await session.execute(query.order_by(Paper.registered_at.desc(), Paper.id))).all()
        newest = {
            row.resource_id: row.status for row in await session.execute(told.order_by(Outgoing.number))
        }
    return [Line(paper, patient, newest.get(paper.id, "")) for paper, patient in found]


async def register(system: System, new: NewPaper) -> str:
    """Register a delegation from today, and put it on its way; its id. The patient is one of ours."""
    paper = Paper(
        id=str(uuid.uuid4()),
        patient_id=new.patient_id,
        proxy_national_id=new.proxy_national_id,
        proxy_name=new.proxy_name,
        role=new.role,
        evidence=new.evidence,
        begins_on=system.today(),
        until=new.until,
        registered_at=system.now(),
    )
    async with system.store.transaction() as session:
        session.add(paper)
        patient = await session.get_one(Patient, new.patient_id)
        outbox.queue(session, consent(paper, patient, system.now()), _order(paper), system.now())
    system.something_to_deliver.set()
    return paper.id


async def end(system: System, paper_id: str) -> None:
    """End a delegation now; one that has ended stays so. Raises LookupError for one that is not there."""
    async with system.store.transaction() as session:
        paper = await session.get(Paper, paper_id)
        if paper is None:
            raise LookupError("no such delegation")
        if paper.ended_at is not None:
            return
        paper.ended_at = system.now()
        patient = await session.get_one(Patient, paper.patient_id)
        outbox.queue(session, consent(paper, patient, system.now()), _order(paper), system.now())
    system.something_to_deliver.set()


def _order(paper: Paper) -> str:
    return f"fullmakt/{paper.id}"


def consent(paper: Paper, patient: Patient, at: datetime) -> Resource:
    """The resource, for all services and with every right, as it is at `at`."""
    period = {"start": paper.begins_on.isoformat()}
    if paper.until is not None:
        period["end"] = paper.until.isoformat()
    resource: Resource = {
        "resourceType": "Consent",
        "id": paper.id,
        "meta": {"lastUpdated": instant(at)},
        "status": "active" if paper.ended_at is None else "inactive",
        "scope": _coded(f"{_TERMINOLOGY}consentscope", "patient-privacy"),
        "category": [_coded(f"{EXTENSION}fullmakt", paper.role.lower())],
        "patient": {**person(patient.national_id), "display": patient.name},
        "dateTime": instant(paper.registered_at),
        "policyRule": _coded(f"{_TERMINOLOGY}v3-ActCode", "OPTIN"),
        "provision": {
            "type": "permit",
            "period": period,
            "actor": [
                {
                    "role": _coded(_ROLE, paper.role),
                    "reference": {
                        "type": "RelatedPerson",
                        **person(paper.proxy_national_id),
                        "display": paper.proxy_name,
                    },
                }
            ],
            "provision": [
                {"type": "permit", "action": [_coded(f"{EXTENSION}fullmakt-rettighet", right)]}
                for right in EVERYTHING
            ],
        },
    }
    if paper.evidence:
        resource["sourceReference"] = {"identifier": {"system": _ARCHIVE, "value": paper.evidence}}
    return resource


def _coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}
