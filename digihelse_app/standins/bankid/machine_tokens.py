"""Tokens for machines: a JWT (RFC 9068) that the resource validates by itself, with the organisation in it.

`helseid://claims/client/claims/orgnr_parent` is the organisation number (HelseID's claim), `digihelse:her_id`
the HER-id; both come from the client's registration. A DPoP proof (RFC 9449) binds the token to its key.
"""

import uuid
from typing import Any

from starlette.requests import Request

from digihelse_app.standins.bankid.dpop import proven_thumbprint
from digihelse_app.standins.bankid.failures import OAuthError
from digihelse_app.standins.bankid.keys import sign
from digihelse_app.standins.bankid.provider import provider_of
from digihelse_app.standins.bankid.registrations import Client

ORGANISATION_CLAIM = "helseid://claims/client/claims/orgnr_parent"
HER_ID_CLAIM = "digihelse:her_id"
LIFETIME = 300


async def machine_token(request: Request, client: Client, form: dict[str, str]) -> dict[str, Any]:
    """The token endpoint's answer to `client_credentials`. Raises OAuthError `invalid_scope`."""
    provider = provider_of(request)
    scopes = form.get("scope", "").split()
    if not scopes or not set(scopes) <= set(client.audiences):
        raise OAuthError("invalid_scope", "scope must be given, and be one the client is registered for.")
    audiences = sorted({client.audiences[scope] for scope in scopes})
    now = provider.now()
    claims: dict[str, Any] = {
        **client.claims,
        "iss": provider.issuer,
        "aud": audiences[0] if len(audiences) == 1 else audiences,
        "sub": client.client_id,
        "client_id": client.client_id,
        "scope": " ".join(scopes),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
        "jti": uuid.uuid4().hex,
    }
    thumbprint = await proven_thumbprint(request)
    if thumbprint is not None:
        claims["cnf"] = {"jkt": thumbprint}
    return {
        "access_token": await sign(provider, claims, "at+jwt"),
        "token_type": "Bearer" if thumbprint is None else "DPoP",
        "expires_in": LIFETIME,
        "scope": claims["scope"],
    }
