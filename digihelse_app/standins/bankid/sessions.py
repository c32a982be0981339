"""Single sign-on: 30 minutes without use, 120 minutes at most (ID-porten), kept under one `sid`."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.bankid.provider import Provider, provider_of
from digihelse_app.standins.bankid.store import SessionClient, SsoSession, digest, new_secret

COOKIE = "testid_session"
IDLE = 30 * 60
LONGEST = 120 * 60


async def current_session(request: Request) -> SsoSession | None:
    """The browser's living session, or None."""
    provider = provider_of(request)
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    async with provider.store.transaction() as session:
        found = await session.get(SsoSession, digest(cookie))
    return found if found and is_alive(found, provider.now()) else None


def is_alive(session: SsoSession, now: int) -> bool:
    """Whether the session can still sign someone in."""
    return not session.ended and now - session.last_seen <= IDLE and now - session.auth_time <= LONGEST


async def begin(
    provider: Provider, person: str, acr: str, former: SsoSession | None
) -> tuple[SsoSession, str]:
    """A session for someone who has just authenticated, and its cookie's value.

    The same person authenticating again keeps the `sid`, so that signing out still reaches every service.
    """
    now, cookie = provider.now(), new_secret()
    same = former is not None and former.person == person
    fresh = SsoSession(
        cookie_hash=digest(cookie),
        sid=former.sid if former and same else new_secret(),
        person=person,
        acr=acr,
        auth_time=now,
        last_seen=now,
        ended=False,
    )
    async with provider.store.transaction() as session:
        if former is not None:
            stored = await session.get_one(SsoSession, former.cookie_hash)
            if same:
                await session.delete(stored)
                await session.flush()
            stored.ended = True
        session.add(fresh)
    return fresh, cookie


async def touch(session: AsyncSession, sso: SsoSession, client_id: str, now: int) -> None:
    """Counts as use, and remembers that this client must be told when the session ends."""
    mine = SsoSession.cookie_hash == sso.cookie_hash
    await session.execute(update(SsoSession).where(mine).values(last_seen=now))
    if await session.get(SessionClient, (sso.sid, client_id)) is None:
        session.add(SessionClient(sid=sso.sid, client_id=client_id))


@dataclass(frozen=True)
class Ending:
    """Whom to tell of a session's end, and whether it was this that ended it."""

    was_alive: bool
    clients: tuple[str, ...]


async def end(provider: Provider, sid: str) -> Ending:
    """Ends the session. Those who signed in within it are named even when it had run out by itself."""
    async with provider.store.transaction() as session:
        sso = await session.scalar(select(SsoSession).where(SsoSession.sid == sid))
        was_alive = sso is not None and is_alive(sso, provider.now())
        if sso is not None:
            sso.ended = True
        clients = await session.scalars(select(SessionClient.client_id).where(SessionClient.sid == sid))
        return Ending(was_alive, tuple(sorted(clients)))


def set_cookie(provider: Provider, response: Response, value: str) -> None:
    """Gives the browser its session. Plain http on loopback allows no `Secure`."""
    response.set_cookie(COOKIE, value, path=provider.path or "/", httponly=True, samesite="lax")
