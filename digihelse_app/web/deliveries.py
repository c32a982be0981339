"""What a record system did not get: its operator sees which, and has it sent again.

Nothing of what they say, and nobody's name or number: ids, times and the code of the reason.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digihelse_app.models.codes import OutboxKind, OutboxStatus
from digihelse_app.outside.outgoing_communication import instant
from digihelse_app.services import stopped_deliveries
from digihelse_app.services.stopped_deliveries import StoppedDelivery
from digihelse_app.web.fhir.guard import guarded
from digihelse_app.web.fhir.outcome import answer
from digihelse_app.web.fhir.tokens import MachineTokens

STOPPED = "/api/leveranser/stoppet"
RETRY = "/api/leveranser/{id}/provigjen"
SHOWN = 200
_MEDIA_TYPE = {"Content-Type": "application/json"}
_SUBJECT = {OutboxKind.MESSAGE: "melding", OutboxKind.CANCELLATION: "avbestilling"}
_STATUS = {OutboxStatus.PENDING: "venter", OutboxStatus.DONE: "levert", OutboxStatus.DEAD: "stoppet"}


def routes(tokens: MachineTokens) -> list[Route]:
    """Both calls, behind a machine token; an organisation reaches its own alone."""
    return [
        Route(STOPPED, guarded(tokens, _stopped), methods=["GET"]),
        Route(RETRY, guarded(tokens, _retry), methods=["POST"]),
    ]


async def _stopped(_request: Request, organisation_id: str) -> Response:
    found = await stopped_deliveries.stopped(organisation_id, SHOWN + 1)
    return _json({"leveranser": [_line(one) for one in found[:SHOWN]], "flere": len(found) > SHOWN})


def _line(stopped: StoppedDelivery) -> dict[str, Any]:
    return {
        "id": stopped.id,
        _SUBJECT[stopped.kind]: stopped.subject_id,
        "skrevet": instant(stopped.written_at),
        "stoppet": instant(stopped.stopped_at),
        "forsok": stopped.attempts,
        "feilkode": stopped.reason,
    }


async def _retry(request: Request, organisation_id: str) -> Response:
    """The same again changes nothing: a delivery that waits or is made is left as it is."""
    delivery_id = request.path_params["id"]
    status = await stopped_deliveries.retry(organisation_id, delivery_id)
    return _json({"id": delivery_id, "status": _STATUS[status]})


def _json(content: dict[str, Any]) -> Response:
    return answer(content, headers=_MEDIA_TYPE)
