"""Writing to a service: a new conversation or a reply, once and only once.

A send is one transaction: message, access-log row and outbox row. The browser names each send with an
idempotency key; the same words with the same key are the same message, however often they arrive.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction, OutboxKind, SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import (
    access_log,
    attachments,
    care,
    circle_taking,
    delivery,
    drafts,
    mailboxes,
    reply_promise,
    search_index,
    send_keys,
    visible,
)
from digihelse_app.services.draft_to_send import Draft
from digihelse_app.services.drafts import DraftContent
from digihelse_app.services.inbox import thread_of

SUBJECT_LIMIT = 100
BODY_LIMIT = 4000
PREVIEW_LIMIT = 160
_KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a send: the conversation it is in, or text keys of what to mend, by field name."""

    thread_id: str = ""
    errors: dict[str, str] = field(default_factory=dict)


async def send_new(acting: ActingContext, draft: Draft) -> Sent:
    """Start a conversation with a service the represented person receives and that is open today."""
    acting.require(Permission.WRITE_MESSAGES)
    errors = _check_subject(draft) | _check_body(draft)
    if not draft.recipient:
        errors = {"recipient": "compose.error.no_recipient"} | errors
    if errors:
        return Sent(errors=errors)
    return await _once(acting, draft, None)


async def reply(acting: ActingContext, thread_id: str, draft: Draft) -> Sent:
    """Answer in a conversation of the represented person's; raises NotFoundError for any other."""
    acting.require(Permission.WRITE_MESSAGES)
    if errors := _check_body(draft):
        return Sent(errors=errors)
    return await _once(acting, draft, thread_id)


async def send_again(acting: ActingContext, message_id: str) -> str:
    """Have a message that did not arrive handed over anew: the same message, with the same key.

    Gives its conversation's id. One that is on its way or has arrived is left as it is; NotFoundError when
    the represented person has written no such message.
    """
    acting.require(Permission.WRITE_MESSAGES)
    async with unit_of_work() as session:
        message = await session.get(Message, message_id)
        if (
            message is None
            or message.person_id != acting.represented_id
            or message.sender is not SenderKind.CITIZEN
        ):
            raise NotFoundError
        thread = await thread_of(session, acting, message.thread_id)
        if not (visible.sees_message(acting, message) and _may_write(acting, thread)):
            raise NotFoundError
        if await delivery.revive_all(session, OutboxKind.MESSAGE, message.id):
            access_log.record(session, acting, LogAction.MESSAGE_SEND_AGAIN, "Message", message.id)
        return message.thread_id


def _may_write(acting: ActingContext, thread: Thread) -> bool:
    return acting.allows(Permission.WRITE_MESSAGES, thread.service_id)


def _check_subject(draft: Draft) -> dict[str, str]:
    if not draft.subject.strip():
        return {"subject": "compose.error.no_subject"}
    if len(draft.subject.strip()) > SUBJECT_LIMIT:
        return {"subject": "compose.error.long_subject"}
    return {}


def _check_body(draft: Draft) -> dict[str, str]:
    if not draft.body.strip():
        return {"body": "compose.error.no_body"}
    if len(draft.body.strip()) > BODY_LIMIT:
        return {"body": "compose.error.long_body"}
    if not _KEY.fullmatch(draft.idempotency_key):
        return {"body": "compose.error.no_key"}
    return {}


async def _once(acting: ActingContext, draft: Draft, thread_id: str | None) -> Sent:
    keys = send_keys.keys_of(acting, draft, thread_id)
    for _key in keys:
        # Each of its keys may arrive twice at the same time, and the other send be first.
        with suppress(IntegrityError):
            return await _unless_sent(acting, draft, thread_id, keys)
    return await _unless_sent(acting, draft, thread_id, keys)


async def _unless_sent(
    acting: ActingContext, draft: Draft, thread_id: str | None, keys: tuple[str, ...]
) -> Sent:
    async with unit_of_work() as session:
        for key in keys:
            already = await send_keys.sent_under(session, acting, key)
            if already is None:
                sent = await _send(session, acting, replace(draft, idempotency_key=key), thread_id)
                if not sent.errors:
                    await _forget_draft(session, acting, draft, thread_id)
                return sent
            if await send_keys.is_same(session, acting, already, draft, thread_id):
                return Sent(already.thread_id)
        raise NotFoundError


