"""Devices one has signed in with: known by a cookie of their own, so that a new one can be told of."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction, NoticeKind
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.insight import KnownDevice
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import access_log, notices, sessions

LIFETIME = timedelta(days=365)
"""How long a device is remembered after it was last used to sign in."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""What a browser calls itself, and what people call it; those that say that they are another come first."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Device:
    """A device; times are UTC. `browser` and `system` are empty when it does not say. `here`: this one."""

    id: str
    browser: str
    system: str
    first_seen_at: datetime
    last_seen_at: datetime
    here: bool


def is_secret(value: str) -> bool:
    """Whether a cookie's value is one of ours: 256 bits, as `secrets.token_urlsafe(32)` writes them."""
    return _SECRET.fullmatch(value) is not None


def label(user_agent: str) -> str:
    """`Chrome/Android`: what the browser says of itself, no closer than people would say it."""
    return "/".join(
        next((name for sign, name in table if sign in user_agent), "") for table in (_BROWSERS, _SYSTEMS)
    )


def _hash(person_id: str, secret: str) -> str:
    # With the person in it, so that nobody can tell from the table who shares a machine.
    return hashlib.sha256(f"{person_id}:{secret}".encode()).hexdigest()


async def recognise(person_id: str, secret: str, user_agent: str) -> None:
    """Note that the person signed in with the device of `secret`; told by a notice if it is another one."""
    async with unit_of_work() as session:
        await session.get_one(Person, person_id, with_for_update={"key_share": True})
        now = clock.now()
        known = await session.get(KnownDevice, (person_id, _hash(person_id, secret)))
        if known is None:
            await _tell(session, person_id)
            known = KnownDevice(
                person_id=person_id,
                device_hash=_hash(person_id, secret),
                first_seen_at=now,
                last_seen_at=now,
            )
        known.label, known.last_seen_at = label(user_agent), now
        session.add(known)


async def _tell(session: AsyncSession, person_id: str) -> None:
    """Have her told, whatever notices she has chosen, unless it is the first device of all."""
    before = await session.exec(
        select(KnownDevice.device_hash).where(KnownDevice.person_id == person_id).limit(1)
    )
    if before.first() is None:
        return
    mark_changed(session, person_id)
    notices.add(session, NoticeKind.NEW_DEVICE, person_id, person_id, person_id, clock.now())


async def list_devices(acting: ActingContext, secret: str) -> list[Device]:
    """The devices one has signed in with, last used first; `secret` is what this browser holds."""
    acting.require(Permission.SEE_PROFILE)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.PROFILE_READ, "KnownDevice")
        query = select(KnownDevice).where(KnownDevice.person_id == acting.represented_id)
        rows = await session.exec(
            query.order_by(col(KnownDevice.last_seen_at).desc(), KnownDevice.device_hash)
        )
        here = _hash(acting.represented_id, secret)
        return [_device(row, here) for row in rows]


def _device(row: KnownDevice, here: str) -> Device:
    browser, _, system = row.label.partition("/")
    return Device(
        row.device_hash, browser, system, row.first_seen_at, row.last_seen_at, here=row.device_hash == here
    )


async def disown(acting: ActingContext, device_id: str) -> None:
    """It was not her: the device is known no longer, and she is signed out everywhere, also here.

    Raises NotFoundError when she has no such device.
    """
    acting.require(Permission.SEE_PROFILE)
    async with unit_of_work() as session:
        row = await session.get(KnownDevice, (acting.represented_id, device_id))
        if row is None:
            raise NotFoundError
        await session.delete(row)
        # In one: she could not say it again of a device that is gone, and the stranger would stay signed in.
        await sessions.end_all(session, acting.actor_id)


async def forget_old() -> int:
    """Drop devices not signed in with for a year; returns how many."""
    old = col(KnownDevice.last_seen_at) <= clock.now() - LIFETIME
    async with unit_of_work() as session:
        return (await session.exec(delete(KnownDevice).where(old))).rowcount
