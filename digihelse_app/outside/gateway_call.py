"""One call to a gateway that sends SMS or e-mail, and every way it can fail made one of two."""

from typing import Any

import httpx

from digihelse_app.outside.record_system import RefusedError, UnavailableError, retry_after

_LATER = frozenset({401, 402, 403, 407, 408, 409, 423, 425, 429})
"""Answers that say nothing about the notice: access or account being mended, or too much at once."""


async def call(client: httpx.AsyncClient, method: str, url: str, **options: Any) -> httpx.Response:
    """The gateway's answer, 2xx; `options` are httpx's. Raises UnavailableError or RefusedError.

    What they say is a code: a gateway's own words may quote number and text.
    """
    try:
        answer = await client.request(method, url, follow_redirects=False, **options)
    except httpx.HTTPError as failure:
        raise UnavailableError(type(failure).__name__) from None
    if answer.is_success:
        return answer
    reason = f"http-{answer.status_code}"
    if answer.status_code in _LATER or not answer.is_client_error:
        raise UnavailableError(reason, retry_after(answer.headers.get("Retry-After", "")))
    raise RefusedError(reason)


async def send(client: httpx.AsyncClient, url: str, **options: Any) -> dict[str, Any]:
    """POST, and the JSON object that is answered, empty when it is none. Raises as `call`."""
    answer = await call(client, "POST", url, **options)
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
