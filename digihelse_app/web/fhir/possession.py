"""Proof of possession (DPoP, RFC 9449 section 4.3): that the caller holds the key its token is bound to."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from digihelse_app.outside import clock

ALGORITHMS = ("ES256", "RS256", "PS256")
MAX_AGE = 60
"""Seconds a proof may be old; each is taken once."""
_LEEWAY = 10
_REMEMBERED = 100_000


class _ProofRegistry(jws.JWSRegistry):
    max_header_length = 2048  # the public key is in the header, and an RSA key needs the room


class ProofVerifier:
    """Checks proofs, and remembers those seen.

    The memory is this process's: with several workers a proof could be taken once by each within a minute,
    still only by one who could read the call under TLS.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._seen: dict[str, float] = {}

    def accepts(self, proof: str, method: str, path: str, token: str, thumbprint: str) -> bool:
        """Whether `proof` was made for this call and this token by the key with this thumbprint."""
        try:
            claims = _claims(proof, thumbprint)
        except (JoseError, ValueError, TypeError, KeyError):
            return False
        made_at, jti = claims.get("iat"), claims.get("jti")
        if isinstance(made_at, bool) or not isinstance(made_at, int | float):
            return False
        expected = {"htm": method, "htu": f"{self._base_url}{path}", "ath": _hash(token)}
        return (
            all(claims.get(name) == value for name, value in expected.items())
            and -_LEEWAY <= clock.now().timestamp() - made_at <= MAX_AGE + _LEEWAY
            and isinstance(jti, str)
            and self._is_first(jti)
        )

    def _is_first(self, jti: str) -> bool:
        now = clock.now().timestamp()
        while self._seen and next(iter(self._seen.values())) < now:  # oldest first, as they came
            del self._seen[next(iter(self._seen))]
        name = _hash(jti)
        if name in self._seen or len(self._seen) >= _REMEMBERED:
            return False
        self._seen[name] = now + MAX_AGE + 2 * _LEEWAY
        return True


def _claims(proof: str, thumbprint: str) -> dict[str, Any]:
    registry = _ProofRegistry(algorithms=list(ALGORITHMS))
    found: list[RSAKey | ECKey] = []

    def key_of(signed: Any) -> RSAKey | ECKey:
        header = signed.headers()
        if header.get("typ") != "dpop+jwt":
            raise ValueError
        found.append(_public_key(header["jwk"]))
        return found[0]

    claims = jwt.decode(proof, key_of, registry=registry).claims
    if found[0].thumbprint() != thumbprint:
        raise ValueError
    return claims


def _public_key(jwk: Mapping[str, Any]) -> RSAKey | ECKey:
    kinds: dict[str, type[RSAKey | ECKey]] = {"RSA": RSAKey, "EC": ECKey}
    key = kinds[jwk["kty"]].import_key(dict(jwk))
    if key.is_private:
        raise ValueError
    return key


def _hash(text: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