async def _forget_draft(
    session: AsyncSession, acting: ActingContext, draft: Draft, thread_id: str | None
) -> None:
    words = DraftContent(draft.body, draft.subject, idempotency_key=draft.idempotency_key)
    await drafts.forget_sent(session, acting, thread_id or drafts.NEW, words)


async def _send(session: AsyncSession, acting: ActingContext, draft: Draft, thread_id: str | None) -> Sent:
    thread = await thread_of(session, acting, thread_id, locked=True) if thread_id is not None else None
    service = await session.get(CareService, thread.service_id if thread else draft.recipient)
    if service is None or (thread is None and not await _may_write_to(session, acting, service)):
        return Sent(errors={"recipient": "compose.error.closed_recipient"})
    if thread is not None and not await _open_for_reply(session, acting, thread, service):
        return Sent(errors={"body": "compose.error.closed_thread"})
    files, errors = await attachments.ready_to_send(session, acting, draft.attachments)
    if errors:
        return Sent(errors=errors)
    if thread is None:
        category = _category(service, draft.category)
        if category is None:
            return Sent(errors={"category": "compose.error.unknown_category"})
        thread = await _begin(session, acting, service, draft, category)
    else:
        # An answer may be coming in: the two are taken one at a time.
        await session.refresh(thread, with_for_update=True)
    message = await _message(session, acting, thread, draft)
    message.reply_due_on = reply_promise.due_on(
        message.sent_at, service.reply_working_days, service.opening_hours
    )
    thread.last_message_at = thread.last_from_citizen_at = message.sent_at
    thread.preview = message.body[:PREVIEW_LIMIT]
    session.add_all([thread, message])
    await session.flush()
    attachments.attach(session, message, files)
    await reply_promise.settle(session, thread)
    await mailboxes.follow(session, thread)
    await search_index.add(session, thread, message.body)
    await circle_taking.release(session, thread.id)
    delivery.enqueue(session, OutboxKind.MESSAGE, message.id, service.organisation_id)
    access_log.record(session, acting, LogAction.MESSAGE_SEND, "Message", message.id)
    mark_changed(session, acting.represented_id)
    return Sent(thread.id)


def _category(service: CareService, code: str) -> tuple[str, str] | None:
    """The category's code and name, both empty when none was chosen; None for one the service has not."""
    if not code:
        return "", ""
    names = {category["code"]: category["name"] for category in service.categories}
    return (code, names[code]) if code in names else None


async def _begin(
    session: AsyncSession,
    acting: ActingContext,
    service: CareService,
    draft: Draft,
    category: tuple[str, str],
) -> Thread:
    now = clock.now()
    thread = Thread(
        person_id=acting.represented_id,
        service_id=service.id,
        subject=draft.subject.strip(),
        category=category[0],
        category_name=category[1],
        created_at=now,
        last_message_at=now,
    )
    session.add(thread)
    await session.flush()
    return thread


async def _open_for_reply(
    session: AsyncSession, acting: ActingContext, thread: Thread, service: CareService
) -> bool:
    return thread.closed_at is None and await _may_write_to(session, acting, service)


async def _may_write_to(session: AsyncSession, acting: ActingContext, service: CareService) -> bool:
    return acting.allows(Permission.WRITE_MESSAGES, service.id) and await care.may_write_to(
        session, acting.represented_id, service
    )


async def _message(session: AsyncSession, acting: ActingContext, thread: Thread, draft: Draft) -> Message:
    author = await session.get(Person, acting.actor_id)
    if author is None:
        raise NotFoundError
    return Message(
        thread_id=thread.id,
        person_id=acting.represented_id,
        sender=SenderKind.CITIZEN,
        author_id=author.id,
        author_role=acting.role,
        representation_id=acting.representation_id,
        author_name=author.name,
        body=draft.body.strip(),
        idempotency_key=draft.idempotency_key,
        sent_at=mailboxes.next_instant(thread),
    )
