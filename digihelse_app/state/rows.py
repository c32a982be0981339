"""What a page shows of the use cases' answers: plain rows of text, already in the reader's language."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from digihelse_app.models.codes import SenderKind, ServiceKind
from digihelse_app.models.conversation import Message
from digihelse_app.services import sender_words
from digihelse_app.services.circle_taking import Taken
from digihelse_app.services.inbox import OpenThread, Recipient, ThreadSummary
from digihelse_app.state.files import AttachmentRow
from digihelse_app.state.promises import promise_of
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup


@dataclass(frozen=True)
class ThreadRow:
    """A conversation in a list. `status` is one of `new`, `failed`, `waiting`, `answered`, `closed`.

    `taken` says who of the circle answers, `hidden` says that the reader keeps it from those who act for her.
    While it waits: `promise` is the last day for an answer and `promise_left` how long that is, or
    `promise_passed` says that it is over; empty when nothing is promised.
    """

    id: str
    service: str
    nursing_home: bool
    subject: str
    preview: str
    when: str
    status: str
    promise: str = ""
    promise_left: str = ""
    promise_passed: str = ""
    draft: bool = False
    archived: bool = False
    taken: str = ""
    taken_by_proxy: bool = False
    hidden: str = ""

    @classmethod
    def of(
        cls,
        summary: ThreadSummary,
        language: str,
        now: datetime,
        drafts: Collection[str] = (),
        taken: Taken | None = None,
        actor_id: str = "",
    ) -> "ThreadRow":
        """The row for one conversation at `now` (UTC), as `actor_id` reads it.

        `drafts` are where a reply was begun, `taken` who has said that she answers this one.
        """
        thread = summary.thread
        own = summary.awaits_reply
        status = _status(summary)
        promise = promise_of(thread.reply_due_on if status == "waiting" else None, language, now)
        return cls(
            id=thread.id,
            service=summary.service.name,
            nursing_home=summary.service.kind is ServiceKind.NURSING_HOME,
            subject=thread.subject,
            preview=_preview(summary, language) if own else thread.preview,
            when=dates.list_time(language, thread.last_message_at, now),
            status=status,
            promise=promise.day,
            promise_left=dates.capitalised(promise.left),
            promise_passed=_passed(promise.passed_day, summary.service.phone, language),
            draft=thread.id in drafts,
            archived=summary.archived,
            taken=taken_words(taken, actor_id, language),
            taken_by_proxy=taken is not None and taken.by_proxy,
            hidden=lookup(language, "circle.hidden_tag") if thread.hidden_at is not None else "",
        )


def _preview(summary: ThreadSummary, language: str) -> str:
    """What was written to the service, with by whom."""
    text = summary.thread.preview
    if summary.by_other:
        return lookup(language, "inbox.other", name=summary.by_other, text=text)
    return lookup(language, "inbox.you", text=text)


def taken_words(taken: Taken | None, actor_id: str, language: str) -> str:
    """`Ingrid svarer på denne`, empty when nobody has said so."""
    if taken is None:
        return ""
    if taken.person_id == actor_id:
        return lookup(language, "circle.taken_by_you")
    return lookup(language, "circle.taken", name=taken.given_name)


def _passed(day: str, phone: str, language: str) -> str:
    """That the promise is over, with the number: the row is one link, and cannot hold another."""
    if not day:
        return ""
    if not phone:
        return lookup(language, "promise.passed", day=day)
    return lookup(language, "promise.passed_call", day=day, phone=dates.kept_together(phone))


def _status(summary: ThreadSummary) -> str:
    if summary.unread:
        return "new"
    if summary.awaits_reply and summary.failed:
        return "failed"
    if summary.thread.closed_at is not None:
        return "closed"
    return "waiting" if summary.awaits_reply else "answered"


@dataclass(frozen=True)
class MessageRow:
    """A message in a conversation. `day` is set on the first of each day; times are empty until they come.

    `in_progress` says that the service works on it.
    """

    id: str
    own: bool
    acting: bool
    by: str
    initials: str
    on_behalf: str
    time: str
    day: str
    body: str
    shows_chain: bool
    sent: str
    delivered: str
    opened: str
    answered: str
    failed: bool
    meta: str
    in_progress: str = ""
    files: list[AttachmentRow] = field(default_factory=list)


def message_rows(opened: OpenThread, represented: str, language: str, now: datetime) -> list[MessageRow]:
    """The conversation's messages as rows; the newest own one shows its whole delivery chain."""
    own = [message.id for message in opened.messages if message.sender is SenderKind.CITIZEN]
    newest_own = own[-1] if own else ""
    today = now.astimezone(dates.OSLO).date()
    headed = zip(opened.messages, _day_headings(opened.messages, language, today), strict=True)
    service = opened.service.name
    rows = [
        _row(message, day, represented, service, language, message.id == newest_own)
        for message, day in headed
    ]
    return [replace(row, files=_files(opened, row.id, language)) for row in rows]


