"""What Digihelse puts here: citizens' messages (docs/integration.md §5), at `/fhir/Communication/{id}`."""

import json
import re
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digihelse_app.standins.record_system import faults, files
from digihelse_app.standins.record_system.callers import CallerRefusedError
from digihelse_app.standins.record_system.conversations import settle
from digihelse_app.standins.record_system.parsing import (
    IncomingHeader,
    IncomingMessage,
    NotAcceptableError,
    parse,
)
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.tables import Message, Patient, Received, Service, Thread

FHIR_JSON = "application/fhir+json"
CONTENT_TYPES = frozenset({FHIR_JSON, "application/json"})
MAX_BODY = 1_000_000
CREATED = 201
RESOURCE_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


class ConflictError(Exception):
    """The id is already used for something else, or the caller's version is not the stored one."""

    def __init__(self, status: int) -> None:
        super().__init__(f"conflict {status}")
        self.status = status


def outcome(status: int, code: str, *expression: str) -> Response:
    """An OperationOutcome that names the element and repeats no value."""
    issue: dict[str, Any] = {"severity": "error", "code": code}
    if expression:
        issue["expression"] = list(expression)
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    return JSONResponse(body, status, media_type=FHIR_JSON)


async def metadata(_request: Request) -> Response:
    """What this end can do."""
    read, update = {"code": "read"}, {"code": "update"}
    offered = {"Communication": [read, update], "Binary": [update], "DocumentReference": [update]}
    offered |= {"AppointmentResponse": [read, update], "Consent": [read, update]}
    resources = [
        {"type": kind, "interaction": interactions, "versioning": "versioned", "updateCreate": True}
        for kind, interactions in offered.items()
    ]
    statement = {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "implementation": {"description": "Stand-in for a municipality's record system"},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{"mode": "server", "resource": resources}],
    }
    return JSONResponse(statement, media_type=FHIR_JSON)


async def refusal(request: Request, system: System) -> Response | None:
    """The answer to a call that the fault switches or the token check stop."""
    failing = await faults.inbound_failure(system, request.url.path)
    if failing is not None:
        return outcome(failing, "transient")
    try:
        await system.callers.require(request)
    except CallerRefusedError:
        refused = outcome(401, "login")
        refused.headers["WWW-Authenticate"] = 'Bearer realm="record-system", error="invalid_token"'
        return refused
    except httpx.HTTPError:
        return outcome(503, "transient")
    return None


async def communication(request: Request) -> Response:
    """GET or PUT of one Communication, behind the fault switches and the token check."""
    system = system_of(request)
    refused = await refusal(request, system)
    if refused is not None:
        return refused
    if request.method == "GET":
        return await _get(request, system)
    answer = await _put(request, system)
    receipt_is_lost = answer.status_code == CREATED and await faults.is_on(system, faults.LOST_RECEIPT)
    return outcome(500, "transient") if receipt_is_lost else answer


async def _get(request: Request, system: System) -> Response:
    async with system.store.transaction() as session:
        stored = await session.get(Received, request.path_params["id"])
    return outcome(404, "not-found") if stored is None else _answer(stored, 200)


async def resource_in(request: Request) -> Any:
    """The JSON that was put, or the Response that says why it is not taken."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in CONTENT_TYPES:
        return outcome(415, "not-supported")
    raw = await request.body()
    if len(raw) > MAX_BODY:
        return outcome(413, "too-long")
    try:
        return json.loads(raw)
    except ValueError:
        return outcome(400, "structure")


async def _put(request: Request, system: System) -> Response:
    body = await resource_in(request)
    if isinstance(body, Response):
        return body
    resource_id = request.path_params["id"]
    if not RESOURCE_ID.fullmatch(resource_id):
        return outcome(422, "value", "Communication.id")
    try:
        incoming = parse(body, resource_id)
        return await _store(system, body, incoming, request.headers.get("if-match"))
    except NotAcceptableError as failure:
        return outcome(422, failure.code, failure.element)
    except ConflictError as failure:
        return outcome(failure.status, "conflict")


async def _store(
    system: System, body: dict[str, Any], incoming: IncomingHeader | IncomingMessage, if_match: str | None
) -> Response:
    async with system.store.transaction() as session:
        stored = await session.get(Received, incoming.id, with_for_update=True)
        if if_match is not None and (stored is None or if_match != _etag(stored)):
            raise ConflictError(412)
        if stored is not None and stored.body == body:
            return _answer(stored, 200)
        if isinstance(incoming, IncomingHeader):
            await _keep_header(session, incoming)
        else:
            await _keep_message(session, incoming)
        created = stored is None
        if stored is None:
            stored = Received(id=incoming.id, version=0)
            session.add(stored)
        stored.version, stored.received_at, stored.body = stored.version + 1, system.now(), body
        return _answer(stored, CREATED if created else 200)


async def _keep_header(session: AsyncSession, incoming: IncomingHeader) -> None:
    patient = await session.scalar(select(Patient).where(Patient.national_id == incoming.national_id))
    if patient is None:
        raise NotAcceptableError("Communication.subject", "not-found")
    if await session.get(Service, incoming.service_id) is None:
        raise NotAcceptableError("Communication.recipient", "not-found")
    thread = await session.get(Thread, incoming.id)
    if thread is not None and (thread.patient_id, thread.service_id) != (patient.id, incoming.service_id):
        raise ConflictError(409)
    if thread is None:
        thread = Thread(
            id=incoming.id,
            patient_id=patient.id,
            service_id=incoming.service_id,
            started_at=incoming.sent,
            last_at=incoming.sent,
        )
        session.add(thread)
    thread.subject, thread.category = incoming.subject, incoming.category


async def _keep_message(session: AsyncSession, incoming: IncomingMessage) -> None:
    thread = await session.get(Thread, incoming.thread_id, with_for_update=True)
    patient = await session.scalar(select(Patient).where(Patient.national_id == incoming.national_id))
    if thread is None or patient is None or thread.patient_id != patient.id:
        raise NotAcceptableError("Communication.partOf", "not-found")
    if incoming.service_id != thread.service_id:
        raise NotAcceptableError("Communication.recipient", "value")
    known = await session.scalar(select(Message).where(Message.id == incoming.id))
    if known is not None:
        if (known.thread_id, known.text, known.incoming) != (thread.id, incoming.text, True):
            raise ConflictError(409)
        return
    session.add(
        Message(
            id=incoming.id,
            thread_id=thread.id,
            incoming=True,
            author=incoming.author,
            representative=incoming.representative,
            text=incoming.text,
            due_on=incoming.due_on,
            sent_at=incoming.sent,
        )
    )
    thread.closed_at = None  # it was on its way when we closed: somebody must look at it
    await session.flush()
    await files.claim(session, patient.id, incoming.files, incoming.id)
    await settle(session, thread)


def _etag(stored: Received) -> str:
    return f'W/"{stored.version}"'


def _answer(stored: Received, status: int) -> Response:
    return JSONResponse(stored.body, status, {"ETag": _etag(stored)}, media_type=FHIR_JSON)
