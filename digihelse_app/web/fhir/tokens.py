"""Machine access tokens: who calls, proved offline by the issuer's signature (docs/integration.md, 1)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request

from digihelse_app.outside import clock
from digihelse_app.outside.identity_provider.metadata import MetadataError, PublishedMetadata
from digihelse_app.outside.oauth_client import http_client
from digihelse_app.web.fhir.possession import ProofVerifier

AUDIENCE = "digihelse"
SCOPE = "digihelse/record-system"
HER_ID_CLAIM = "digihelse:her_id"
ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY = 10
"""Seconds that two clocks may differ."""
_REFETCH_PAUSE = timedelta(seconds=10)
"""Badly signed tokens must not make us call the issuer each time."""
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_MAX_LENGTH = 8192
_CREDENTIALS = re.compile(r"(Bearer|DPoP) +([A-Za-z0-9_.-]+)", re.IGNORECASE)
_HER_ID = re.compile(r"[0-9]{1,20}")


class TokenError(Exception):
    """The call proves no record system; `reason` is for its maker to read and holds nothing of the token."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysUnavailableError(Exception):
    """The issuer's keys cannot be had just now, so no token can be judged."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The record system that calls: its organisation's HER-id, and its client id for the operator's log."""

    her_id: str
    client_id: str


class MachineTokens:
    """Judges the tokens of one issuer. `base_url` is where callers reach us, for proofs of possession."""

    def __init__(self, issuer: str, base_url: str, *, require_dpop: bool = False) -> None:
        self._issuer = issuer
        self._require_dpop = require_dpop
        self._metadata = PublishedMetadata(issuer, http_client)
        self._proofs = ProofVerifier(base_url)

    async def caller(self, request: Request) -> Caller:
        """Who sent `request`; raises TokenError, or KeysUnavailableError when the issuer is down."""
        given = request.headers.getlist("authorization")
        match = _CREDENTIALS.fullmatch(given[0]) if len(given) == 1 else None
        if match is None or len(match[2]) > _MAX_LENGTH:
            raise TokenError("a single bearer or DPoP access token is needed")
        scheme, token = match[1].lower(), match[2]
        claims = await self._verified(token)
        self._check_binding(request, scheme, token, claims)
        return _caller(claims)

    async def _verified(self, token: str) -> dict[str, Any]:
        try:
            try:
                claims = _decoded(token, await self._metadata.keys())
            except (BadSignatureError, InvalidKeyIdError):
                keys = await self._metadata.keys(not_older_than=clock.now() - _REFETCH_PAUSE)
                claims = _decoded(token, keys)
        except (httpx.HTTPError, MetadataError):
            raise KeysUnavailableError from None
        except (JoseError, ValueError, TypeError, KeyError):
            raise TokenError("the token is not signed by the issuer") from None
        self._check(claims)
        return claims

    def _check(self, claims: Mapping[str, Any]) -> None:
        now = clock.now().timestamp()
        if claims.get("iss") != self._issuer:
            raise TokenError("iss is another issuer")
        if AUDIENCE not in _listed(claims.get("aud")):
            raise TokenError("aud is another audience")
        if now >= _seconds(claims, "exp") + LEEWAY:
            raise TokenError("the token has expired")
        if max(_seconds(claims, "iat"), _seconds(claims, "nbf", 0)) > now + LEEWAY:
            raise TokenError("the token is not valid yet")
        if SCOPE not in _listed(claims.get("scope"), " "):
            raise TokenError("scope is missing")

    def _check_binding(self, request: Request, scheme: str, token: str, claims: Mapping[str, Any]) -> None:
        confirmation = claims.get("cnf")
        thumbprint = confirmation.get("jkt") if isinstance(confirmation, Mapping) else None
        if thumbprint is None and not self._require_dpop and scheme == "bearer":
            return
        proofs = request.headers.getlist("dpop")
        if not isinstance(thumbprint, str) or scheme != "dpop" or len(proofs) != 1:
            raise TokenError("the token must be bound to a key, and sent as DPoP with one proof")
        if not self._proofs.accepts(proofs[0], request.method, request.url.path, token, thumbprint):
            raise TokenError("the proof of possession does not fit")


def _decoded(token: str, keys: KeySet) -> dict[str, Any]:
    decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
    if str(decoded.header.get("typ", "jwt")).lower() not in _TYPES:
        raise ValueError
    return decoded.claims


def _listed(value: object, separator: str | None = None) -> list[object]:
    if isinstance(value, str):
        return list(value.split(separator)) if separator else [value]
    return list(value) if isinstance(value, list) else []


def _seconds(claims: Mapping[str, Any], name: str, default: float | None = None) -> float:
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenError(f"{name} is missing")
    return value


def _caller(claims: Mapping[str, Any]) -> Caller:
    her_id = claims.get(HER_ID_CLAIM)
    if not isinstance(her_id, str) or not _HER_ID.fullmatch(her_id):
        raise TokenError("the HER-id claim is missing")
    client_id = claims.get("client_id", claims.get("sub", ""))
    return Caller(her_id, client_id if isinstance(client_id, str) else "")
