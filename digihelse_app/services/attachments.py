"""Files that go with a citizen's message: taken in one by one, sent with it, read by those who may."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import ParamSpec, TypeVar

from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import access_log, attachment_check, attachment_images, visible
from digihelse_app.services.attachment_check import CheckedFile
from digihelse_app.services.attachment_images import Picture
from digihelse_app.services.attachment_refusal import FileRefusedError

MAX_PER_MESSAGE = 5
MAX_UNSENT = 20
"""How many files one actor may have lying about, over all the people she acts for."""
UNSENT_FOR = timedelta(hours=24)

_FIELD = "attachments"
_PICTURES = frozenset(kind.value for kind in Picture)
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
# Two at a time: a picture being decoded takes a processor and a few hundred megabytes.
_checkers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="attachment")


@dataclass(frozen=True, slots=True, repr=False)
class Upload:
    """What a browser sent: what it calls the file, and the bytes. Neither is to be trusted."""

    name: str
    content: bytes


async def store(acting: ActingContext, upload: Upload, place: str) -> Attachment:
    """Check, clean and keep a file that is not sent yet; raises FileRefusedError with a text key.

    `place` (as `Draft.place`) is what the file is offered again with. It is compared and never looked up,
    always together with the uploader and the represented person: one that does not exist reaches nothing.
    """
    acting.require(Permission.WRITE_MESSAGES)
    file = await in_thread(attachment_check.checked, upload.name, upload.content)
    async with unit_of_work() as session:
        # One at a time for each actor, so that the count holds.
        await session.get(Person, acting.actor_id, with_for_update=True)
        if await _unsent(session, acting.actor_id) >= MAX_UNSENT:
            raise FileRefusedError("attachment.error.too_many_waiting")
        attachment = described(acting.represented_id, file)
        attachment.uploader_id = acting.actor_id
        attachment.draft_place = place
        await keep(session, attachment, file)
        access_log.record(session, acting, LogAction.ATTACHMENT_UPLOAD, "Attachment", attachment.id)
    return attachment


async def in_thread(work: Callable[_Given, _Made], *arguments: _Given.args, **named: _Given.kwargs) -> _Made:
    """`work` beside the event loop, for what takes the processor longer than anyone else should wait."""
    return await asyncio.get_running_loop().run_in_executor(_checkers, lambda: work(*arguments, **named))


def described(person_id: str, file: CheckedFile) -> Attachment:
    """The row for a file of the person's; whose it is else is for the caller to say."""
    return Attachment(
        person_id=person_id,
        file_name=file.file_name,
        content_type=file.content_type,
        size=len(file.content),
        digest=hashlib.sha256(file.content).hexdigest(),
        created_at=clock.now(),
    )


async def keep(session: AsyncSession, attachment: Attachment, file: CheckedFile) -> None:
    """Store the row and the bytes."""
    session.add(attachment)
    await session.flush()
    session.add(AttachmentContent(attachment_id=attachment.id, content=file.content))
    await session.flush()


async def _unsent(session: AsyncSession, actor_id: str) -> int:
    query = select(func.count()).where(
        col(Attachment.uploader_id) == actor_id, col(Attachment.message_id).is_(None)
    )
    return (await session.exec(query)).one()


async def remove(acting: ActingContext, attachment_id: str) -> None:
    """Drop a file of one's own that is not sent; raises NotFoundError for any other."""
    acting.require(Permission.WRITE_MESSAGES)
    async with unit_of_work() as session:
        attachment = await session.get(Attachment, attachment_id, with_for_update=True)
        if attachment is None or not _is_own_unsent(attachment, acting):
            raise NotFoundError
        await drop(session, [attachment.id])
        access_log.record(session, acting, LogAction.ATTACHMENT_REMOVE, "Attachment", attachment.id)


async def read(
    acting: ActingContext, attachment_id: str, *, as_preview: bool = False
) -> tuple[Attachment, bytes]:
    """A file and its bytes, or a small JPEG of a picture.

    What is sent can be read by all who may read the represented person's messages, what is not by its
    uploader alone; raises NotFoundError for any other, and for a preview of what is no picture.
    """
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        attachment = await session.get(Attachment, attachment_id)
        if attachment is None or not await _may_be_read(session, attachment, acting):
            raise NotFoundError
        if as_preview and attachment.content_type not in _PICTURES:
            raise NotFoundError
        content = await session.get_one(AttachmentContent, attachment.id)
        access_log.record(session, acting, LogAction.ATTACHMENT_READ, "Attachment", attachment.id)
    if not as_preview:
        return attachment, content.content
    kind = Picture(attachment.content_type)
    return attachment, await in_thread(attachment_images.preview, content.content, kind)


