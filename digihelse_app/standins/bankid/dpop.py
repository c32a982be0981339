"""Proof of possession (RFC 9449): the caller shows that it holds the key its token will be bound to."""

from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from starlette.requests import Request

from digihelse_app.standins.bankid.client_authentication import ASSERTION_ALGORITHMS, spend_jti
from digihelse_app.standins.bankid.failures import OAuthError
from digihelse_app.standins.bankid.provider import provider_of

PROOF_AGE = 60
KEY_TYPES = {"RSA": RSAKey, "EC": ECKey}


async def proven_thumbprint(request: Request) -> str | None:
    """The proven key's thumbprint, or None when no proof came. Raises OAuthError `invalid_dpop_proof`."""
    proofs = request.headers.getlist("dpop")
    if not proofs:
        return None
    provider = provider_of(request)
    key, claims = _verified(proofs)
    now = provider.now()
    expected = (request.method, provider.address("/token"))
    if (claims.get("htm"), str(claims.get("htu")).partition("?")[0]) != expected:
        raise _refused("The proof is for another request.")
    made = claims.get("iat")
    if not isinstance(made, int) or abs(now - made) > PROOF_AGE:
        raise _refused("The proof is too old, or from the future.")
    thumbprint = key.thumbprint()
    jti = claims.get("jti")
    if not isinstance(jti, str) or not jti:
        raise _refused("The proof has no jti.")
    try:
        await spend_jti(provider, f"dpop:{thumbprint}", jti, made + PROOF_AGE)
    except OAuthError:
        raise _refused("The proof has been used before.") from None
    return thumbprint


def _verified(proofs: list[str]) -> tuple[RSAKey | ECKey, dict[str, Any]]:
    try:
        (proof,) = proofs
        header = jws.extract_compact(proof.encode()).headers()
        jwk = header["jwk"]
        if header.get("typ") != "dpop+jwt" or "d" in jwk:
            raise ValueError("not a proof")
        key = KEY_TYPES[jwk["kty"]].import_key(jwk)
        return key, jwt.decode(proof, key, algorithms=list(ASSERTION_ALGORITHMS)).claims
    except (JoseError, ValueError, KeyError, TypeError):
        raise _refused("The proof cannot be verified.") from None


def _refused(description: str) -> OAuthError:
    return OAuthError("invalid_dpop_proof", description)
