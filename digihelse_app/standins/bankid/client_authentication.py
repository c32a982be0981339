"""Who is the client? private_key_jwt (RFC 7523), or a secret by Basic or in the body (RFC 6749, 2.3.1)."""

import base64
import binascii
import hmac
from typing import Any
from urllib.parse import unquote_plus

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request

from digihelse_app.standins.bankid.failures import OAuthError
from digihelse_app.standins.bankid.provider import MACHINE_GRANT, Provider, provider_of
from digihelse_app.standins.bankid.registrations import Client
from digihelse_app.standins.bankid.store import UsedJti, digest

ASSERTION_ALGORITHMS = ("RS256", "PS256", "ES256")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_LIFETIME = 120  # ID-porten
MAX_MACHINE_LIFETIME = 60  # HelseID
LEEWAY = 10


async def authenticate(request: Request, form: dict[str, str]) -> Client:
    """The client that sent this request. Raises OAuthError `invalid_client` (401), or `invalid_request`."""
    provider = provider_of(request)
    header = request.headers.get("authorization", "")
    methods = [bool(header), "client_assertion" in form, "client_secret" in form]
    if sum(methods) != 1:
        raise _refused("Exactly one way of authenticating the client is required.")
    if header:
        return _by_basic(provider, header, form)
    if "client_id" not in form:
        raise OAuthError("invalid_request", "client_id is missing in the body.")
    client = _known(provider, form["client_id"])
    if "client_secret" in form:
        return _with_secret(client, form["client_secret"])
    if form.get("client_assertion_type") != ASSERTION_TYPE:
        raise _refused("client_assertion_type is not jwt-bearer.")
    await _check_assertion(request, client, form)
    return client


def _refused(description: str) -> OAuthError:
    return OAuthError("invalid_client", description, 401)


def _known(provider: Provider, client_id: str) -> Client:
    client = provider.clients.get(client_id)
    if client is None:
        raise _refused("The client is unknown.")
    return client


def _by_basic(provider: Provider, header: str, form: dict[str, str]) -> Client:
    scheme, _, credentials = header.partition(" ")
    try:
        plain = base64.b64decode(credentials, validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        plain = ""
    client_id, colon, secret = plain.partition(":")
    if not colon:
        raise _refused("The Authorization header cannot be read.")
    client = _known(provider, unquote_plus(client_id))
    if form.get("client_id", client.client_id) != client.client_id:
        raise _refused("client_id in the body is another client's.")
    return _with_secret(client, unquote_plus(secret))


def _with_secret(client: Client, secret: str) -> Client:
    expected = client.client_secret
    if client.jwks or not expected or not hmac.compare_digest(expected.encode(), secret.encode()):
        raise _refused("The client's secret is wrong, or not its way of authenticating.")
    return client


async def _check_assertion(request: Request, client: Client, form: dict[str, str]) -> None:
    provider = provider_of(request)
    claims = _verified_claims(client, form["client_assertion"])
    machine = form.get("grant_type") == MACHINE_GRANT
    endpoints = {provider.address("/token"), provider.address("/par")}
    audiences = {provider.issuer} if machine else {provider.issuer, *endpoints}
    _check_claims(
        claims, client, audiences, provider.now(), MAX_MACHINE_LIFETIME if machine else MAX_LIFETIME
    )
    await spend_jti(provider, client.client_id, claims["jti"], claims["exp"])


def _verified_claims(client: Client, assertion: str) -> dict[str, Any]:
    if not client.jwks:
        raise _refused("The client has no registered key.")
    try:
        header = jws.extract_compact(assertion.encode()).headers()
        keys = KeySet.import_key_set({"keys": list(client.jwks["keys"])})
        if header.get("kid") is None and len(keys.keys) > 1:
            raise _refused("The assertion names no kid.")
        return jwt.decode(assertion, keys, algorithms=list(ASSERTION_ALGORITHMS)).claims
    except (JoseError, ValueError):
        raise _refused("The assertion is not signed by a registered key.") from None


def _check_claims(
    claims: dict[str, Any], client: Client, audiences: set[str], now: int, max_lifetime: int
) -> None:
    if not claims.get("iss") == claims.get("sub") == client.client_id:
        raise _refused("The assertion's iss and sub must be the client_id.")
    audience = claims.get("aud")
    given = {audience} if isinstance(audience, str) else set(audience or ())
    if not given & audiences:
        raise _refused("The assertion's aud is not this provider.")
    expires = claims.get("exp")
    if not isinstance(expires, int) or not now - LEEWAY < expires <= now + max_lifetime + LEEWAY:
        raise _refused(f"The assertion's exp must lie within the next {max_lifetime} seconds.")
    for name in ("iat", "nbf"):
        moment = claims.get(name, now)
        if not isinstance(moment, int) or moment > now + LEEWAY:
            raise _refused(f"The assertion's {name} is in the future.")
    if not isinstance(claims.get("jti"), str) or not claims["jti"]:
        raise _refused("The assertion has no jti.")


async def spend_jti(provider: Provider, issuer: str, jti: str, expires_at: int) -> None:
    """Remembers a jti until it has expired. Raises OAuthError `invalid_client` when it was used before."""
    try:
        async with provider.store.transaction() as session:
            session.add(UsedJti(issuer=issuer, jti_hash=digest(jti), expires_at=expires_at + LEEWAY))
    except IntegrityError:
        raise _refused("The jti has been used before.") from None
