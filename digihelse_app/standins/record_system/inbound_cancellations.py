"""What Digihelse puts here about visits: that one is asked to be cancelled, and that it is taken back."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digihelse_app.standins.record_system import cancel_requests, faults, inbound
from digihelse_app.standins.record_system.cancel_requests import ASKED, TAKEN_BACK, IncomingRequest
from digihelse_app.standins.record_system.inbound import CREATED, FHIR_JSON, outcome
from digihelse_app.standins.record_system.parsing import (
    NotAcceptableError,
    extension,
    national_id_in,
    representative,
    words_in,
)
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.visit_resources import (
    BY_CITIZEN,
    CANCEL_REASON,
    FOR_CITIZEN,
    REQUEST_IDS,
)
from digihelse_app.standins.record_system.visit_tables import CancelRequest
from digihelse_app.standins.record_system.visits import NotNowError

KIND = "AppointmentResponse"
SAYS = {ASKED: "declined", TAKEN_BACK: "accepted"}
MAX_COMMENT = 1000


async def appointment_response(request: Request) -> Response:
    """GET or PUT of one AppointmentResponse, behind the fault switches and the token check."""
    system = system_of(request)
    refused = await inbound.refusal(request, system)
    if refused is not None:
        return refused
    if request.method == "GET":
        found = await cancel_requests.read(system, request.path_params["id"])
        return outcome(404, "not-found") if found is None else _answer(found, 200)
    return await _put(request, system)


async def _put(request: Request, system: System) -> Response:
    body = await inbound.resource_in(request)
    if isinstance(body, Response):
        return body
    try:
        kept, changed = await cancel_requests.take_in(system, parse(body, request.path_params["id"]))
    except NotAcceptableError as failure:
        return outcome(422, failure.code, failure.element)
    except NotNowError:
        return outcome(409, "conflict")
    if changed and await faults.is_on(system, faults.LOST_RECEIPT):
        return outcome(500, "transient")
    return _answer(kept, CREATED if changed and kept.version == ASKED else 200)


def _answer(kept: CancelRequest, status: int) -> Response:
    return JSONResponse(kept.body, status, {"ETag": f'W/"{kept.version}"'}, media_type=FHIR_JSON)


def parse(body: Any, resource_id: str) -> IncomingRequest:
    """The request. Raises NotAcceptableError, naming the element."""
    if not isinstance(body, dict) or body.get("resourceType") != KIND:
        raise NotAcceptableError(KIND, "structure")
    if body.get("id") != resource_id or not inbound.RESOURCE_ID.fullmatch(resource_id):
        raise NotAcceptableError(f"{KIND}.id")
    if _identifier(body) != resource_id:
        raise NotAcceptableError(f"{KIND}.identifier")
    version = _version(body)
    if body.get("participantStatus") != SAYS[version]:
        raise NotAcceptableError(f"{KIND}.participantStatus")
    return IncomingRequest(
        id=resource_id,
        version=version,
        visit_id=_visit(body),
        national_id=national_id_in(body.get("actor"), f"{KIND}.actor"),
        author=_author(body),
        representative=representative(body),
        reason=_reason(body),
        comment=_comment(body),
        starts_at=_start(body),
        body=body,
    )


def _identifier(body: dict[str, Any]) -> str:
    try:
        [identifier] = body["identifier"]
        return identifier["value"] if identifier["system"] == REQUEST_IDS else ""
    except (KeyError, TypeError, ValueError):
        raise NotAcceptableError(f"{KIND}.identifier") from None


def _version(body: dict[str, Any]) -> int:
    meta = body.get("meta")
    found = meta.get("versionId") if isinstance(meta, dict) else None
    if found not in (str(ASKED), str(TAKEN_BACK)):
        raise NotAcceptableError(f"{KIND}.meta.versionId")
    return int(found)


def _visit(body: dict[str, Any]) -> str:
    kind, _, visit_id = words_in(body.get("appointment"), "reference", f"{KIND}.appointment").rpartition("/")
    if kind != "Appointment":
        raise NotAcceptableError(f"{KIND}.appointment")
    return visit_id


def _author(body: dict[str, Any]) -> str:
    """Who asks: the patient, or the one who acts for her."""
    acting = extension(body, "representant")
    if acting is None:
        return words_in(body.get("actor"), "display", f"{KIND}.actor")
    names = [part for part in acting.get("extension", []) if part.get("url") == "name"]
    return words_in(names[0] if names else None, "valueString", f"{KIND}.extension")


def _reason(body: dict[str, Any]) -> str:
    coding = (extension(body, "cancelation-reason") or {}).get("valueCoding")
    code = coding.get("code") if isinstance(coding, dict) and coding.get("system") == CANCEL_REASON else None
    if code not in (BY_CITIZEN, FOR_CITIZEN):
        raise NotAcceptableError(f"{KIND}.extension")
    return code


def _comment(body: dict[str, Any]) -> str:
    comment = body.get("comment", "")
    if not isinstance(comment, str) or len(comment) > MAX_COMMENT:
        raise NotAcceptableError(f"{KIND}.comment")
    return comment


def _start(body: dict[str, Any]) -> datetime:
    try:
        start = datetime.fromisoformat(body["start"])
    except (KeyError, TypeError, ValueError):
        raise NotAcceptableError(f"{KIND}.start") from None
    if start.tzinfo is None:
        raise NotAcceptableError(f"{KIND}.start")
    return start
