"""«Everything about me» to take away: `GET /alt-om-meg/{id}.zip`, sent as it is read from the database."""

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from digihelse_app import routes as addresses
from digihelse_app.access.context import NotFoundError
from digihelse_app.outside import clock
from digihelse_app.services import export
from digihelse_app.web.caller import STATUS, Callers

_NO_STORE = {"Cache-Control": "no-store"}


def routes(callers: Callers) -> list[Route]:
    """The one route; what is not one's own, not ready or over is not found."""

    async def endpoint(request: Request) -> Response:
        try:
            acting = await callers.acting(request)
            file = await export.fetch(acting, request.path_params["export_id"])
        except NotFoundError:
            return Response(status_code=404, headers=_NO_STORE)
        except tuple(STATUS) as refusal:
            return Response(status_code=STATUS[type(refusal)], headers=_NO_STORE)
        headers = {
            **_NO_STORE,
            "Content-Length": str(file.size),
            "Content-Disposition": f'attachment; filename="digihelse-{clock.today()}.zip"',
        }
        return StreamingResponse(file.pieces, media_type="application/zip", headers=headers)

    return [Route(addresses.EXPORT, endpoint, methods=["GET"])]
