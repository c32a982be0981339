"""Sessions: who is signed in in which browser, for how long, and the end of it.

They concern the person signed in alone, so no right is asked for: the cookie's secret is the proof.
The database is asked every time, so that a session ended in one process is over in all.
"""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import tell_after_commit, unit_of_work
from digihelse_app.models.session import Session
from digihelse_app.models.vault import UnreadableError, vault
from digihelse_app.outside import clock
from digihelse_app.outside.identity_provider.validation import Identity
from digihelse_app.services import access_log
from digihelse_app.services.logins import digest

_CONTEXT = "session.id_token"
_TOUCH_AT_MOST_EVERY = timedelta(seconds=30)

EndListener = Callable[[list[str]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that holds at this instant. Instants are UTC; `idle_until` moves with the person's acts."""

    id: str
    actor_id: str
    acr: str
    expires_at: datetime
    last_seen_at: datetime
    idle_until: datetime


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Whole `seconds` until the session is over if nothing is done; 0 when it is.

    `over_at` (UTC) is when it is over whatever is done; None while an act of the person's would prolong it.
    """

    seconds: int
    over_at: datetime | None


@dataclass(frozen=True)
class EndedSession:
    """What signing out at the provider needs of a session that was ended here."""

    id: str
    issuer: str
    id_token: str | None


class _Rules:
    idle = timedelta(minutes=30)
    absolute = timedelta(minutes=120)
    listeners: tuple[EndListener, ...] = ()


def configure(idle: timedelta, absolute: timedelta) -> None:
    """How long a session lasts without an act of the person's, and in all."""
    _Rules.idle, _Rules.absolute = idle, absolute


def on_end(listener: EndListener) -> None:
    """Call `listener` with the ids of sessions that were ended, after the commit."""
    _Rules.listeners = (*_Rules.listeners, listener)


def forget_listeners() -> None:
    """Stop telling anyone; the end of `on_end`, for whoever closes the app."""
    _Rules.listeners = ()


async def open_session(person_id: str, identity: Identity) -> str:
    """Sign `person_id` in; returns the secret for the cookie, 256 random bits that are stored nowhere."""
    secret = secrets.token_urlsafe(32)
    now = clock.now()
    async with unit_of_work() as session:
        session.add(
            Session(
                secret_hash=digest(secret),
                actor_id=person_id,
                issuer=identity.issuer,
                provider_sid=identity.provider_sid,
                acr=identity.acr,
                auth_time=identity.auth_time,
                id_token_cipher=vault().encrypt(identity.id_token, _CONTEXT),
                created_at=now,
                last_seen_at=now,
                expires_at=now + _Rules.absolute,
            )
        )
        access_log.record_person(session, person_id, LogAction.SIGN_IN)
    return secret


async def find(secret: str) -> LiveSession | None:
    """The session the cookie's `secret` opens; None when unknown, ended, idle too long or over."""
    return await _live(col(Session.secret_hash) == digest(secret)) if secret else None


async def _live(which: ColumnElement[bool]) -> LiveSession | None:
    async with unit_of_work(reading=True) as session:
        row = (await session.exec(select(Session).where(which))).one_or_none()
    if row is None or row.ended_at is not None:
        return None
    idle_until = min(row.last_seen_at + _Rules.idle, row.expires_at)
    if clock.now() >= idle_until:
        return None
    return LiveSession(row.id, row.actor_id, row.acr, row.expires_at, row.last_seen_at, idle_until)


async def time_left(session_id: str) -> TimeLeft:
    """How long the session lasts from now, and whether an act would prolong it."""
    live = await _live(col(Session.id) == session_id)
    if live is None:
        return TimeLeft(0, None)
    is_last = live.idle_until == live.expires_at
    return TimeLeft(_seconds_until(live.idle_until), live.expires_at if is_last else None)


async def touch(session_id: str) -> int | None:
    """Note an act of the person's; returns the whole seconds left. None: over, and not brought back."""
    live = await _live(col(Session.id) == session_id)
    if live is None:
        return None
    now = clock.now()
    if now - live.last_seen_at < _TOUCH_AT_MOST_EVERY:
        return _seconds_until(live.idle_until)
    async with unit_of_work() as session:
        await session.exec(
            update(Session)
            .where(
                col(Session.id) == session_id,
                col(Session.ended_at).is_(None),
                col(Session.last_seen_at) < now,
            )
            .values(last_seen_at=now)
        )
    return _seconds_until(min(now + _Rules.idle, live.expires_at))


def _seconds_until(instant: datetime) -> int:
    return max(0, int((instant - clock.now()).total_seconds()))


async def end(session_id: str) -> EndedSession | None:
    """Sign out; None when that was done already."""
    ended = await _end(col(Session.id) == session_id)
    return ended[0] if ended else None


async def end_for_browser(secret: str) -> EndedSession | None:
    """Sign out the browser whose cookie holds `secret`; None when it was not signed in."""
    ended = await _end(col(Session.secret_hash) == digest(secret)) if secret else []
    return ended[0] if ended else None


async def end_all(session: AsyncSession, actor_id: str) -> None:
    """Sign a person out everywhere; it is so, and open tabs are told, when the caller's unit is committed."""
    await _end_within(session, col(Session.actor_id) == actor_id)


async def end_by_provider_sid(issuer: str, sid: str) -> int:
    """End what was opened in the provider's session `sid`, as it asks by front-channel; returns how many."""
    return len(await _end(col(Session.issuer) == issuer, col(Session.provider_sid) == sid)) if sid else 0


async def end_timed_out() -> int:
    """Close what has been idle too long or is over, so that open tabs are told; returns how many."""
    now = clock.now()
    return len(
        await _end(
            or_(col(Session.expires_at) <= now, col(Session.last_seen_at) <= now - _Rules.idle),
            by_person=False,
        )
    )


async def _end(*which: ColumnElement[bool], by_person: bool = True) -> list[EndedSession]:
    async with unit_of_work() as session:
        return await _end_within(session, *which, by_person=by_person)


async def _end_within(
    session: AsyncSession, *which: ColumnElement[bool], by_person: bool = True
) -> list[EndedSession]:
    found = select(Session).where(*which, col(Session.ended_at).is_(None)).with_for_update()
    rows = list(await session.exec(found))
    for row in rows:
        row.ended_at = clock.now()
        if by_person:
            access_log.record_person(session, row.actor_id, LogAction.SIGN_OUT)
    ended = [EndedSession(row.id, row.issuer, _id_token(row)) for row in rows]
    for row in rows:
        row.id_token_cipher = None

    async def tell() -> None:
        for listener in _Rules.listeners:
            await listener([one.id for one in ended])

    if ended:
        tell_after_commit(session, tell)
    return ended


def _id_token(row: Session) -> str | None:
    try:
        return vault().decrypt(row.id_token_cipher, _CONTEXT) if row.id_token_cipher else None
    except UnreadableError:  # its key has been rotated out: signing out here must work all the same
        return None
