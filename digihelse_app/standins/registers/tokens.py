"""Who may ask: a machine token of the known issuer, for this register, with its scope."""

from typing import Any

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.exceptions import HTTPException
from starlette.requests import Request

ALGORITHMS = ("RS256", "PS256", "ES256")
LEEWAY = 10


class TokenCheck:
    """Checks tokens offline; `clock` gives the time with its zone, `jwks_url` the issuer's keys."""

    def __init__(self, issuer: str, jwks_url: str, clock: Any) -> None:
        self._issuer = issuer
        self._jwks_url = jwks_url
        self._clock = clock
        self._keys: KeySet | None = None

    async def require(self, request: Request, audience: str, scope: str) -> None:
        """Raises HTTPException 401 for no good token, 403 for one without the scope."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
        claims = await self._claims(token, audience)
        granted = claims.get("scope", "")
        if scope not in (granted if isinstance(granted, list) else str(granted).split()):
            raise HTTPException(403)

    async def _claims(self, token: str, audience: str) -> dict[str, Any]:
        claims = self._verified(token, self._keys) if self._keys else None
        if claims is None:  # the issuer may have new keys
            self._keys = await self._published()
            claims = self._verified(token, self._keys)
        if claims is None:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
        )
        try:
            rules.validate(claims)
        except JoseError:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}) from None
        return claims

    def _verified(self, token: str, keys: KeySet) -> dict[str, Any] | None:
        try:
            return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError):
            return None

    async def _published(self) -> KeySet:
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            answer = await client.get(self._jwks_url)
        return KeySet.import_key_set(answer.json())
