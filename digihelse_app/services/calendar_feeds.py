"""Private addresses that a calendar outside this house fetches one's visits from, until they are revoked.

Whoever has such an address reads by it without signing in. So it is 256 random bits of which only a hash is
kept, it tells no more than `visit_calendar` does, each reading is in the log, and each is authorised anew:
where the right has ended, there is nothing.
"""

import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.models.visit import CalendarFeed
from digihelse_app.outside import clock
from digihelse_app.services import access_log, representation, visit_calendar, visit_export, visit_list
from digihelse_app.services.logins import digest

MAX_FEEDS = 10
"""How many addresses one actor has at a time for one person."""
BACK, AHEAD = timedelta(days=30), timedelta(days=180)
MAX_VISITS = 1_000
"""More than anyone has in that time; of more, the first are given."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class CreatedFeed:
    """A new address, or why not: text keys by field. `secret` is told here and never again."""

    errors: dict[str, str] = field(default_factory=dict)
    feed_id: str = ""
    secret: str = field(default="", repr=False)


async def create(acting: ActingContext, language: str) -> CreatedFeed:
    """Make an address for the represented person's visits, as the actor sees them; in `language`."""
    acting.require(Permission.SEE_VISITS)
    secret = secrets.token_urlsafe(32)
    async with unit_of_work() as session:
        # One at a time for each actor: two at once would both find room.
        actor = select(Person.id).where(Person.id == acting.actor_id)
        await session.exec(actor.with_for_update(key_share=True))
        if len((await session.exec(_living(acting))).all()) >= MAX_FEEDS:
            return CreatedFeed({"feed": "calendar.error.too_many"})
        feed = CalendarFeed(
            secret_hash=digest(secret),
            actor_id=acting.actor_id,
            person_id=acting.represented_id,
            key=await _key(session, acting),
            language=language,
            created_at=clock.now(),
        )
        session.add(feed)
        access_log.record(session, acting, LogAction.FEED_CREATE, "CalendarFeed", feed.id)
    return CreatedFeed(feed_id=feed.id, secret=secret)


async def list_feeds(acting: ActingContext) -> list[CalendarFeed]:
    """The actor's own addresses for the represented person that are not revoked, oldest first."""
    acting.require(Permission.SEE_VISITS)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.FEEDS_READ, "CalendarFeed")
        query = _living(acting).order_by(col(CalendarFeed.created_at), col(CalendarFeed.id))
        return list(await session.exec(query))


async def revoke(acting: ActingContext, feed_id: str) -> None:
    """Nothing is read by this address any more; once revoked it stays so. Raises NotFoundError."""
    acting.require(Permission.SEE_VISITS)
    if not feed_id.isprintable():  # what no database would take
        raise NotFoundError
    async with unit_of_work() as session:
        query = _living(acting).where(CalendarFeed.id == feed_id).with_for_update()
        feed = (await session.exec(query)).one_or_none()
        if feed is None:
            raise NotFoundError
        feed.revoked_at = clock.now()
        session.add(feed)
        access_log.record(session, acting, LogAction.FEED_REVOKE, "CalendarFeed", feed.id)


async def read(secret: str) -> str:
    """The visits behind an address, from a month ago to half a year ahead, as a text/calendar document.

    Raises NotFoundError for an unknown or revoked address, and NotFoundError or AccessDeniedError when its
    maker may not see these visits any more: whoever answers treats them alike.
    """
    feed = await _feed_of(secret)
    acting = await representation.acting_context(feed.actor_id, feed.key)
    acting.require(Permission.SEE_VISITS)
    if acting.represented_id != feed.person_id:
        raise NotFoundError
    today = clock.today()
    async with unit_of_work() as session:
        # Locked and looked at again: it may have been revoked since.
        row = await session.get_one(CalendarFeed, feed.id, with_for_update=True)
        if row.revoked_at is not None:
            raise NotFoundError
        row.read_at = clock.now()
        session.add(row)
        access_log.record(session, acting, LogAction.FEED_READ, "CalendarFeed", row.id)
        shown = visit_list.between(acting, today - BACK, today + AHEAD).limit(MAX_VISITS)
        visits = [visit for visit, _ in await session.exec(shown)]
        return visit_calendar.document(await visit_export.entries(session, visits), row.language)


async def _feed_of(secret: str) -> CalendarFeed:
    """Found by the hash of the whole secret: the time it takes tells nothing of how near a guess is."""
    if not _SECRET.fullmatch(secret):
        raise NotFoundError
    async with unit_of_work(reading=True) as session:
        query = select(CalendarFeed).where(CalendarFeed.secret_hash == digest(secret))
        feed = (await session.exec(query)).one_or_none()
    if feed is None or feed.revoked_at is not None:
        raise NotFoundError
    return feed


def _living(acting: ActingContext) -> SelectOfScalar[CalendarFeed]:
    return select(CalendarFeed).where(
        CalendarFeed.actor_id == acting.actor_id,
        CalendarFeed.person_id == acting.represented_id,
        col(CalendarFeed.revoked_at).is_(None),
    )


async def _key(session: AsyncSession, acting: ActingContext) -> str:
    """The key of the representation that the actor acts by, empty for oneself."""
    if acting.representation_id is None:
        return ""
    return (await session.get_one(Representation, acting.representation_id)).key
