"""Reading a body: capped, of the right type, and JSON that means one thing only."""

import json
import re
from typing import Any

from starlette.requests import Request

from digihelse_app.web.fhir.outcome import FhirError, Issue

MAX_BYTES = 1_000_000
_TYPES = frozenset({"application/fhir+json", "application/json"})
FORM = frozenset({"application/x-www-form-urlencoded"})
_MAX_DEPTH = 40
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


async def read_object(request: Request, limit: int = MAX_BYTES) -> dict[str, Any]:
    """The JSON object sent, at most `limit` bytes; raises FhirError 413, 415 or 400."""
    text = await read_text(request, _TYPES, limit)
    try:
        content = json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
        if not isinstance(content, dict) or not _is_storable(content):
            raise ValueError
    except (ValueError, RecursionError):
        raise FhirError(400, Issue("structure", diagnostics="Send one usable JSON object.")) from None
    return content


async def read_text(request: Request, types: frozenset[str], limit: int = MAX_BYTES) -> str:
    """The body as text, of one of the media types; raises FhirError 413, 415 or 400."""
    _check_type(request, types)
    size, chunks = 0, []
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise FhirError(413, Issue("too-long"), headers={"Connection": "close"})
        chunks.append(chunk)
    try:
        return b"".join(chunks).decode("utf-8")
    except UnicodeDecodeError:
        raise FhirError(400, Issue("structure", diagnostics="The body is not UTF-8.")) from None


def _check_type(request: Request, types: frozenset[str]) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace('"', "").replace(" ", "").partition("charset=")[2].partition(";")[0]
    encoded = request.headers.get("content-encoding", "identity").lower() != "identity"
    if media_type.strip() not in types or charset not in ("", "utf-8") or encoded:
        raise FhirError(
            415, Issue("not-supported", diagnostics=f"Send {' or '.join(sorted(types))} as UTF-8.")
        )


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        raise ValueError
    return content


def _no_constant(_name: str) -> None:
    raise ValueError


def _is_storable(content: object, depth: int = 0) -> bool:
    """Whether all can be stored and sent again: no control or half characters, nothing absurdly deep."""
    if depth > _MAX_DEPTH:
        return False
    if isinstance(content, str):
        return _UNSTORABLE.search(content) is None
    if isinstance(content, dict):
        content = [*content.keys(), *content.values()]
    return all(_is_storable(item, depth + 1) for item in content) if isinstance(content, list) else True
