"""The userinfo endpoint: no more than the id_token said, and no name, as at ID-porten."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digihelse_app.standins.bankid.failures import OAuthError
from digihelse_app.standins.bankid.provider import provider_of
from digihelse_app.standins.bankid.store import AccessToken, digest
from digihelse_app.standins.bankid.tokens import pairwise_subject, person_claims


async def userinfo(request: Request) -> Response:
    """OpenID Connect Core 5.3. Raises OAuthError `invalid_token` (401)."""
    provider = provider_of(request)
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    async with provider.store.transaction() as session:
        row = await session.get(AccessToken, digest(bearer))
    if scheme.lower() != "bearer" or row is None or row.expires_at < provider.now():
        raise OAuthError("invalid_token", "The token is unknown, revoked or expired.", 401)
    claims = {"sub": await pairwise_subject(provider, row.client_id, row.person), "locale": row.locale}
    if not row.no_pid:
        claims |= person_claims(provider, row.person)
    return JSONResponse(claims, headers={"Cache-Control": "no-store"})
