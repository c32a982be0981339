"""Pushed authorization requests (RFC 9126): kept 120 seconds, served once."""

from sqlalchemy import delete, select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digihelse_app.standins.bankid.authorization_request import judge, return_address
from digihelse_app.standins.bankid.client_authentication import authenticate
from digihelse_app.standins.bankid.failures import NoRedirectError, OAuthError
from digihelse_app.standins.bankid.forms import form_parameters
from digihelse_app.standins.bankid.provider import Provider, provider_of
from digihelse_app.standins.bankid.store import PushedRequest, new_secret

LIFETIME = 120
PREFIX = "urn:testid:"
CREDENTIALS = ("client_secret", "client_assertion", "client_assertion_type")


async def par(request: Request) -> Response:
    """Takes a request over the back channel and gives the browser a short name for it."""
    provider = provider_of(request)
    form = await form_parameters(request)
    client = await authenticate(request, form)
    parameters = {name: value for name, value in form.items() if name not in CREDENTIALS}
    parameters["client_id"] = client.client_id
    if "request_uri" in parameters:
        raise OAuthError("invalid_request", "request_uri cannot itself be pushed.")
    try:
        return_address(provider, parameters)
    except NoRedirectError:
        raise OAuthError("invalid_request", "redirect_uri is not registered for this client.") from None
    judge(client, parameters)
    pushed = PushedRequest(
        request_uri=PREFIX + new_secret(),
        client_id=client.client_id,
        parameters=parameters,
        expires_at=provider.now() + LIFETIME,
    )
    async with provider.store.transaction() as session:
        session.add(pushed)
    body = {"request_uri": pushed.request_uri, "expires_in": LIFETIME}
    return JSONResponse(body, 201, {"Cache-Control": "no-store"})


async def take(provider: Provider, request_uri: str, client_id: str) -> dict[str, str]:
    """The pushed parameters, taken out. Raises NoRedirectError when used, expired or another client's."""
    async with provider.store.transaction() as session:
        mine = (PushedRequest.request_uri == request_uri, PushedRequest.client_id == client_id)
        pushed = await session.scalar(select(PushedRequest).where(*mine))
        await session.execute(delete(PushedRequest).where(*mine))
    if pushed is None or pushed.expires_at < provider.now():
        raise NoRedirectError("Innloggingen har ventet for lenge, eller er brukt før.")
    return pushed.parameters
