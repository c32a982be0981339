"""The CapabilityStatement: what works here, and nothing that does not."""

from typing import Any

from digihelse_app.outside import fhir_names
from digihelse_app.web.fhir import communication
from digihelse_app.web.fhir.elements import Resource
from digihelse_app.web.fhir.submissions import KINDS

_SINCE = "2026-11-23"


def statement(base_url: str) -> Resource:
    """`GET /fhir/metadata`."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _SINCE,
        "kind": "instance",
        "software": {"name": "Digihelse"},
        "implementation": {"description": "Digihelse record-system API", "url": f"{base_url}/fhir"},
        "fhirVersion": "4.0.1",
        "format": [fhir_names.MEDIA_TYPE, "application/json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "description": "Machine access token (OAuth 2.0 client credentials, private_key_jwt); "
                    "an organisation reaches its own alone."
                },
                "resource": [_resource(resource_type) for resource_type in KINDS],
                "interaction": [{"code": "batch"}, {"code": "transaction"}],
            }
        ],
    }


def _resource(resource_type: str) -> dict[str, Any]:
    if KINDS[resource_type].is_file:
        return _described(resource_type, ("read", "update"))
    searched = _described(resource_type, ("read", "update", "search-type"))
    return searched | {"searchParam": _parameters(resource_type)}


def _described(resource_type: str, interactions: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": resource_type,
        "interaction": [{"code": code} for code in interactions],
        "versioning": "versioned-update",
        "readHistory": False,
        "updateCreate": True,
        "conditionalUpdate": False,
    }


def _parameters(resource_type: str) -> list[dict[str, str]]:
    parameters = [{"name": "_id", "type": "token"}, {"name": "_lastUpdated", "type": "date"}]
    told = "Only as :identifier, and only by POST _search: a number never stands in an address."
    names = KINDS[resource_type].patient_parameters
    parameters += [{"name": name, "type": "reference", "documentation": told} for name in names]
    if resource_type == communication.TYPE:
        parameters.append({"name": "part-of", "type": "reference"})
    return parameters
