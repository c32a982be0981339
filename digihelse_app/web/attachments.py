"""Files to and from a browser: one request for each, the body as it is, the name beside it."""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from digihelse_app import routes as addresses
from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.models.attachment import Attachment
from digihelse_app.services import attachments, drafts
from digihelse_app.services.attachment_check import JPEG, MAX_BYTES
from digihelse_app.services.attachment_refusal import FileRefusedError
from digihelse_app.services.attachments import Upload
from digihelse_app.text.storable import storable
from digihelse_app.web.caller import STATUS, Callers

CHUNK_SECONDS = 20.0
"""How long the line may be still, and below how long the whole may take: a slow line, not a stalled one."""
WHOLE_SECONDS = 600.0
_MAX_NAME = 2_000
_NO_STORE = {"Cache-Control": "no-store"}
_LAST = _NO_STORE | {"Connection": "close"}
"""For an answer given before the body has come: what is still on its way must not be read as a request."""
_ALONE = _NO_STORE | {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Endpoint = Callable[[Request], Awaitable[Response]]
Answer = Callable[[Request, ActingContext], Awaitable[Response]]


def routes(callers: Callers, silence: float = CHUNK_SECONDS) -> list[Route]:
    """`POST /attachments`, `GET` and `DELETE /attachments/{id}`, each with `?for=` as pages have it.

    A file is sent with `?sted=`, the place of the draft it is added to. `silence` is for how many
    seconds the line may be still while a file comes.
    """

    async def take(request: Request, acting: ActingContext) -> Response:
        return await _take(request, acting, silence)

    def known(answer: Answer) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            try:
                acting = await callers.acting(request, is_act=not _is_preview(request))
                return await answer(request, acting)
            except NotFoundError:
                return Response(status_code=404, headers=_NO_STORE)
            except tuple(STATUS) as refusal:
                return Response(status_code=STATUS[type(refusal)], headers=_LAST)

        return endpoint

    one = f"{addresses.ATTACHMENTS}/{{id}}"
    return [
        Route(addresses.ATTACHMENTS, known(take), methods=["POST"]),
        Route(one, known(_give), methods=["GET"]),
        Route(one, known(_remove), methods=["DELETE"]),
    ]


async def _take(request: Request, acting: ActingContext, silence: float) -> Response:
    try:
        content = await _body(request, silence)
        attachment = await attachments.store(acting, Upload(_name(request), content), place_of(request))
    except FileRefusedError as refusal:
        too_large = refusal.key == "attachment.error.too_large"
        return _refused(413 if too_large else 422, refusal.key)
    except TimeoutError:
        return _refused(408, "attachment.error.slow")
    except ClientDisconnect:  # nobody is there to read the answer, and nothing was stored
        return _refused(400, "attachment.error.network")
    return JSONResponse(about_file(attachment), 201, headers=_NO_STORE)


def about_file(attachment: Attachment) -> dict[str, Any]:
    """What the page that is being written on shows of a file; `size` in bytes."""
    return {
        "id": attachment.id,
        "name": attachment.file_name,
        "type": attachment.content_type,
        "size": attachment.size,
    }


def place_of(request: Request) -> str:
    """Which draft a request is about: `?sted=` with a conversation's id, or the one of a new message."""
    return storable(request.query_params.get("sted", drafts.NEW), 36)


async def _body(request: Request, silence: float) -> bytes:
    """The whole body, no larger than allowed: counted as it comes, whatever its header says."""
    declared = request.headers.get("content-length", "")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise FileRefusedError("attachment.error.type")
    if declared.isascii() and declared.isdigit() and int(declared[:12]) > MAX_BYTES:
        raise FileRefusedError("attachment.error.too_large")
    body = bytearray()
    stream = aiter(request.stream())
    async with asyncio.timeout(WHOLE_SECONDS):
        while (chunk := await asyncio.wait_for(anext(stream, None), silence)) is not None:
            body += chunk
            if len(body) > MAX_BYTES:
                raise FileRefusedError("attachment.error.too_large")
    if declared and declared != str(len(body)):
        raise ClientDisconnect
    return bytes(body)


def _name(request: Request) -> str:
    return unquote(request.headers.get("x-file-name", "")[:_MAX_NAME], errors="ignore")


def _refused(status: int, key: str) -> Response:
    return JSONResponse({"error": key}, status, headers=_LAST)


async def _remove(request: Request, acting: ActingContext) -> Response:
    await attachments.remove(acting, request.path_params["id"])
    return Response(status_code=204, headers=_NO_STORE)


def _is_preview(request: Request) -> bool:
    """Whether a page fetches a picture to show it, which it does by itself, whoever is there."""
    asks = request.method in ("GET", "HEAD")
    return asks and request.query_params.get(addresses.PREVIEW_QUERY) == "1"


async def _give(request: Request, acting: ActingContext) -> Response:
    as_preview = _is_preview(request)
    attachment, content = await attachments.read(acting, request.path_params["id"], as_preview=as_preview)
    kind = JPEG if as_preview else attachment.content_type
    disposition = "inline" if as_preview else _disposition(attachment)
    headers = _ALONE | {"Content-Disposition": disposition, "Content-Type": kind}
    return Response(content, headers=headers)


def _disposition(attachment: Attachment) -> str:
    """RFC 6266: a name every program can read, and beside it the real one."""
    bare = unicodedata.normalize("NFKD", attachment.file_name).encode("ascii", "ignore").decode()
    bare = "".join(character for character in bare if character.isalnum() or character in " .-_()")
    named = quote(attachment.file_name, safe="")
    return f"attachment; filename=\"{bare}\"; filename*=UTF-8''{named}"
