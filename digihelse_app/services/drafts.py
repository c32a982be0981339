"""Drafts keep themselves: per actor, represented person and place, until the send is received.

A draft is health text, so it is in the access log, in the transaction of the act: one row when it is begun,
when it is taken up again (its words or files are given to a page), and when it is thrown away. The words that
follow a beginning are the same act and add no row; that a draft was sent is told by the row of the send.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import or_
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.attachment import Attachment
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.draft import Draft
from digihelse_app.models.vault import vault
from digihelse_app.outside import clock
from digihelse_app.services import access_log, attachments, send_keys, visible
from digihelse_app.services.inbox import thread_of

NEW = "new"
"""The place of a draft that begins a conversation; otherwise the place is the conversation's id."""
BEING_WRITTEN = timedelta(minutes=10)
"""How long after its last word a draft is one that somebody is writing."""
_LIMITS = {"recipient": 36, "category": 64, "subject": 200, "body": 20_000, "idempotency_key": 64}


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What has been written so far, however little; longer than anyone may send is cut."""

    body: str = ""
    subject: str = ""
    recipient: str = ""
    category: str = ""
    idempotency_key: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is worth keeping."""
        return not (self.body.strip() or self.subject.strip())


@dataclass(frozen=True, slots=True)
class TakenUp:
    """What was begun at a place: the draft, if words were written, and the files that were added."""

    draft: Draft | None
    files: list[Attachment]


async def save(acting: ActingContext, place: str, content: DraftContent) -> bool:
    """Keep `content` as the draft of `place`, in stead of the one before; an empty one forgets it.

    Returns False when these words were sent: they are no draft any more, and none is kept.
    Raises NotFoundError for a conversation the represented person does not have.
    """
    acting.require(Permission.WRITE_MESSAGES)
    try:
        return await _save(acting, place, content)
    except (IntegrityError, StaleDataError):
        # Its first words came twice at the same time (a pause in typing, a tab being closed), or the send
        # that ends it was received between the look and the writing.
        return await _save(acting, place, content)


async def _save(acting: ActingContext, place: str, content: DraftContent) -> bool:
    async with unit_of_work() as session:
        if place != NEW:
            await thread_of(session, acting, place)
        row = await session.get(Draft, (acting.actor_id, acting.represented_id, place))
        is_sent = await _was_sent(session, acting, content.idempotency_key)
        if content.is_empty or is_sent:
            if row is not None and not is_sent:
                access_log.record(session, acting, LogAction.DRAFT_FORGET, "Draft", place)
                mark_changed(session, acting.represented_id)
            if is_sent:
                await forget_sent(session, acting, place, content)
            else:
                await _forget(session, acting, place)
            return not is_sent
        if place != NEW and (row is None or row.updated_at <= clock.now() - BEING_WRITTEN):
            # The others learn that someone answers; not at each word of it.
            mark_changed(session, acting.represented_id)
        row = row or _begin(session, acting, place)
        for name, limit in _LIMITS.items():
            setattr(row, name, getattr(content, name)[:limit])
        row.updated_at = clock.now()
        session.add(row)
        return True


def _begin(session: AsyncSession, acting: ActingContext, place: str) -> Draft:
    access_log.record(session, acting, LogAction.DRAFT_BEGIN, "Draft", place)
    return Draft(
        actor_id=acting.actor_id,
        person_id=acting.represented_id,
        place=place,
        idempotency_key="",
        updated_at=clock.now(),
    )


async def _was_sent(session: AsyncSession, acting: ActingContext, key: str) -> bool:
    """Whether the send of this key came first: the last words typed may arrive after it."""
    return await send_keys.sent_under(session, acting, key) is not None


async def take_up(acting: ActingContext, place: str) -> TakenUp:
    """What the actor had begun at `place` for the represented person; nothing for a place that is not theirs.

    A save that looked before the send and wrote after it leaves a row that is no draft any more.
    """
    acting.require(Permission.WRITE_MESSAGES)
    async with unit_of_work() as session:
        if place != NEW and not await _has(session, acting, place):
            return TakenUp(None, [])
        draft = await session.get(Draft, (acting.actor_id, acting.represented_id, place))
        if draft is not None and await _was_sent(session, acting, draft.idempotency_key):
            draft = None
        files = await attachments.of_draft(session, acting, place)
        if draft is not None or files:
            access_log.record(session, acting, LogAction.DRAFT_READ, "Draft", place)
    return TakenUp(draft, files)


async def _has(session: AsyncSession, acting: ActingContext, thread_id: str) -> bool:
    try:
        await thread_of(session, acting, thread_id)
    except NotFoundError:
        return False
    return True


async def places(acting: ActingContext) -> frozenset[str]:
    """Where the actor has begun to write for the represented person, and may still go on.

    No word of it, and so no log row.
    """
    acting.require(Permission.WRITE_MESSAGES)
    async with unit_of_work(reading=True) as session:
        sent = select(Message.id).where(
            Message.author_id == Draft.actor_id, Message.idempotency_key == Draft.idempotency_key
        )
        seen = select(Thread.id).where(Thread.id == Draft.place, *visible.threads(acting))
        query = select(Draft.place).where(
            Draft.actor_id == acting.actor_id,
            Draft.person_id == acting.represented_id,
            ~sent.exists(),
            or_(col(Draft.place) == NEW, seen.exists()),
        )
        return frozenset(await session.exec(query))


async def forget_sent(session: AsyncSession, acting: ActingContext, place: str, sent: DraftContent) -> None:
    """Drop the draft of `place` if it is what was sent, in the transaction of the send.

    By its key; or since all its words are in what was sent, as when the send was refused at first, mended,
    and received before the mended words were kept. Another message that was begun there since stays.
    """
    found = await session.get(Draft, (acting.actor_id, acting.represented_id, place))
    if found is not None and (found.idempotency_key == sent.idempotency_key or _holds(sent, found)):
        await _forget(session, acting, place, found.idempotency_key)


def _holds(sent: DraftContent, draft: Draft) -> bool:
    return all(
        whole.strip().startswith(part.strip())
        for whole, part in ((sent.subject, draft.subject), (sent.body, draft.body))
    )


async def _forget(session: AsyncSession, acting: ActingContext, place: str, key: str | None = None) -> None:
    query = delete(Draft).where(
        col(Draft.actor_id) == acting.actor_id,
        col(Draft.person_id) == acting.represented_id,
        col(Draft.place) == place,
    )
    await session.exec(query if key is None else query.where(col(Draft.idempotency_key) == key))


def owner(acting: ActingContext) -> str:
    """Whose drafts a page keeps: the same for the actor each time, says nothing of who that is.

    Pages carry it, so that one person's words never end with whoever signed in after her in the same browser.
    """
    return hashlib.sha256(_device_key(acting)).hexdigest()[:12]


def device_key(acting: ActingContext) -> bytes:
    """The 32-byte key the actor's browsers encrypt what they keep of drafts with, while a line is down.

    The same on every sign-in and derived, never stored: without the session, what lies in a browser is noise.
    """
    acting.require(Permission.WRITE_MESSAGES)
    return _device_key(acting)


def _device_key(acting: ActingContext) -> bytes:
    return bytes.fromhex(vault().index(f"draft key of {acting.actor_id}"))
