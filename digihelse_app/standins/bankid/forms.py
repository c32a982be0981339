"""Reading parameters strictly: OAuth forbids a parameter to be sent twice (RFC 6749 section 3.1)."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from digihelse_app.standins.bankid.failures import OAuthError

MAX_BODY = 100_000


def _single(pairs: list[tuple[str, str]]) -> dict[str, str]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise OAuthError("invalid_request", "A parameter was sent more than once.")
    return {name: value for name, value in values.items() if value}


def query_parameters(request: Request) -> dict[str, str]:
    """The address's parameters; an empty value counts as absent. Raises OAuthError for a repeated one."""
    return _single(parse_qsl(request.url.query, keep_blank_values=True))


async def form_parameters(request: Request) -> dict[str, str]:
    """The fields of a form-encoded body. Raises OAuthError for another content type, or a repeated field."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        raise OAuthError("invalid_request", "The body must be application/x-www-form-urlencoded.")
    body = await request.body()
    if len(body) > MAX_BODY:
        raise OAuthError("invalid_request", "The body is too large.", 413)
    try:
        return _single(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise OAuthError("invalid_request", "The body is not UTF-8.") from None
