"""HTTP and OAuth clients for calling other systems: one TLS context, time limits, our own assertions."""

import warnings
from collections.abc import Callable, Mapping
from functools import cache
from ssl import SSLContext
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.deprecate import AuthlibDeprecationWarning

# Authlib announces httpx's successor on import; the project stays on httpx on purpose.
warnings.filterwarnings("ignore", "The httpx module is deprecated", AuthlibDeprecationWarning)
from authlib.integrations.base_client import OAuthError as OAuthError  # noqa: E402
from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: E402

from digihelse_app.outside.signing_keys import Assertion  # noqa: E402

TIMEOUT = httpx.Timeout(10, connect=5)
"""Seconds: someone is looking at a blank page meanwhile."""


@cache
def _tls() -> SSLContext:
    return httpx.create_ssl_context()


def http_client() -> httpx.AsyncClient:
    """A plain client, to be used in `async with`. Proxies and redirects are not followed."""
    return httpx.AsyncClient(verify=_tls(), timeout=TIMEOUT, trust_env=False)


def by_assertion(client_id: str, assertion: Assertion) -> AsyncOAuth2Client:
    """An OAuth client that proves itself by a new assertion at every call (private_key_jwt)."""
    client = _oauth_client(client_id, "private_key_jwt")
    client.register_client_auth_method(("private_key_jwt", _adding(assertion)))
    return client


def by_secret(client_id: str, secret: str, method: str) -> AsyncOAuth2Client:
    """An OAuth client with a shared secret; `method` is `client_secret_basic` or `client_secret_post`."""
    return _oauth_client(client_id, method, client_secret=secret)


def _oauth_client(client_id: str, method: str, **options: Any) -> AsyncOAuth2Client:
    return AsyncOAuth2Client(
        client_id=client_id,
        token_endpoint_auth_method=method,
        code_challenge_method="S256",
        verify=_tls(),
        timeout=TIMEOUT,
        trust_env=False,
        **options,
    )


def _adding(assertion: Assertion) -> Callable[..., tuple[str, Mapping[str, str], bytes]]:
    def add(
        _client: object, _method: str, uri: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[str, Mapping[str, str], bytes]:
        return uri, headers, body + b"&" + urlencode(assertion.parameters()).encode()

    return add
