"""What the dispatcher needs of a notice: whether it is still to be sent, to whom, and how it went."""

from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import NoticeChannel, NoticeKind, NoticeStatus
from digihelse_app.models.conversation import ThreadReading
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.notice import Notice
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import (
    consent,
    delegation_request_rows,
    notice_recipients,
    notices,
    people,
    visit_notices,
)
from digihelse_app.services.notice_rules import Side, Unsent, side_of

_OF_DELEGATIONS = frozenset(
    {
        NoticeKind.DELEGATION_NEW,
        NoticeKind.DELEGATION_CHANGED,
        NoticeKind.DELEGATION_ENDED,
        NoticeKind.DELEGATION_ENDING,
    }
)


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice to send: what of, to whom (identity number, for the contact register), by what.

    `begun` is how an earlier try went, if there was one; `side` whose it is, seen from her.
    """

    kind: NoticeKind
    national_id: str = field(repr=False)
    language: str
    chosen: NoticeChannel
    begun: NoticeChannel | None
    side: Side = Side.OWN


async def due(notice_id: str) -> DueNotice | Unsent:
    """The notice, or why it is no longer to be sent; raises NotFoundError when there is no such."""
    async with unit_of_work(reading=True) as session:
        notice = await session.get(Notice, notice_id)
        if notice is None:
            raise NotFoundError
        recipient = await session.get_one(Person, notice.recipient_id)
        unsent = await _overtaken(session, notice, recipient)
        if unsent is not None:
            return unsent
        chosen = await notices.channel_for(session, recipient.id, notice.kind)
    national_id = people.national_id(recipient)
    side = side_of(notice.kind, for_herself=notice.person_id == recipient.id)
    return DueNotice(notice.kind, national_id, recipient.language, chosen, notice.channel, side)


async def _overtaken(session: AsyncSession, notice: Notice, recipient: Person) -> Unsent | None:
    if recipient.deceased:
        return Unsent.DECEASED
    # Of a delegation one is told also when the consent went with it.
    if notice.kind not in _OF_DELEGATIONS and not await consent.is_active(session, notice.person_id):
        return Unsent.INACTIVE
    for_herself = recipient.id == notice.person_id and notice.kind is not NoticeKind.NEW_DEVICE
    if for_herself and recipient.self_inactive_at is not None:
        return Unsent.INACTIVE
    if notice.kind is NoticeKind.DELEGATION_ASKED:
        waits = await delegation_request_rows.still_waits(session, notice.subject_id)
        return None if waits else Unsent.ENDED
    if not await notice_recipients.still_may(session, notice):
        return Unsent.ENDED
    if notice.kind in visit_notices.KINDS:
        return await _about_visit(session, notice)
    if notice.kind is not NoticeKind.NEW_MESSAGE:
        return None
    reading = await session.get(ThreadReading, (notice.subject_id, recipient.id))
    # What has come since she read has a notice of its own.
    if reading is not None and reading.read_until >= notice.created_at:
        return Unsent.READ
    told = await notices.is_told(session, recipient.id, notice.subject_id, [NoticeStatus.SENT])
    return Unsent.TOLD if told else None


async def _about_visit(session: AsyncSession, notice: Notice) -> Unsent | None:
    if await visit_notices.is_seen(session, notice):
        return Unsent.READ
    sent = [NoticeStatus.SENT]
    told = await visit_notices.is_told(
        session, notice.kind, notice.recipient_id, notice.person_id, notice.subject_id, sent
    )
    return Unsent.TOLD if told else None


async def begin(notice_id: str, channel: NoticeChannel) -> None:
    """It is being sent by `channel`: noted before, so that another try goes the same way."""
    async with unit_of_work() as session:
        notice = await session.get_one(Notice, notice_id, with_for_update=True)
        notice.channel = channel
        session.add(notice)


async def suppress(notice_id: str, reason: Unsent) -> None:
    """It is not to be sent, because of `reason`."""
    async with unit_of_work() as session:
        notice = await session.get_one(Notice, notice_id, with_for_update=True)
        notice.status, notice.reason, notice.done_at = NoticeStatus.SUPPRESSED, reason, clock.now()
        session.add(notice)
