"""What the provider publishes of itself: its endpoints and its keys, kept for a day."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from digihelse_app.outside import clock
from digihelse_app.settings import LOOPBACK

KEPT_FOR = timedelta(hours=24)
_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "pushed_authorization_request_endpoint",
    "end_session_endpoint",
    "userinfo_endpoint",
)
_REQUIRED = ("token_endpoint", "jwks_uri")


class MetadataError(Exception):
    """The provider's own description is missing, is another issuer's, or names an endpoint without TLS."""


class PublishedMetadata:
    """The discovery document and JWK Set of one issuer, fetched when first needed and once a day.

    `client` makes an HTTP client for one use. Raises httpx.HTTPError when the provider cannot be reached.
    """

    def __init__(self, issuer: str, client: Callable[[], httpx.AsyncClient]) -> None:
        self._issuer = issuer
        self._client = client
        self._lock = asyncio.Lock()
        self._document: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def document(self) -> dict[str, Any]:
        """The discovery document, whose `issuer` is exactly the configured one."""
        async with self._lock:
            if self._document is None or _is_old(self._document[0]):
                address = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
                self._document = (clock.now(), _checked(await self._fetch(address), self._issuer))
            return self._document[1]

    async def keys(self, *, not_older_than: datetime | None = None) -> KeySet:
        """The signing keys; fetched anew when those at hand are older than a day or than `not_older_than`."""
        address = (await self.document())["jwks_uri"]
        async with self._lock:
            held = self._keys
            if held is None or _is_old(held[0]) or (not_older_than is not None and held[0] < not_older_than):
                self._keys = held = (clock.now(), _key_set(await self._fetch(address)))
            return held[1]

    async def _fetch(self, address: str) -> dict[str, Any]:
        async with self._client() as client:
            answer = await client.get(address, headers={"Accept": "application/json"})
        answer.raise_for_status()
        try:
            content = answer.json()
        except ValueError:
            raise MetadataError("not JSON") from None
        if not isinstance(content, dict):
            raise MetadataError("not an object")
        return content


def _is_old(fetched_at: datetime) -> bool:
    return clock.now() - fetched_at >= KEPT_FOR


def _checked(document: dict[str, Any], issuer: str) -> dict[str, Any]:
    if document.get("issuer") != issuer:
        raise MetadataError("issuer")
    for name in _ENDPOINTS:
        address = document.get(name)
        if address is None and name not in _REQUIRED:
            continue
        parts = urlsplit(address if isinstance(address, str) else "")
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise MetadataError(name)
    return document


def _key_set(jwks: dict[str, Any]) -> KeySet:
    # Symmetric keys have no place in a published set; one there must not become a verification key.
    usable = [
        key
        for key in jwks.get("keys", ())
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError):
        raise MetadataError("jwks_uri") from None
