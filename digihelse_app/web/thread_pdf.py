"""A conversation to take away: `GET /samtaler/{id}.pdf`."""

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from digihelse_app import routes as addresses
from digihelse_app.access.context import NotFoundError
from digihelse_app.services import thread_export
from digihelse_app.services.thread_export import ExportedThread
from digihelse_app.text import catalogue, dates
from digihelse_app.web.caller import STATUS, Callers

_NO_STORE = {"Cache-Control": "no-store"}


def routes(callers: Callers) -> list[Route]:
    """The one route; what one may not see is not found."""

    async def endpoint(request: Request) -> Response:
        try:
            acting = await callers.acting(request)
            exported = await thread_export.export(acting, request.path_params["thread_id"])
        except NotFoundError:
            return Response(status_code=404, headers=_NO_STORE)
        except tuple(STATUS) as refusal:
            return Response(status_code=STATUS[type(refusal)], headers=_NO_STORE)
        document = await asyncio.to_thread(_as_pdf, exported, _language(request))
        day = exported.at.astimezone(dates.OSLO).date().isoformat()
        # The name says nothing of what is in it: it stays in the folder of downloads.
        headers = {**_NO_STORE, "Content-Disposition": f'attachment; filename="samtale-{day}.pdf"'}
        return Response(document, media_type="application/pdf", headers=headers)

    return [Route(addresses.THREAD_PDF, endpoint, methods=["GET"])]


def _as_pdf(exported: ExportedThread, language: str) -> bytes:
    # What writes PDFs and reads fonts takes a tenth of the app's start, and most starts never need it.
    from digihelse_app.web.thread_document import as_pdf

    return as_pdf(exported, language)


def _language(request: Request) -> str:
    asked = request.query_params.get(addresses.LANGUAGE_QUERY, "")
    return asked if asked in catalogue.LANGUAGES else catalogue.FALLBACK
