"""Which message a send is: by the key the browser gave it, and by what it says.

A key that comes again with the same words is the same send. The browser's drafts carry their key from tab to
tab and from device to device, so other words may come under a key that was used: they are another message.
"""

import json
from uuid import UUID, uuid5

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.services import attachments
from digihelse_app.services.draft_to_send import Draft

_OTHER_WORDS = UUID("5d1c4f52-6a0e-4b57-9a3d-0f5c2f1b7e64")


def keys_of(acting: ActingContext, draft: Draft, thread_id: str | None) -> tuple[str, str]:
    """The key of a send, and the one it has when that was used for other words.

    The second follows from all that is sent, so that this send too is made once.
    """
    said = [acting.represented_id, thread_id, draft.recipient, draft.subject.strip(), draft.body.strip()]
    named = json.dumps([draft.idempotency_key, *said, *draft.attachments])
    return draft.idempotency_key, str(uuid5(_OTHER_WORDS, named))


async def sent_under(session: AsyncSession, acting: ActingContext, key: str) -> Message | None:
    """What the actor has sent with `key`, for whomever."""
    query = select(Message).where(Message.author_id == acting.actor_id, Message.idempotency_key == key)
    return (await session.exec(query)).one_or_none()


async def is_same(
    session: AsyncSession, acting: ActingContext, message: Message, draft: Draft, thread_id: str | None
) -> bool:
    """Whether `draft` says what was sent as `message`, and nothing more; `thread_id` None begins a thread."""
    if (message.person_id, message.body) != (acting.represented_id, draft.body.strip()):
        return False
    thread = await session.get_one(Thread, message.thread_id)
    if thread_id is None and (thread.service_id, thread.subject) != (draft.recipient, draft.subject.strip()):
        return False
    if thread_id not in (None, thread.id):
        return False
    # A page that was drawn anew since may name fewer files, for what was sent is no draft's any more.
    files = (await attachments.of_messages(session, [message.id])).get(message.id, [])
    return {file.id for file in files}.issuperset(draft.attachments)
