"""Notices that something has come: who is to be told of what, and each person's choice of how."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import String, cast, func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction, NoticeChannel, NoticeKind, NoticeStatus, OutboxKind
from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.conversation import Thread, ThreadReading
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.notice import Notice, NoticeChoice
from digihelse_app.models.organisation import CareRelation, CareService
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.outside.registers.answers import ContactDetails, RegisterDownError, Registers
from digihelse_app.services import access_log, care, connection, consent, delivery, people
from digihelse_app.services.notice_rules import (
    MANDATORY,
    Standing,
    Unsent,
    Way,
    masked_email,
    masked_phone,
    standing,
    way,
)

DEFAULT = NoticeChannel.SMS
OPENED_WITHIN = timedelta(days=7)
_UNDER_WAY_OR_SENT = (NoticeStatus.PENDING, NoticeStatus.SENT)


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """A person's choice and what comes of it. Phone and address are masked, empty when there is none.

    They are changed at the web address `change_at`.
    `goes_by` is how a notice would go now, None when it would not: then `unsent` says why, and is itself
    None when the contact register does not answer.
    """

    channel: NoticeChannel
    change_at: str
    phone: str = ""
    phone_standing: Standing = Standing.MISSING
    email: str = ""
    email_standing: Standing = Standing.MISSING
    goes_by: NoticeChannel | None = None
    unsent: Unsent | None = None

    @property
    def register_down(self) -> bool:
        """Whether nothing is known of phone and address, because the register did not answer."""
        return self.goes_by is None and self.unsent is None


class _Held:
    registers: Registers | None = None
    change_at: str = ""


def configure(registers: Registers, change_at: str) -> None:
    """Where contact details are asked for, and where people change them; called by the composition root."""
    _Held.registers, _Held.change_at = registers, change_at


async def chosen_channel(session: AsyncSession, person_id: str) -> NoticeChannel:
    """How the person wants to be told."""
    choice = await session.get(NoticeChoice, person_id)
    return choice.channel if choice else DEFAULT


async def channel_for(session: AsyncSession, person_id: str, kind: NoticeKind) -> NoticeChannel:
    """How the person is to be told of such a thing: as she chose, or for what is mandatory not by none."""
    chosen = await chosen_channel(session, person_id)
    return DEFAULT if chosen is NoticeChannel.NONE and kind in MANDATORY else chosen


async def refusing(session: AsyncSession, person_ids: Collection[str]) -> set[str]:
    """Those of `person_ids` who want no notices."""
    query = select(NoticeChoice.person_id).where(
        col(NoticeChoice.person_id).in_(person_ids), NoticeChoice.channel == NoticeChannel.NONE
    )
    return set(await session.exec(query))


async def notify_new_message(session: AsyncSession, thread: Thread, told: Sequence[str]) -> None:
    """Have `told` told that a service has written in `thread`, in the transaction of the message.

    One notice a conversation until it is read: nothing while an earlier one stands unread. `created_at` is
    the message's own instant, so that it compares with how far the recipient has read.
    """
    written_at = thread.last_from_service_at or thread.last_message_at
    for recipient_id in told:
        if not await is_told(session, recipient_id, thread.id, _UNDER_WAY_OR_SENT):
            add(session, NoticeKind.NEW_MESSAGE, recipient_id, thread.person_id, thread.id, written_at)


async def notify_ready(session: AsyncSession, person_id: str) -> int:
    """Have the person told, once for each time she begins, when there is a service she may write to.

    It goes out by day: what the night run makes ready is told of in the morning. Gives how many were written.
    """
    began = await _began(session, person_id)
    services = await care.received(session, person_id)
    if not began or not any(service.open_for_dialogue(clock.today()) for service in services):
        return 0
    # One at a time: the schedule of one worker and a record system's report may come at once.
    await session.exec(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    told = select(Notice.id).where(
        Notice.recipient_id == person_id, Notice.subject_id == began, Notice.kind == NoticeKind.READY
    )
    if (await session.exec(told)).first() is not None:
        return 0
    now = clock.now()
    told_now = await recipients(session, person_id)
    for recipient_id in told_now:
        add(session, NoticeKind.READY, recipient_id, person_id, began, now, connection.by_day(now))
    return len(told_now)


async def notify_opened() -> int:
    """Have those told for whom a service has opened by its date, with nothing put that day; how many.

    Looks back `OPENED_WITHIN`, so that a day on which nothing ran is made up for. Told once, as ever.
    """
    today = clock.today()
    # What names the time a person began (see `_began`), here within the database.
    began = select(func.max(ActivityChange.offset)).where(ActivityChange.person_id == CareRelation.person_id)
    told = select(Notice.id).where(
        Notice.recipient_id == CareRelation.person_id,
        Notice.kind == NoticeKind.READY,
        Notice.subject_id == cast(began.scalar_subquery(), String),
    )
    waiting = (
        select(CareRelation.person_id)
        .join(CareService, col(CareService.id) == col(CareRelation.service_id))
        .where(
            col(CareRelation.active),
            col(CareService.active),
            col(CareService.opens_on).between(today - OPENED_WITHIN, today),
            ~told.exists(),
        )
        .distinct()
    )
    async with unit_of_work(reading=True) as session:
        people_waiting = list(await session.exec(waiting))
    written = 0
    for person_id in people_waiting:
        async with unit_of_work() as session:
            written += await notify_ready(session, person_id)
    return written


async def is_told(
    session: AsyncSession, recipient_id: str, thread_id: str, standings: Sequence[NoticeStatus]
) -> bool:
    """Whether there is a notice, of one of these standings, of what the recipient has yet to read."""
    query = select(Notice.id).where(
        Notice.recipient_id == recipient_id,
        Notice.subject_id == thread_id,
        col(Notice.status).in_(standings),
    )
    reading = await session.get(ThreadReading, (thread_id, recipient_id))
    if reading is not None:
        query = query.where(Notice.created_at > reading.read_until)
    return (await session.exec(query.limit(1))).first() is not None


async def recipients(session: AsyncSession, person_id: str) -> list[str]:
    """Who is to be told of what comes to `person_id`: herself, when digitally active and willing."""
    if not await consent.is_active_herself(session, await session.get_one(Person, person_id)):
        return []
    return [person_id] if await chosen_channel(session, person_id) is not NoticeChannel.NONE else []


async def _began(session: AsyncSession, person_id: str) -> str:
    """What names the time the person last became digitally active; empty when she is not."""
    newest = select(ActivityChange).where(ActivityChange.person_id == person_id)
    newest = newest.order_by(col(ActivityChange.offset).desc()).limit(1)
    change = (await session.exec(newest)).one_or_none()
    return str(change.offset) if change and change.active else ""


def add(
    session: AsyncSession,
    kind: NoticeKind,
    recipient_id: str,
    person_id: str,
    subject_id: str,
    created_at: datetime,
    send_at: datetime | None = None,
) -> None:
    """Write a notice and its outbox row; `subject_id` is what it is about, not before `send_at` (UTC)."""
    notice = Notice(
        kind=kind,
        recipient_id=recipient_id,
        person_id=person_id,
        subject_id=subject_id,
        status=NoticeStatus.PENDING,
        created_at=created_at,
    )
    session.add(notice)
    delivery.enqueue(session, OutboxKind.NOTICE, notice.id, at=send_at)


async def choose(acting: ActingContext, channel: NoticeChannel) -> None:
    """Be told by `channel` from now on."""
    acting.require(Permission.SEE_PROFILE)
    async with unit_of_work() as session:
        person_id = acting.represented_id
        choice = NoticeChoice(person_id=person_id, channel=channel, updated_at=clock.now())
        await session.merge(choice)
        access_log.record(session, acting, LogAction.NOTICE_CHOOSE, "NoticeChoice", person_id)


async def settings_of(acting: ActingContext) -> NoticeSettings:
    """The choice, the contact details as the register has them, and what happens when something comes."""
    acting.require(Permission.SEE_PROFILE)
    async with unit_of_work() as session:
        person = await session.get_one(Person, acting.represented_id)
        channel = await chosen_channel(session, person.id)
        access_log.record(session, acting, LogAction.PROFILE_READ, "ContactDetails", person.id)
    contact = await _contact(people.national_id(person))
    return NoticeSettings(channel, _Held.change_at) if contact is None else _settings(channel, contact)


async def will_be_told_by(acting: ActingContext) -> NoticeChannel | None:
    """How the person will be told; None when she will not, or when nobody knows just now."""
    acting.require(Permission.SEE_PROFILE)
    return (await settings_of(acting)).goes_by


def _settings(channel: NoticeChannel, contact: ContactDetails) -> NoticeSettings:
    now = clock.now()
    goes = way(channel, contact, now)
    return NoticeSettings(
        channel,
        _Held.change_at,
        phone=masked_phone(contact.mobile.value) if contact.mobile else "",
        phone_standing=standing(contact.mobile, now),
        email=masked_email(contact.email.value) if contact.email else "",
        email_standing=standing(contact.email, now),
        goes_by=goes.channel if isinstance(goes, Way) else None,
        unsent=goes if isinstance(goes, Unsent) else None,
    )


async def _contact(national_id: str) -> ContactDetails | None:
    if _Held.registers is None:
        message = "no registers: the composition root has not run"
        raise RuntimeError(message)
    try:
        return await _Held.registers.contact(national_id)
    except RegisterDownError:
        return None