def _is_own_unsent(attachment: Attachment, acting: ActingContext) -> bool:
    return (
        attachment.person_id == acting.represented_id
        and attachment.uploader_id == acting.actor_id
        and attachment.message_id is None
    )


async def _may_be_read(session: AsyncSession, attachment: Attachment, acting: ActingContext) -> bool:
    if attachment.person_id != acting.represented_id:
        return False
    if attachment.message_id is None:
        return attachment.uploader_id == acting.actor_id
    message = await session.get_one(Message, attachment.message_id)
    thread = await session.get_one(Thread, message.thread_id)
    return visible.sees_thread(acting, thread) and visible.sees_message(acting, message)


async def of_draft(session: AsyncSession, acting: ActingContext, place: str) -> list[Attachment]:
    """What the actor added to the draft of `place` for the represented person, has not sent, and still may.

    The newest, as many as a message takes, in the order they were added.
    """
    query = (
        select(Attachment)
        .where(
            Attachment.person_id == acting.represented_id,
            Attachment.uploader_id == acting.actor_id,
            Attachment.draft_place == place,
            col(Attachment.message_id).is_(None),
            col(Attachment.created_at) >= clock.now() - UNSENT_FOR,
        )
        .order_by(col(Attachment.created_at).desc(), col(Attachment.id).desc())
        .limit(MAX_PER_MESSAGE)
    )
    return list(await session.exec(query))[::-1]


async def ready_to_send(
    session: AsyncSession, acting: ActingContext, ids: Sequence[str]
) -> tuple[list[Attachment], dict[str, str]]:
    """The actor's own unsent files `ids`, in that order, locked; or what to mend, by field name."""
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MAX_PER_MESSAGE:
        return [], {_FIELD: "attachment.error.five"}
    if not wanted:
        return [], {}
    rows = await session.exec(select(Attachment).where(col(Attachment.id).in_(wanted)).with_for_update())
    found = {row.id: row for row in rows if _is_own_unsent(row, acting)}
    if len(found) < len(wanted):
        return [], {_FIELD: "attachment.error.gone"}
    return [found[attachment_id] for attachment_id in wanted], {}


def attach(session: AsyncSession, message: Message, files: Sequence[Attachment]) -> None:
    """Let `files` go with `message`, in the transaction that sends it."""
    for position, file in enumerate(files):
        file.message_id, file.position = message.id, position
        session.add(file)


async def of_messages(session: AsyncSession, message_ids: Sequence[str]) -> dict[str, list[Attachment]]:
    """The files of each message that has any, in one query, without their bytes."""
    query = (
        select(Attachment)
        .where(col(Attachment.message_id).in_(message_ids))
        .order_by(col(Attachment.message_id), col(Attachment.position))
    )
    found: dict[str, list[Attachment]] = {}
    for file in await session.exec(query) if message_ids else ():
        found.setdefault(str(file.message_id), []).append(file)
    return found


async def content_of(session: AsyncSession, attachment_id: str) -> bytes:
    """The bytes of a file."""
    return (await session.get_one(AttachmentContent, attachment_id)).content


async def purge_unsent() -> int:
    """Drop what citizens took in and did not send within a day; how many."""
    async with unit_of_work() as session:
        # Locked first: what is being sent at this moment keeps its bytes.
        lying = await session.exec(
            select(Attachment.id)
            .where(
                col(Attachment.uploader_id).is_not(None),
                col(Attachment.message_id).is_(None),
                col(Attachment.created_at) < clock.now() - UNSENT_FOR,
            )
            .with_for_update(skip_locked=True)
        )
        ids = list(lying)
        await drop(session, ids)
    return len(ids)


async def drop(session: AsyncSession, ids: Sequence[str]) -> None:
    """Forget these files, bytes and all."""
    await session.exec(delete(AttachmentContent).where(col(AttachmentContent.attachment_id).in_(ids)))
    await session.exec(delete(Attachment).where(col(Attachment.id).in_(ids)))
