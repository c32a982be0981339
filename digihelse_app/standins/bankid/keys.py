"""The signing keys: the newest signs, the two newest are published, so that a rotation has a transition."""

import asyncio
import json
from functools import lru_cache
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from digihelse_app.standins.bankid.provider import Provider, provider_of
from digihelse_app.standins.bankid.store import SigningKey

ALGORITHM = "RS256"
PUBLISHED = 2


async def new_key() -> RSAKey:
    """A fresh RSA key; made in a thread, since it takes a tenth of a second or more."""
    parameters = {"use": "sig", "alg": ALGORITHM}
    return await asyncio.to_thread(RSAKey.generate_key, 2048, parameters, auto_kid=True)  # type: ignore[arg-type]


async def published_keys(provider: Provider) -> list[RSAKey]:
    """The keys whose public halves are published, the signing one first. The first call makes a key."""
    async with provider.store.transaction() as session:
        rows = await _newest_first(session)
        if not rows:
            rows = [SigningKey(number=1, private_jwk=(await new_key()).as_dict(private=True))]
            session.add(rows[0])
        return [_key(json.dumps(row.private_jwk)) for row in rows]


@lru_cache(maxsize=8)
def _key(private_jwk: str) -> RSAKey:
    """The key of a JWK; kept, since each import checks the key anew, which takes longer than to sign."""
    return RSAKey.import_key(json.loads(private_jwk))


async def rotate(provider: Provider) -> None:
    """A new key signs from now on; the one before stays published until the next rotation."""
    await published_keys(provider)
    fresh = await new_key()
    async with provider.store.transaction() as session:
        number = (await _newest_first(session))[0].number + 1
        session.add(SigningKey(number=number, private_jwk=fresh.as_dict(private=True)))
        await session.execute(delete(SigningKey).where(SigningKey.number <= number - PUBLISHED))


async def _newest_first(session: AsyncSession) -> list[SigningKey]:
    query = select(SigningKey).order_by(SigningKey.number.desc()).limit(PUBLISHED)
    return list(await session.scalars(query))


async def sign(provider: Provider, claims: dict[str, Any], typ: str = "JWT") -> str:
    """The claims as a compact JWS by the current key."""
    return sign_with((await published_keys(provider))[0], claims, typ)


def sign_with(key: RSAKey, claims: dict[str, Any], typ: str = "JWT", kid: str | None = None) -> str:
    """The claims as a compact JWS by this key; `kid` may lie about which one it was."""
    return jwt.encode({"alg": ALGORITHM, "kid": kid or key.kid, "typ": typ}, claims, key)


async def jwks(request: Request) -> Response:
    """The public keys (RFC 7517)."""
    keys: list[Any] = list(await published_keys(provider_of(request)))
    document = KeySet(keys).as_dict(private=False)
    return JSONResponse(document, headers={"Cache-Control": "max-age=60"})