def _files(opened: OpenThread, message_id: str, language: str) -> list[AttachmentRow]:
    return [AttachmentRow.of(file, language) for file in opened.attachments.get(message_id, ())]


def _day_headings(messages: list[Message], language: str, today: date) -> Iterator[str]:
    previous: date | None = None
    for message in messages:
        day = message.sent_at.astimezone(dates.OSLO).date()
        yield "" if day == previous else dates.day_heading(language, day, today)
        previous = day


def _row(
    message: Message, day: str, represented: str, service: str, language: str, newest_own: bool
) -> MessageRow:
    own = message.sender is SenderKind.CITIZEN
    acting = own and message.author_id != message.person_id
    return MessageRow(
        id=message.id,
        own=own,
        acting=acting,
        by=message.author_name,
        initials=initials(message.author_name),
        on_behalf=sender_words.on_behalf(message, represented, language) if own else "",
        time=dates.at_time(language, message.sent_at),
        day=day,
        body=message.body,
        shows_chain=newest_own and message.failed_at is None,
        sent=dates.clock_time(language, message.sent_at),
        delivered=_time(message.delivered_at, language),
        opened=_time(message.opened_at, language),
        answered=_time(message.answered_at, language),
        failed=message.failed_at is not None,
        meta=_meta(message, language) if own and not newest_own and message.failed_at is None else "",
        in_progress=lookup(language, "thread.in_progress", service=service) if _in_hand(message) else "",
    )


def _in_hand(message: Message) -> bool:
    return message.in_progress_at is not None and message.answered_at is None


def _time(instant: datetime | None, language: str) -> str:
    return dates.clock_time(language, instant) if instant else ""


def _meta(message: Message, language: str) -> str:
    """The furthest step, in one line."""
    if message.answered_at:
        return lookup(language, "thread.answered_when", when=dates.at_time(language, message.answered_at))
    if message.opened_at:
        return lookup(language, "thread.opened_when", when=dates.at_time(language, message.opened_at))
    if message.delivered_at:
        return lookup(language, "thread.delivered_when", when=dates.at_time(language, message.delivered_at))
    return lookup(language, "thread.sent_when", when=dates.at_time(language, message.sent_at))


def initials(name: str) -> str:
    """The first letters of the first and the last name."""
    names = name.split()
    return (names[0][:1] + names[-1][:1]).upper() if len(names) > 1 else name[:1].upper()


@dataclass(frozen=True)
class RecipientRow:
    """A service in the recipient list; `note` says how soon it replies, or why it cannot be chosen."""

    id: str
    name: str
    note: str

    @classmethod
    def of(cls, recipient: Recipient, language: str) -> "RecipientRow":
        """The row for one service."""
        note = _promise(recipient, language) if recipient.open else _why_not(recipient, language)
        return cls(recipient.id, recipient.name, note)


def _promise(recipient: Recipient, language: str) -> str:
    days = recipient.reply_working_days
    if days is None:
        return ""
    return lookup(language, "compose.replies_in_one" if days == 1 else "compose.replies_in", n=days)


def _why_not(recipient: Recipient, language: str) -> str:
    if recipient.opens_on is not None:
        day = dates.long_date(language, recipient.opens_on)
        return lookup(language, "compose.opens_on", service=recipient.name, day=day)
    if recipient.phone:
        return lookup(language, "compose.not_open", service=recipient.name, phone=recipient.phone)
    return lookup(language, "compose.not_open_no_phone", service=recipient.name)
