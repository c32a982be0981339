"""Access tokens for machines: OAuth 2.0 client credentials with private_key_jwt (HelseID's shape)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from digihelse_app.outside import clock, oauth_client
from digihelse_app.outside.dpop import ProofKey
from digihelse_app.outside.identity_provider.metadata import MetadataError, PublishedMetadata
from digihelse_app.outside.signing_keys import Assertion, SigningKeys

_RENEW_BEFORE = timedelta(seconds=30)
_NONCE_HEADER = "DPoP-Nonce"


class MachineTokenError(httpx.HTTPError):
    """No token could be had: the issuer is down, or refuses this client. The message is a code, no secret.

    An HTTPError, so that who calls an API treats it like the API itself being out of reach.
    """


@dataclass(frozen=True)
class _Token:
    value: str = field(repr=False)
    kind: str
    expires_at: datetime


class MachineTokens:
    """Tokens of one issuer for this client, each kept until 30 seconds before it expires.

    With `dpop`, tokens are bound to a key of this process, and every call must carry a proof.
    """

    def __init__(self, issuer: str, client_id: str, keys: SigningKeys, *, dpop: bool = False) -> None:
        self._assertion = Assertion(client_id, issuer, keys)
        self._client_id = client_id
        self._metadata = PublishedMetadata(issuer, oauth_client.http_client)
        self._proof_key = ProofKey() if dpop else None
        self._held: dict[str, _Token] = {}
        self._lock = asyncio.Lock()

    async def token(self, scope: str) -> str:
        """An access token for `scope`. Raises MachineTokenError."""
        return (await self._get(scope)).value

    async def authorization(self, scope: str, method: str, url: str) -> dict[str, str]:
        """The headers that authorise one call of `method` on `url`. Raises MachineTokenError."""
        token = await self._get(scope)
        if self._proof_key is None:
            return {"Authorization": f"Bearer {token.value}"}
        proof = self._proof_key.proof(method, url, access_token=token.value)
        return {"Authorization": f"{token.kind} {token.value}", "DPoP": proof}

    def forget(self, scope: str) -> None:
        """Drop the token held for `scope`, as after a 401: the next call gets a new one."""
        self._held.pop(scope, None)

    async def _get(self, scope: str) -> _Token:
        async with self._lock:
            held = self._held.get(scope)
            if held is None or clock.now() >= held.expires_at - _RENEW_BEFORE:
                held = self._held[scope] = await self._fetch(scope)
            return held

    async def _fetch(self, scope: str) -> _Token:
        try:
            endpoint = (await self._metadata.document())["token_endpoint"]
            answer = await self._ask(endpoint, scope)
            if self._proof_key and _NONCE_HEADER in answer.headers and answer.status_code in (400, 401):
                answer = await self._ask(endpoint, scope, answer.headers[_NONCE_HEADER])
            content = answer.json()
        except (httpx.HTTPError, MetadataError, ValueError) as error:
            raise MachineTokenError(type(error).__name__) from None
        return self._read(answer.status_code, content)

    async def _ask(self, endpoint: str, scope: str, nonce: str = "") -> httpx.Response:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "scope": scope,
            **self._assertion.parameters(),
        }
        proof = {"DPoP": self._proof_key.proof("POST", endpoint, nonce=nonce)} if self._proof_key else {}
        async with oauth_client.http_client() as client:
            return await client.post(endpoint, data=form, headers=proof)

    def _read(self, status: int, content: Mapping[str, Any]) -> _Token:
        if status != httpx.codes.OK or not isinstance(content, Mapping):
            raise MachineTokenError(f"HTTP {status}")
        value, lifetime = content.get("access_token"), content.get("expires_in")
        kind = str(content.get("token_type", "Bearer"))
        if not isinstance(value, str) or not isinstance(lifetime, int):
            raise MachineTokenError("unreadable answer")
        if self._proof_key and kind.lower() != "dpop":
            raise MachineTokenError("token is not bound to our key")
        return _Token(value, kind, clock.now() + timedelta(seconds=lifetime))
