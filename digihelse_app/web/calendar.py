"""Visits for calendars: `GET /besok/{id}.ics` for who is signed in, `GET /kalender/{secret}.ics` for anyone.

The second is fetched by programs that cannot sign in; the secret in the address is all they have.
"""

import hashlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digihelse_app import routes as addresses
from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.services import calendar_feeds, visit_export
from digihelse_app.text import catalogue
from digihelse_app.web.caller import STATUS, Callers

_TYPE = "text/calendar; charset=utf-8"
_NO_STORE = {"Cache-Control": "no-store"}
_PRIVATE = {"Cache-Control": "private, no-store"}


def routes(callers: Callers) -> list[Route]:
    """Both routes; what one may not see is not found."""

    async def one(request: Request) -> Response:
        try:
            acting = await callers.acting(request)
            document = await visit_export.export(acting, request.path_params["visit_id"], _language(request))
        except NotFoundError:
            return Response(status_code=404, headers=_NO_STORE)
        except tuple(STATUS) as refusal:
            return Response(status_code=STATUS[type(refusal)], headers=_NO_STORE)
        named = {"Content-Disposition": 'attachment; filename="hjemmebesok.ics"'}
        return Response(document, media_type=_TYPE, headers=_NO_STORE | named)

    return [
        Route(addresses.VISIT_ICS, one, methods=["GET"]),
        Route(addresses.CALENDAR_FEED, _feed, methods=["GET"]),
    ]


async def _feed(request: Request) -> Response:
    """Unknown, revoked, and not allowed any more: the same answer."""
    try:
        document = await calendar_feeds.read(request.path_params["secret"])
    except (NotFoundError, AccessDeniedError):
        return Response(status_code=404, headers=_PRIVATE)
    content = document.encode()
    headers = _PRIVATE | {"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'}
    if _has(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=_TYPE, headers=headers)


def _has(request: Request, tag: str) -> bool:
    """Whether the caller says that it has this very document (RFC 9110, weak comparison)."""
    held = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag in held or held == ["*"]


def _language(request: Request) -> str:
    asked = request.query_params.get(addresses.LANGUAGE_QUERY, "")
    return asked if asked in catalogue.LANGUAGES else catalogue.FALLBACK
