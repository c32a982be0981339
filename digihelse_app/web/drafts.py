"""Drafts over plain HTTP, so that the last words typed are kept also while the page is being closed."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digihelse_app import routes as addresses
from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.services import drafts
from digihelse_app.services.drafts import DraftContent
from digihelse_app.text.storable import storable
from digihelse_app.web.attachments import about_file, place_of
from digihelse_app.web.caller import STATUS, Callers

_MAX_BYTES = 200_000
_FIELDS = ("body", "subject", "recipient", "category")
_SENT = 205
"""Reset Content: the send of these words was received, and the field they stood in is to be empty."""
_OWNER = "X-Draft-Owner"
"""Whose form it is that asks: somebody else may have signed in since it was drawn."""
_NO_STORE = {"Cache-Control": "no-store"}

Endpoint = Callable[[Request], Awaitable[Response]]
Answer = Callable[[Request, ActingContext], Awaitable[Response]]


def routes(callers: Callers) -> list[Route]:
    """`PUT` and `GET /utkast?sted=…`, this with unsent files, and the key to what the browser keeps."""

    def known(answer: Answer, *, is_act: bool) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            try:
                acting = await callers.acting(request, is_act=is_act)
                if request.headers.get(_OWNER) not in (None, drafts.owner(acting)):
                    return Response(status_code=409, headers=_NO_STORE)
                return await answer(request, acting)
            except NotFoundError:
                return Response(status_code=404, headers=_NO_STORE)
            except tuple(STATUS) as refusal:
                return Response(status_code=STATUS[type(refusal)], headers=_NO_STORE)

        return endpoint

    return [
        Route(addresses.DRAFT, known(_save, is_act=True), methods=["PUT"]),
        Route(addresses.DRAFT, known(_find, is_act=False), methods=["GET"]),
        Route(addresses.DRAFT_KEY, known(_key, is_act=False), methods=["GET"]),
    ]


async def _save(request: Request, acting: ActingContext) -> Response:
    if int(request.headers.get("content-length") or _MAX_BYTES + 1) > _MAX_BYTES:
        return Response(status_code=413, headers=_NO_STORE)
    try:
        sent = await request.json()
        values = {name: storable(sent.get(name), _MAX_BYTES) for name in _FIELDS}
        key = storable(sent.get("key"), _MAX_BYTES)
    except (ValueError, AttributeError, RecursionError):
        return Response(status_code=400, headers=_NO_STORE)
    content = DraftContent(**values, idempotency_key=key)
    is_kept = await drafts.save(acting, place_of(request), content)
    return Response(status_code=204 if is_kept else _SENT, headers=_NO_STORE)


async def _find(request: Request, acting: ActingContext) -> Response:
    begun = await drafts.take_up(acting, place_of(request))
    if begun.draft is None and not begun.files:
        return Response(status_code=204, headers=_NO_STORE)
    found: dict[str, Any] = {"files": [about_file(file) for file in begun.files]}
    if begun.draft is not None:
        found |= {name: getattr(begun.draft, name) for name in _FIELDS}
        found |= {
            "key": begun.draft.idempotency_key,
            "at": int(begun.draft.updated_at.timestamp() * 1000),
        }
    return JSONResponse(found, headers=_NO_STORE)


async def _key(_request: Request, acting: ActingContext) -> Response:
    key = base64.b64encode(drafts.device_key(acting)).decode()
    return JSONResponse({"key": key}, headers=_NO_STORE)
