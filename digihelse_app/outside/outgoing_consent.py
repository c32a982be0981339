"""A delegation as a FHIR Consent: pure, and the same however often and in whatever order it is put."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digihelse_app.models.codes import RepresentationRole
from digihelse_app.outside import fhir_names
from digihelse_app.outside.outgoing_communication import Party, instant


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingDelegation:
    """That `proxy` may act for `patient`, or no longer may, as one organisation is told; times are UTC.

    `rights`: by our code for a permission, the ids by which the organisation knows the services it holds for;
    None for all of them. `ends_at` is when it stops by its terms, or was ended; `changed_at` the instant of
    which this is the truth.
    """

    id: str
    patient: Party
    proxy: Party
    role: RepresentationRole
    rights: Mapping[str, tuple[str, ...] | None]
    active: bool
    given_at: datetime
    begins_at: datetime
    ends_at: datetime | None
    since: datetime | None
    changed_at: datetime


def consent(given: OutgoingDelegation) -> dict[str, Any]:
    """The resource. Once inactive it stays so; `meta.lastUpdated` tells which of two is the newer."""
    return {
        "resourceType": "Consent",
        "id": given.id,
        "meta": {"lastUpdated": instant(given.changed_at)},
        "status": "active" if given.active else "inactive",
        "scope": _coded(fhir_names.CONSENT_SCOPE, fhir_names.PRIVACY),
        "category": [_coded(fhir_names.DELEGATION, given.role.value.lower())],
        "patient": _reference(given.patient),
        "dateTime": instant(given.given_at),
        "policyRule": _coded(fhir_names.ACT_CODE, "OPTIN"),
        "provision": _provision(given),
    }


def _provision(given: OutgoingDelegation) -> dict[str, Any]:
    period = {"start": instant(given.begins_at)}
    if given.ends_at is not None:
        # One that was taken back before it began has no time at all.
        period["end"] = instant(max(given.ends_at, given.begins_at))
    provision: dict[str, Any] = {
        "type": "permit",
        "period": period,
        "actor": [
            {
                "role": _coded(fhir_names.REPRESENTATIVE_ROLE, given.role.value),
                "reference": {"type": "RelatedPerson"} | _reference(given.proxy),
            }
        ],
        "provision": [_right(code, services) for code, services in given.rights.items()],
    }
    if given.since is not None:
        provision["dataPeriod"] = {"start": instant(given.since)}
    return provision


def _right(code: str, services: tuple[str, ...] | None) -> dict[str, Any]:
    right: dict[str, Any] = {"type": "permit", "action": [_coded(fhir_names.RIGHT, code)]}
    if services is not None:
        right["data"] = [
            {"meaning": "related", "reference": {"reference": f"HealthcareService/{service}"}}
            for service in services
        ]
    return right


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _reference(party: Party) -> dict[str, Any]:
    return {"identifier": fhir_names.national_identifier(party.national_id), "display": party.name}
