"""What Digihelse puts here about delegations: who may act for a patient, and that it is over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digihelse_app.standins.record_system import faults, inbound
from digihelse_app.standins.record_system.delegation_tables import Delegation
from digihelse_app.standins.record_system.inbound import CREATED, FHIR_JSON, outcome
from digihelse_app.standins.record_system.parsing import (
    ROLES,
    NotAcceptableError,
    national_id_in,
    words_in,
)
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.tables import Patient

KIND = "Consent"
STATUSES = {"active": True, "inactive": False}


@dataclass(frozen=True)
class Incoming:
    """What is read of a Consent; `rights` are Digihelse's codes."""

    national_id: str
    proxy: str
    role: str
    rights: list[str]
    active: bool
    begins_at: datetime
    ends_at: datetime | None
    updated_at: datetime


async def consent(request: Request) -> Response:
    """GET or PUT of one Consent, behind the fault switches and the token check."""
    system = system_of(request)
    refused = await inbound.refusal(request, system)
    if refused is not None:
        return refused
    resource_id = request.path_params["id"]
    if request.method == "GET":
        async with system.store.transaction() as session:
            found = await session.get(Delegation, resource_id)
        return outcome(404, "not-found") if found is None else _answer(found, 200)
    body = await inbound.resource_in(request)
    if isinstance(body, Response):
        return body
    try:
        kept, created = await _keep(system, resource_id, body, parse(body, resource_id))
    except NotAcceptableError as failure:
        return outcome(422, failure.code, failure.element)
    if created and await faults.is_on(system, faults.LOST_RECEIPT):
        return outcome(500, "transient")
    return _answer(kept, CREATED if created else 200)


async def _keep(
    system: System, resource_id: str, body: dict[str, Any], incoming: Incoming
) -> tuple[Delegation, bool]:
    """The row, and whether it is new; what is older than what we have changes nothing."""
    async with system.store.transaction() as session:
        patient = await session.scalar(select(Patient).where(Patient.national_id == incoming.national_id))
        if patient is None:
            raise NotAcceptableError(f"{KIND}.patient", "not-found")
        known = await session.get(Delegation, resource_id, with_for_update=True)
        if known is not None and known.patient_id != patient.id:
            raise NotAcceptableError(f"{KIND}.patient")
        if known is not None and (known.body == body or incoming.updated_at < known.updated_at):
            return known, False
        row = known or Delegation(id=resource_id, patient_id=patient.id, version=0)
        row.proxy, row.role, row.rights = incoming.proxy, incoming.role, incoming.rights
        row.active, row.begins_at, row.ends_at = incoming.active, incoming.begins_at, incoming.ends_at
        row.updated_at, row.body, row.version = incoming.updated_at, body, row.version + 1
        session.add(row)
        return row, known is None


def _answer(kept: Delegation, status: int) -> Response:
    return JSONResponse(kept.body, status, {"ETag": f'W/"{kept.version}"'}, media_type=FHIR_JSON)


def parse(body: Any, resource_id: str) -> Incoming:
    """The delegation. Raises NotAcceptableError, naming the element."""
    if not isinstance(body, dict) or body.get("resourceType") != KIND:
        raise NotAcceptableError(KIND, "structure")
    if body.get("id") != resource_id or not inbound.RESOURCE_ID.fullmatch(resource_id):
        raise NotAcceptableError(f"{KIND}.id")
    if body.get("status") not in STATUSES:
        raise NotAcceptableError(f"{KIND}.status")
    try:
        provision = body["provision"]
        [actor] = provision["actor"]
        [role] = actor["role"]["coding"]
        rights = [right["action"][0]["coding"][0]["code"] for right in provision["provision"]]
        period, updated = provision["period"], datetime.fromisoformat(body["meta"]["lastUpdated"])
        begins_at = datetime.fromisoformat(period["start"])
        ends_at = datetime.fromisoformat(period["end"]) if "end" in period else None
    except (KeyError, TypeError, ValueError, IndexError):
        raise NotAcceptableError(f"{KIND}.provision", "structure") from None
    if role.get("code") not in ROLES:
        raise NotAcceptableError(f"{KIND}.provision.actor.role")
    return Incoming(
        national_id=national_id_in(body.get("patient"), f"{KIND}.patient"),
        proxy=words_in(actor.get("reference"), "display", f"{KIND}.provision.actor"),
        role=role["code"],
        rights=rights,
        active=STATUSES[body["status"]],
        begins_at=begins_at,
        ends_at=ends_at,
        updated_at=updated,
    )
