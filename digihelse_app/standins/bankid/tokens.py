"""The token endpoint: a code for tokens, once; and a machine's own token."""

import base64
import hashlib
import hmac
import uuid
from typing import Any

from sqlalchemy import delete, update
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digihelse_app.standins.bankid import faults
from digihelse_app.standins.bankid.authorization_request import AuthorizationRequest
from digihelse_app.standins.bankid.client_authentication import authenticate
from digihelse_app.standins.bankid.failures import OAuthError
from digihelse_app.standins.bankid.forms import form_parameters
from digihelse_app.standins.bankid.keys import new_key, published_keys, sign_with
from digihelse_app.standins.bankid.machine_tokens import machine_token
from digihelse_app.standins.bankid.provider import CODE_GRANT, MACHINE_GRANT, Provider, provider_of
from digihelse_app.standins.bankid.registrations import Client
from digihelse_app.standins.bankid.store import AccessToken, AuthorizationCode, Salt, digest, new_secret

ID_TOKEN_LIFETIME = 120  # ID-porten: not tied to the session
ACCESS_TOKEN_LIFETIME = 600


async def token(request: Request) -> Response:
    """RFC 6749 section 4.1.3 and 4.4."""
    form = await form_parameters(request)
    client = await authenticate(request, form)
    grant = form.get("grant_type", "")
    if grant not in (CODE_GRANT, MACHINE_GRANT):
        raise OAuthError("unsupported_grant_type", "The grant type is not offered.")
    if grant not in client.grant_types:
        raise OAuthError("unauthorized_client", "The client is not registered for this grant type.")
    answer = _person_tokens if grant == CODE_GRANT else machine_token
    return JSONResponse(await answer(request, client, form), headers={"Cache-Control": "no-store"})


async def _person_tokens(request: Request, client: Client, form: dict[str, str]) -> dict[str, Any]:
    provider = provider_of(request)
    code = await _redeem(provider, client, form)
    wanted = AuthorizationRequest(**code.request)
    access_token = new_secret()
    row = AccessToken(
        token_hash=digest(access_token),
        code_hash=code.code_hash,
        client_id=client.client_id,
        person=code.person,
        locale=wanted.locale,
        no_pid=code.fault == faults.NO_PID,
        expires_at=provider.now() + ACCESS_TOKEN_LIFETIME,
    )
    async with provider.store.transaction() as session:
        session.add(row)
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": ACCESS_TOKEN_LIFETIME,
        "scope": wanted.scope,
        "id_token": await _id_token(provider, client, wanted, code),
    }


async def _redeem(provider: Provider, client: Client, form: dict[str, str]) -> AuthorizationCode:
    """The code, used up. A second use revokes what the first one gave (RFC 6749 section 4.1.2)."""
    code_hash = digest(form.get("code", ""))
    async with provider.store.transaction() as session:
        unused = (AuthorizationCode.code_hash == code_hash, AuthorizationCode.used.is_(False))
        spent = await session.execute(update(AuthorizationCode).where(*unused).values(used=True))
        row = await session.get(AuthorizationCode, code_hash)
        if spent.rowcount != 1:  # type: ignore[attr-defined]
            await session.execute(delete(AccessToken).where(AccessToken.code_hash == code_hash))
            row = None
    if row is None or row.client_id != client.client_id or row.expires_at < provider.now():
        raise OAuthError("invalid_grant", "The code is unknown, used, expired, or another client's.")
    if form.get("redirect_uri") != row.request["redirect_uri"]:
        raise OAuthError("invalid_grant", "redirect_uri is not the one of the authorization request.")
    if not _answers(row.request["code_challenge"], form.get("code_verifier", "")):
        raise OAuthError("invalid_grant", "code_verifier does not answer the challenge.")
    return row


def _answers(challenge: str, verifier: str) -> bool:
    hashed = hashlib.sha256(verifier.encode()).digest()
    expected = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
    return 43 <= len(verifier) <= 128 and hmac.compare_digest(expected, challenge)


async def _id_token(
    provider: Provider, client: Client, wanted: AuthorizationRequest, code: AuthorizationCode
) -> str:
    now = provider.now()
    claims: dict[str, Any] = {
        "iss": provider.issuer,
        "aud": client.client_id,
        "sub": await pairwise_subject(provider, client.client_id, code.person),
        "iat": now,
        "exp": now + ID_TOKEN_LIFETIME,
        "auth_time": code.auth_time,
        "acr": code.acr,
        "amr": ["TestID"],
        "locale": wanted.locale,
        "jti": uuid.uuid4().hex,
    }
    if wanted.nonce is not None:
        claims["nonce"] = wanted.nonce
    if client.frontchannel_logout_uri:  # ID-porten: only for those who asked to be told by sid
        claims["sid"] = code.sid
    claims |= person_claims(provider, code.person)
    claims = faults.spoil(provider, claims, code.fault)
    key = (await published_keys(provider))[0]
    if code.fault == faults.WRONG_KEY:
        return sign_with(await new_key(), claims, kid=key.kid)
    return sign_with(key, claims)


def person_claims(provider: Provider, person: str) -> dict[str, str]:
    """What the provider says of a person: the national identity number, if there is one."""
    known = provider.people[person]
    return {} if known.eidas_without_pid else {"pid": known.national_id}


async def pairwise_subject(provider: Provider, client_id: str, person: str) -> str:
    """A name for the person that only this client sees (OpenID Connect Core 8.1)."""
    async with provider.store.transaction() as session:
        salt = await session.get(Salt, "pairwise")
        if salt is None:
            salt = Salt(name="pairwise", value=new_secret())
            session.add(salt)
        key = salt.value.encode()
    return (
        base64.urlsafe_b64encode(hmac.digest(key, f"{client_id}\n{person}".encode(), "sha256"))
        .rstrip(b"=")
        .decode()
    )
