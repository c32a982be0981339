"""Delegations as a municipality registers them, for `tests.fhir_world`."""

from collections.abc import Sequence
from typing import Any

from digihelse_app.models.representation import Representation
from digihelse_app.standins.people import SyntheticPerson
from tests.fhir_world import EXTENSION, FODSELSNUMMER, Resource, rows
from tests.people import ERIK, OLA, PER

ROLE = "urn:oid:2.16.578.1.12.4.1.1.7611"
SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
EVIDENCE = "https://arkiv.alvdal.test/journalpost"
EVERYTHING = ("see-visits", "cancel-visits", "read-messages", "write-messages", "get-notices")


def coded(system: str, code: str) -> Resource:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code}]}


def named(who: SyntheticPerson, name: str = "") -> Resource:
    """A logical reference to a person, with the name it should be."""
    return {
        "identifier": {"system": FODSELSNUMMER, "value": who.national_id},
        "display": name or f"{who.given_name} {who.family_name}",
    }


def right(code: str, services: Sequence[str] | None = None) -> Resource:
    """One right, for the services or for all."""
    made = {"type": "permit", "action": [coded(f"{EXTENSION}/fullmakt-rettighet", code)]}
    if services is None:
        return made
    data = [
        {"meaning": "related", "reference": {"reference": f"HealthcareService/{one}"}} for one in services
    ]
    return made | {"data": data}


def consent(
    represented: SyntheticPerson = OLA,
    proxy: SyntheticPerson = ERIK,
    *,
    role: str = "FU",
    start: str = "2026-11-20",
    end: str | None = "2029-11-20",
    rights: Sequence[Resource] | None = None,
    evidence: str | None = "2026/4711",
    consent_id: str = "fullmakt-1",
    **changes: Any,
) -> Resource:
    """Erik may act for Ola by a paper, in everything the municipality has; None leaves an element out."""
    resource: Resource = {
        "resourceType": "Consent",
        "id": consent_id,
        "status": "active",
        "scope": coded(SCOPE, "patient-privacy"),
        "category": [coded(f"{EXTENSION}/fullmakt", role.lower())],
        "patient": named(represented),
        "policyRule": coded("http://terminology.hl7.org/CodeSystem/v3-ActCode", "OPTIN"),
        "sourceReference": {"identifier": {"system": EVIDENCE, "value": evidence}} if evidence else None,
        "provision": {
            "type": "permit",
            "period": {"start": start} | ({"end": end} if end else {}),
            "actor": [
                {"role": coded(ROLE, role), "reference": {"type": "RelatedPerson", **named(proxy)}},
            ],
            "provision": list(rights) if rights is not None else [right(code) for code in EVERYTHING],
        },
    } | changes
    return {name: value for name, value in resource.items() if value is not None}


async def kept() -> list[Representation]:
    """The rows, in the order they were made."""
    return sorted(await rows(Representation), key=lambda row: (row.given_at or row.valid_from, row.id))


def assigned(**changes: Any) -> Resource:
    """Erik may act for Per, who cannot consent."""
    return consent(PER, ERIK, **{"role": "TD", **changes})
