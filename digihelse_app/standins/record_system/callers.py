"""Who may put something here: Digihelse, by a machine token validated offline (docs/integration.md §1)."""

from typing import Any

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from starlette.requests import Request

from digihelse_app.standins.record_system.issuer import Clock, Issuer

AUDIENCE = "record-system"
SCOPE = "record-system/fhir"
ALGORITHMS = ["RS256", "PS256", "ES256"]
LEEWAY = 10


class CallerRefusedError(Exception):
    """The call has no token, or one that does not open this door; the message says why, without the token."""


class Callers:
    """Checks the bearer tokens of one issuer."""

    def __init__(self, issuer: Issuer, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock

    async def require(self, request: Request) -> None:
        """Raises CallerRefusedError, or httpx.HTTPError when the issuer's keys cannot be had."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise CallerRefusedError("a bearer token is required")
        self._check(await self._claims(token))

    async def _claims(self, token: str) -> dict[str, Any]:
        try:
            kid = jws.extract_compact(token.encode()).headers().get("kid")
            keys = await self._issuer.keys()
            if kid not in {key.kid for key in keys.keys}:
                keys = await self._issuer.keys(fresh=True)
            return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        except httpx.HTTPError:
            raise
        except (JoseError, ValueError):
            raise CallerRefusedError("the token is not signed by the issuer") from None

    def _check(self, claims: dict[str, Any]) -> None:
        now = self._clock().timestamp()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        expires, issued = claims.get("exp"), claims.get("iat")
        if claims.get("iss") != self._issuer.address:
            raise CallerRefusedError("the token is another issuer's")
        if AUDIENCE not in audiences:
            raise CallerRefusedError("the token is for someone else")
        if SCOPE not in str(claims.get("scope", "")).split():
            raise CallerRefusedError("the token has not the scope")
        if not isinstance(expires, int) or expires + LEEWAY <= now:
            raise CallerRefusedError("the token has expired")
        if not isinstance(issued, int) or issued - LEEWAY > now:
            raise CallerRefusedError("the token is not yet valid")
        if "cnf" in claims:
            raise CallerRefusedError("the token is bound to a key and came without a proof")
