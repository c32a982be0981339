"""A machine issuer on a real socket: discovery and a JWK Set, and tokens signed with its key."""

import contextlib
import hashlib
import json
import threading
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from digihelse_app.outside import clock


def _new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"use": "sig"}, auto_kid=True)


@cache
def _first_key() -> RSAKey:
    """The same for every issuer of a run: there is one in a test, and a key takes long to find."""
    return _new_key()


@dataclass
class MachineIssuer:
    """The issuer's address and key. `fetched` counts how often its keys were asked for."""

    url: str = ""
    key: RSAKey = field(default_factory=_first_key)
    fetched: int = 0
    down: bool = False

    def rotate(self) -> None:
        """Sign with a new key, and publish that alone."""
        self.key = _new_key()

    def claims(self, her_id: str, **changes: Any) -> dict[str, Any]:
        """The claims of a good token with `changes`; a change to None leaves the claim out."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.url,
            "aud": ["digihelse"],
            "sub": "fagsystem",
            "client_id": "fagsystem",
            "scope": "digihelse/record-system",
            "iat": now,
            "exp": now + 300,
            "digihelse:her_id": her_id,
        }
        return {name: value for name, value in (claims | changes).items() if value is not None}

    def token(self, her_id: str, **changes: Any) -> str:
        """A signed token."""
        return self.signed(self.claims(her_id, **changes))

    def signed(self, claims: dict[str, Any], header: dict[str, Any] | None = None) -> str:
        """`claims` signed with the published key."""
        return jwt.encode(
            {"alg": "RS256", "kid": self.key.kid, "typ": "at+jwt"} | (header or {}), claims, self.key
        )


@contextlib.contextmanager
def machine_issuer() -> Iterator[MachineIssuer]:
    """An issuer on a free port."""
    issuer = MachineIssuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if issuer.down:
                self.send_error(503)
                return
            if self.path == "/jwks":
                issuer.fetched += 1
                content: dict[str, Any] = {"keys": [issuer.key.as_dict(private=False)]}
            else:
                content = {
                    "issuer": issuer.url,
                    "jwks_uri": f"{issuer.url}/jwks",
                    "token_endpoint": f"{issuer.url}/token",
                }
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Prover:
    """A caller's own key for proofs of possession."""

    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256"))

    @property
    def thumbprint(self) -> str:
        """What the issuer binds a token to."""
        return self.key.thumbprint()

    def proof(self, method: str, url: str, token: str, **changes: Any) -> str:
        """A proof for one call, with `changes` to its claims."""
        digest = hashlib.sha256(token.encode()).digest()
        claims = {
            "jti": uuid.uuid4().hex,
            "htm": method,
            "htu": url,
            "iat": int(clock.now().timestamp()),
            "ath": urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self.key.as_dict(private=False)}
        return jwt.encode(header, claims | changes, self.key, algorithms=["ES256"])
