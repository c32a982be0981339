"""The parts of «everything about me» that are about care: conversations, drafts, notes and visits."""

from collections.abc import AsyncIterator

from sqlmodel import col, select

from digihelse_app.access.context import ActingContext
from digihelse_app.models.attachment import Attachment
from digihelse_app.models.circle import CircleNote
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.draft import Draft
from digihelse_app.models.organisation import CareService
from digihelse_app.models.visit import Cancellation, Visit, VisitChange
from digihelse_app.services import attachments, visible
from digihelse_app.services.attachment_check import safe_name
from digihelse_app.services.export_items import File, Item, plain, when
from digihelse_app.text.catalogue import lookup

BATCH = 50
"""Conversations or visits that are in memory at a time."""


async def conversations(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    """Conversations whole, with their files; what is kept from her is kept from it."""
    after = ""
    while True:
        async with unit_of_work(reading=True) as session:
            query = select(Thread).where(Thread.person_id == acting.represented_id, *visible.threads(acting))
            query = query.where(col(Thread.id) > after).order_by(col(Thread.id)).limit(BATCH)
            threads = (await session.exec(query)).all()
        for thread in threads:
            yield await _conversation(thread, language)
        if len(threads) < BATCH:
            return
        after = threads[-1].id


async def _conversation(thread: Thread, language: str) -> Item:
    async with unit_of_work(reading=True) as session:
        service = await session.get_one(CareService, thread.service_id)
        query = select(Message).where(Message.thread_id == thread.id)
        messages = (await session.exec(query.order_by(col(Message.sent_at), col(Message.id)))).all()
        found = await attachments.of_messages(session, [message.id for message in messages])
    files = {id: [_file(one) for one in of_message] for id, of_message in found.items()}
    columns = (
        "sender",
        "author_name",
        "author_role",
        "body",
        "sent_at",
        "delivered_at",
        "opened_at",
        "answered_at",
    )
    record = {
        **plain(thread, "id", "subject", "category_name", "created_at", "closed_at", "hidden_at"),
        "service": service.name,
        "messages": [
            {**plain(one, *columns), "files": [file.path for file in files.get(one.id, [])]}
            for one in messages
        ],
    }
    lines = [line for one in messages for line in _message(one, files.get(one.id, []), language)]
    return Item(
        record, f"{thread.subject} ({service.name})", lines, [file for of in files.values() for file in of]
    )


def _message(message: Message, files: list[File], language: str) -> list[str]:
    return [
        f"{message.author_name}, {when(language, message.sent_at)}:",
        message.body,
        *(file.path for file in files),
    ]


def _file(attachment: Attachment) -> File:
    """In a folder of its own, so that two of one name stay two."""
    name = safe_name(attachment.file_name, attachment.content_type)
    return File(attachment.id, f"files/{attachment.id}/{name}", attachment.size)


async def visits(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    """Visits with what changed and what was asked of them."""
    after = ""
    while True:
        async with unit_of_work(reading=True) as session:
            query = (
                select(Visit, CareService)
                .join(CareService, col(CareService.id) == col(Visit.service_id))
                .where(
                    Visit.person_id == acting.represented_id, *visible.visits(acting), col(Visit.id) > after
                )
            )
            rows = (await session.exec(query.order_by(col(Visit.id)).limit(BATCH))).all()
            ids = [visit.id for visit, _ in rows]
            changes = (
                await session.exec(select(VisitChange).where(col(VisitChange.visit_id).in_(ids)))
            ).all()
            asked = (
                await session.exec(select(Cancellation).where(col(Cancellation.visit_id).in_(ids)))
            ).all()
        for visit, service in rows:
            own = [one for one in asked if one.visit_id == visit.id]
            yield _visit(visit, service, [one for one in changes if one.visit_id == visit.id], own, language)
        if len(rows) < BATCH:
            return
        after = ids[-1]


def _visit(
    visit: Visit, service: CareService, changes: list[VisitChange], asked: list[Cancellation], language: str
) -> Item:
    columns = ["status", "starts_at", "ends_at", "is_window", "title", "instruction", "who_role", "done_at"]
    columns += ["who_name"] if service.shares_names else []
    record = {
        **plain(visit, *columns, "cancel_reason", "hidden_at"),
        "service": service.name,
        "changes": [plain(one, "kind", "at", "starts_at", "ends_at") for one in changes],
        "cancellations": [
            plain(
                one,
                "actor_name",
                "role",
                "reason",
                "comment",
                "status",
                "requested_at",
                "answered_at",
                "answer",
            )
            for one in asked
        ],
    }
    lines = [visit.title, *(lookup(language, "export.cancellation", name=one.actor_name) for one in asked)]
    return Item(record, f"{when(language, visit.starts_at)} ({service.name})", lines)


async def notes(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    """The notes of the person's own circle; of others' circles none, also not what she wrote there."""
    async with unit_of_work(reading=True) as session:
        query = select(CircleNote).where(CircleNote.person_id == acting.represented_id)
        rows = (await session.exec(query.order_by(col(CircleNote.written_at)))).all()
        threads = await session.exec(select(Thread).where(Thread.person_id == acting.represented_id))
        seen = {one.id for one in threads if visible.sees_thread(acting, one)}
    for row in rows:
        if row.thread_id in seen:
            record = plain(row, "thread_id", "author_name", "body", "written_at")
            yield Item(record, f"{row.author_name}, {when(language, row.written_at)}", [row.body])


async def drafts(acting: ActingContext, language: str) -> AsyncIterator[Item]:
    """What she began to write for herself; what others began for her is theirs."""
    me = acting.represented_id
    async with unit_of_work(reading=True) as session:
        rows = (await session.exec(select(Draft).where(Draft.person_id == me, Draft.actor_id == me))).all()
    for row in rows:
        yield Item(
            plain(row, "subject", "body", "updated_at"),
            when(language, row.updated_at),
            [row.subject, row.body],
        )
