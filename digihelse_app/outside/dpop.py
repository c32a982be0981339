"""Demonstrating proof of possession (RFC 9449): binds a token to a key that only this process holds."""

import hashlib
import uuid
from base64 import urlsafe_b64encode
from urllib.parse import urlsplit, urlunsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from digihelse_app.outside import clock


class ProofKey:
    """An ES256 key made for this process, and the proofs it signs."""

    def __init__(self) -> None:
        self._key = ECKey.generate_key("P-256")

    def proof(self, method: str, url: str, *, nonce: str = "", access_token: str = "") -> str:
        """A proof for one call of `method` on `url`, with the server's `nonce` and the token sent, if any."""
        claims: dict[str, str | int] = {
            "jti": uuid.uuid4().hex,
            "htm": method,
            "htu": urlunsplit((*urlsplit(url)[:3], "", "")),
            "iat": int(clock.now().timestamp()),
        }
        if nonce:
            claims["nonce"] = nonce
        if access_token:
            digest = hashlib.sha256(access_token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": self._key.as_dict(private=False)}
        return jwt.encode(header, claims, self._key, algorithms=["ES256"])
