"""The app's own signing keys, and the assertions it proves itself to other systems with."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from digihelse_app.outside import clock
from digihelse_app.settings import SettingsError

ALGORITHMS = ("RS256", "PS256", "ES256")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MAX_ASSERTION_SECONDS = 60
"""HelseID's limit, the strictest of those we know."""


@dataclass(frozen=True, repr=False)
class SigningKeys:
    """Private keys by key id: the active one signs, the others are only published during rotation."""

    keys: Mapping[str, RSAKey | ECKey]
    active_kid: str

    @property
    def active(self) -> RSAKey | ECKey:
        """The key that signs."""
        return self.keys[self.active_kid]

    def public(self) -> dict[str, Any]:
        """The JWK Set to register at the provider: the public halves alone."""
        return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}


def read_signing_keys(jwks: Mapping[str, Any], active_kid: str = "") -> SigningKeys:
    """Keys from a private JWK Set; the first signs unless `active_kid` is another. Raises SettingsError."""
    try:
        found = KeySet.import_key_set({"keys": list(jwks["keys"])}).keys
    except (JoseError, KeyError, TypeError, ValueError):
        raise SettingsError("the signing keys must be a JWK Set") from None
    keys = {key.kid: key for key in found if key.kid and isinstance(key, RSAKey | ECKey) and key.is_private}
    if not keys or len(keys) != len(found):
        raise SettingsError("each signing key must be a private RSA or EC key with a kid")
    active_kid = active_kid or next(iter(keys))
    if active_kid not in keys:
        raise SettingsError("DIGIHELSE_OIDC_ACTIVE_KID names none of the signing keys")
    return SigningKeys(keys, active_kid)


def signer(keys: SigningKeys) -> Callable[[Mapping[str, Any]], str]:
    """What signs claims with the active key, as a compact JWS (RFC 7515)."""

    def sign(claims: Mapping[str, Any]) -> str:
        header = {"alg": algorithm_of(keys.active), "kid": keys.active_kid}
        return jwt.encode(header, dict(claims), keys.active, algorithms=list(ALGORITHMS))

    return sign


def algorithm_of(key: RSAKey | ECKey) -> str:
    """The algorithm a key signs with: its own `alg` (binding in a JWK), or the usual one of its kind."""
    return key.alg or ("ES256" if isinstance(key, ECKey) else "RS256")


@dataclass(frozen=True)
class Assertion:
    """How this client proves itself at one authorization server (private_key_jwt, RFC 7523).

    `audience` is the issuer, as FAPI 2 and HelseID demand; `lifetime` is in seconds.
    """

    client_id: str
    audience: str
    keys: SigningKeys = field(repr=False)
    lifetime: int = MAX_ASSERTION_SECONDS

    def signed(self) -> str:
        """A new assertion with its own `jti`: each may be used once."""
        now = int(clock.now().timestamp())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "iat": now,
            "exp": now + min(self.lifetime, MAX_ASSERTION_SECONDS),
            "jti": uuid.uuid4().hex,
        }
        return signer(self.keys)(claims)

    def parameters(self) -> dict[str, str]:
        """The form fields that carry a new assertion."""
        return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.signed()}
