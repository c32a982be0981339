"""One call to a register, with a machine token, and every way it can fail made one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx

from digihelse_app.outside import oauth_client
from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.registers.answers import RegisterDownError


async def post(
    tokens: MachineTokens, scope: str, url: str, headers: Mapping[str, str] | None = None, **content: Any
) -> Mapping[str, Any] | None:
    """The JSON object a register answers with; None for 404. `content` is httpx's `params`, `data`, `json`.

    A token the register no longer takes is replaced once. Raises RegisterDownError.
    """
    try:
        answer = await _once(tokens, scope, url, headers or {}, content)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            tokens.forget(scope)
            answer = await _once(tokens, scope, url, headers or {}, content)
    except httpx.HTTPError as error:
        raise RegisterDownError(type(error).__name__) from None
    if answer.status_code == httpx.codes.NOT_FOUND:
        return None
    if answer.status_code != httpx.codes.OK:
        raise RegisterDownError(f"HTTP {answer.status_code}")
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise RegisterDownError("unreadable answer")
    return found


async def _once(
    tokens: MachineTokens, scope: str, url: str, headers: Mapping[str, str], content: Mapping[str, Any]
) -> httpx.Response:
    authorization = await tokens.authorization(scope, "POST", url)
    async with oauth_client.http_client() as client:
        return await client.post(url, headers={**headers, **authorization}, **content)


def instant(text: str | None) -> datetime | None:
    """An instant as the registers write it (ISO 8601; UTC when no zone is given), aware, in UTC."""
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
