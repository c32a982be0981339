"""Notes that the circle of a conversation shares. No service and no record system ever gets them.

So nothing goes into the outbox, nothing is searched, and they are in no print and no file of a conversation.
"""

import re
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.circle import CircleNote
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import access_log
from digihelse_app.services.inbox import thread_of

LIMIT = 1000
"""Characters in a note."""
SHOWN = 50
"""As many as are shown, the newest."""
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a note: empty when it was kept, or text keys of what to mend, by field name."""

    errors: dict[str, str] = field(default_factory=dict)


async def write(acting: ActingContext, thread_id: str, body: str, key: str) -> Written:
    """Share a note with all who may read the conversation; the same key by the same author is the same note.

    Raises NotFoundError for a conversation the actor may not read.
    """
    acting.require(Permission.READ_MESSAGES)
    if errors := _check(body, key):
        return Written(errors)
    try:
        await _write(acting, thread_id, body.strip(), key)
    except IntegrityError:
        # It arrived twice at the same time, and the other one was first.
        await _write(acting, thread_id, body.strip(), key)
    return Written()


def _check(body: str, key: str) -> dict[str, str]:
    if not body.strip():
        return {"note": "circle.error.no_note"}
    if len(body.strip()) > LIMIT:
        return {"note": "circle.error.long_note"}
    return {} if _KEY.fullmatch(key) else {"note": "circle.error.no_key"}


async def _write(acting: ActingContext, thread_id: str, body: str, key: str) -> None:
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id)
        before = select(CircleNote.id).where(
            CircleNote.author_id == acting.actor_id, CircleNote.idempotency_key == key
        )
        if (await session.exec(before)).first() is not None:
            return
        author = await session.get_one(Person, acting.actor_id)
        note = CircleNote(
            thread_id=thread.id,
            person_id=thread.person_id,
            author_id=author.id,
            author_name=author.name,
            representation_id=acting.representation_id,
            body=body,
            idempotency_key=key,
            written_at=clock.now(),
        )
        session.add(note)
        await session.flush()
        access_log.record(session, acting, LogAction.NOTE_WRITE, "Thread", thread.id)
        mark_changed(session, acting.represented_id)


async def list_notes(acting: ActingContext, thread_id: str) -> list[CircleNote]:
    """The newest notes on a conversation, oldest of them first; from when on the actor may see things.

    Raises NotFoundError for a conversation the actor may not read.
    """
    acting.require(Permission.READ_MESSAGES)
    # Most conversations have none: then there is nothing to log, and nothing to wait for.
    async with unit_of_work(reading=True) as session:
        if not await _notes(session, acting, thread_id):
            return []
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.NOTES_READ, "Thread", thread_id)
        return await _notes(session, acting, thread_id)


async def _notes(session: AsyncSession, acting: ActingContext, thread_id: str) -> list[CircleNote]:
    thread = await thread_of(session, acting, thread_id)
    query = select(CircleNote).where(CircleNote.thread_id == thread.id)
    if acting.reach.since is not None:
        query = query.where(CircleNote.written_at >= acting.reach.since)
    newest_first = query.order_by(col(CircleNote.written_at).desc(), col(CircleNote.id).desc())
    return list(await session.exec(newest_first.limit(SHOWN)))[::-1]
