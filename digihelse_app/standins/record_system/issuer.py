"""The machine issuer: its keys, and the tokens it gives this system (client credentials, private_key_jwt)."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
from joserfc import jwt
from joserfc.jwk import JWKRegistry, KeySet

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 60
MARGIN_SECONDS = 30
ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}

Clock = Callable[[], datetime]


class Issuer:
    """An OAuth 2.0 issuer by its discovery document; document and keys are fetched once and kept."""

    def __init__(self, http: httpx.AsyncClient, address: str) -> None:
        self.address = address
        self.http = http
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    async def token_endpoint(self) -> str:
        """Where tokens are asked for. Raises httpx.HTTPError."""
        return (await self._discovered())["token_endpoint"]

    async def keys(self, *, fresh: bool = False) -> KeySet:
        """The public keys; `fresh` asks for them again. Raises httpx.HTTPError."""
        if self._keys is None or fresh:
            answer = await self.http.get((await self._discovered())["jwks_uri"])
            self._keys = KeySet.import_key_set(answer.raise_for_status().json())
        return self._keys

    async def _discovered(self) -> dict[str, Any]:
        if self._metadata is None:
            answer = await self.http.get(f"{self.address}/.well-known/openid-configuration")
            self._metadata = answer.raise_for_status().json()
        return self._metadata or {}


class OwnToken:
    """This record system's access token for one scope, kept until shortly before it expires."""

    def __init__(
        self, issuer: Issuer, client_id: str, private_jwk: dict[str, Any], scope: str, clock: Clock
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._key = JWKRegistry.import_key(private_jwk)
        self._scope = scope
        self._clock = clock
        self._token = ""
        self._good_until = 0

    async def get(self) -> str:
        """A token with some seconds to live. Raises httpx.HTTPError when the issuer gives none."""
        now = int(self._clock().timestamp())
        if now >= self._good_until:
            answer = await self._issuer.http.post(
                await self._issuer.token_endpoint(),
                data={
                    "grant_type": "client_credentials",
                    "client_id": self._client_id,
                    "scope": self._scope,
                    "client_assertion_type": ASSERTION_TYPE,
                    "client_assertion": self._assertion(now),
                },
            )
            given = answer.raise_for_status().json()
            self._token = given["access_token"]
            self._good_until = now + int(given["expires_in"]) - MARGIN_SECONDS
        return self._token

    def forget(self) -> None:
        """Ask for a new one next time: this one was refused."""
        self._good_until = 0

    def _assertion(self, now: int) -> str:
        header = {"alg": ALGORITHMS[self._key.key_type], "typ": "JWT"}
        if self._key.kid:
            header["kid"] = self._key.kid
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": self._issuer.address,
            "iat": now,
            "exp": now + ASSERTION_SECONDS,
            "jti": uuid.uuid4().hex,
        }
        return jwt.encode(header, claims, self._key)
