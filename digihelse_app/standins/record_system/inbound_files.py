"""Files that Digihelse puts here before a citizen's message: their bytes, and what they are called."""

import json
from base64 import b64decode
from binascii import Error
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import inbound
from digihelse_app.standins.record_system.files import MAX_BYTES, TYPES, File
from digihelse_app.standins.record_system.inbound import CREATED, ConflictError, outcome
from digihelse_app.standins.record_system.parsing import NotAcceptableError, national_id_in
from digihelse_app.standins.record_system.system import system_of
from digihelse_app.standins.record_system.tables import Patient

MAX_BODY = 14_000_000

Resource = dict[str, Any]
Keep = Callable[[AsyncSession, Resource], Awaitable[bool]]


async def binary(request: Request) -> Response:
    """PUT of the bytes."""
    return await _taken(request, "Binary", _keep_content)


async def document_reference(request: Request) -> Response:
    """PUT of what they are called."""
    return await _taken(request, "DocumentReference", _keep_name)


async def _taken(request: Request, kind: str, keep: Keep) -> Response:
    system = system_of(request)
    refusal = await inbound.refusal(request, system)
    if refusal is not None:
        return refusal
    raw = await request.body()
    if len(raw) > MAX_BODY:
        return outcome(413, "too-long")
    try:
        body = json.loads(raw)
        if not isinstance(body, dict) or body.get("resourceType") != kind:
            raise NotAcceptableError(kind, "structure")
        if body.get("id") != request.path_params["id"]:
            raise NotAcceptableError(f"{kind}.id")
        async with system.store.transaction() as session:
            created = await keep(session, body)
    except ValueError:
        return outcome(400, "structure")
    except NotAcceptableError as failure:
        return outcome(422, failure.code, failure.element)
    except ConflictError as failure:
        return outcome(failure.status, "conflict")
    return Response(status_code=CREATED if created else 200)


async def _keep_content(session: AsyncSession, body: Resource) -> bool:
    patient = await _patient(session, body.get("securityContext"), "Binary.securityContext")
    kind = body.get("contentType")
    try:
        content = b64decode(body.get("data") or "", validate=True)
    except (Error, TypeError, ValueError):
        raise NotAcceptableError("Binary.data") from None
    if (
        not isinstance(kind, str)
        or not content.startswith(TYPES.get(kind, b"\x00"))
        or len(content) > MAX_BYTES
    ):
        raise NotAcceptableError("Binary.data")
    known = await session.get(File, body["id"])
    if known is not None:
        if (known.content, known.patient_id) != (content, patient.id):
            raise ConflictError(409)
        return False
    session.add(
        File(id=body["id"], patient_id=patient.id, content_type=kind, size=len(content), content=content)
    )
    return True


async def _keep_name(session: AsyncSession, body: Resource) -> bool:
    patient = await _patient(session, body.get("subject"), "DocumentReference.subject")
    element = "DocumentReference.content[0].attachment"
    try:
        [content] = body["content"]
        name, url = str(content["attachment"]["title"]), str(content["attachment"]["url"])
    except (KeyError, TypeError, ValueError):
        raise NotAcceptableError(element) from None
    file = await session.get(File, url.removeprefix("Binary/"))
    if file is None or file.patient_id != patient.id:
        raise NotAcceptableError(f"{element}.url", "not-found")
    created = file.document_id is None
    if not created and (file.document_id, file.name) != (body["id"], name):
        raise ConflictError(409)
    file.document_id, file.name = body["id"], name
    return created


async def _patient(session: AsyncSession, reference: Any, element: str) -> Patient:
    number = national_id_in(reference, element)
    patient = await session.scalar(select(Patient).where(Patient.national_id == number))
    if patient is None:
        raise NotAcceptableError(element, "not-found")
    return patient
