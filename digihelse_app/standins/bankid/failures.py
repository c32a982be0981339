"""Failures as OAuth words them: a JSON answer to a client, or an error that goes back with the browser."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class OAuthError(Exception):
    """The client asked for something it cannot have. `error` is a code of RFC 6749 / OpenID Connect Core."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


class NoRedirectError(Exception):
    """A request whose return address cannot be trusted: told on a page, never redirected."""


async def answer_oauth_error(_request: Request, failure: Exception) -> Response:
    """RFC 6749 section 5.2."""
    assert isinstance(failure, OAuthError)  # noqa: S101 - registered for this class only
    headers = {"Cache-Control": "no-store"}
    if failure.status == 401:
        scheme = "Bearer" if failure.error == "invalid_token" else "Basic"
        headers["WWW-Authenticate"] = f'{scheme} realm="testid", error="{failure.error}"'
    body = {"error": failure.error, "error_description": failure.description}
    return JSONResponse(body, failure.status, headers)
