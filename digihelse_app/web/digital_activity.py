"""Who is digitally active: the feed for the night run, and the look-up (docs/integration.md, 3)."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digihelse_app.outside import outgoing_communication
from digihelse_app.services import digital_activity
from digihelse_app.services.submission import UnacceptableError
from digihelse_app.web.fhir.guard import guarded
from digihelse_app.web.fhir.outcome import FhirError, Issue, answer
from digihelse_app.web.fhir.payload import read_object
from digihelse_app.web.fhir.tokens import MachineTokens

CHANGES = "/api/digitalt-aktiv/endringer"
CHECK = "/api/digitalt-aktiv/sjekk"
DEFAULT_COUNT = 500
MAX_NUMBERS = 1000
_MEDIA_TYPE = {"Content-Type": "application/json"}


def routes(tokens: MachineTokens) -> list[Route]:
    """Both calls, behind a machine token."""
    return [
        Route(CHANGES, guarded(tokens, _changes), methods=["GET"]),
        Route(CHECK, guarded(tokens, _check), methods=["POST"]),
    ]


async def _changes(request: Request, organisation_id: str) -> Response:
    offset = _whole(request, "offset", 0, 0)
    count = _whole(request, "antall", DEFAULT_COUNT, 1)
    try:
        found = await digital_activity.changes(organisation_id, offset, min(count, DEFAULT_COUNT))
    except UnacceptableError as error:
        raise FhirError(422, Issue(error.reason, error.field)) from None
    lines = [
        {
            "offset": change.offset,
            "nin": change.national_id,
            "aktiv": change.active,
            "tidspunkt": outgoing_communication.instant(change.at),
        }
        for change in found.changes
    ]
    return _json({"endringer": lines, "nesteOffset": found.next_offset, "flere": found.more})


def _whole(request: Request, name: str, default: int, least: int) -> int:
    given = request.query_params.getlist(name)
    if not given:
        return default
    digits = given[0].isascii() and given[0].isdigit() and len(given[0]) <= 15
    if len(given) > 1 or not digits or int(given[0]) < least:
        raise FhirError(422, Issue("value", name))
    return int(given[0])


async def _check(request: Request, organisation_id: str) -> Response:
    asked = (await read_object(request)).get("nin")
    if not isinstance(asked, list) or not 0 < len(asked) <= MAX_NUMBERS:
        raise FhirError(422, Issue("value", "nin", f"1 to {MAX_NUMBERS} identity numbers."))
    for position, number in enumerate(asked):
        if not isinstance(number, str) or len(number) != 11 or not (number.isascii() and number.isdigit()):
            raise FhirError(422, Issue("value", f"nin[{position}]"))
    answers = [
        {
            "nin": activity.national_id,
            "erDigitaltAktivSelv": activity.by_self,
            "erDigitaltAktivViaAndre": activity.by_others,
            "tildeltFullmakt": activity.assigned,
        }
        for activity in await digital_activity.check(organisation_id, asked)
    ]
    return _json({"svar": answers})


def _json(content: dict[str, Any]) -> Response:
    return answer(content, headers=_MEDIA_TYPE)
