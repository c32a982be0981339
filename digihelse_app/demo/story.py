"""The story an empty installation begins with, relative to now, told over the real wires."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from digihelse_app.demo import assigned, delegations, visits
from digihelse_app.demo.wiring import Standins
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models.codes import ConsentKind, SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.services import consent, inbox, mailboxes, people, representation, sending
from digihelse_app.standins import record_system
from digihelse_app.standins.people import PEOPLE, SyntheticPerson

_PATIENCE_SECONDS = 30


@dataclass(frozen=True)
class _Told:
    """One conversation of Kari's: how many days ago she wrote, and the answer's hours after, if any.

    `opened`: an employee has it and has opened it, without having answered yet.
    """

    service: str
    subject: str
    text: str
    days_ago: int
    at: time
    answer: str = ""
    answer_hours: float = 0
    read: bool = True
    category: str = ""
    opened: bool = False
    closed: bool = False


_KARIS = (
    _Told(
        "Hjemmebasert omsorg",
        "Rullator til gangen",
        "Hei. Jeg trenger en rullator til gangen. Hvem snakker jeg med om det?",
        21,
        time(10, 5),
        "Hei Kari. Vi har bestilt en til deg. Den kommer på tirsdag.",
        25,
        closed=True,
    ),
    _Told(
        "Hjemmebasert omsorg",
        "Nye øyedråper",
        "Hei. Øyelegen har gitt meg nye dråper. De skal tas morgen og kveld.",
        7,
        time(9, 30),
        "Takk, det er notert. Dråpene ligger i kjøleskapet.",
        5,
        category="medisin",
    ),
    _Told(
        "Praktisk hjelp",
        "Bytte dag for husvask",
        "Kan dere komme fredag i stedet for torsdag neste uke?",
        3,
        time(13, 10),
        opened=True,
    ),
    _Told(
        "Hjemmebasert omsorg",
        "Senere besøk på torsdager",
        "Hei. Kan dere komme litt senere på torsdager? Jeg er på trim til klokka ett.",
        2,
        time(12, 2),
        "Hei Kari. Ja, det får vi til. Fra neste torsdag kommer vi mellom kl. 14.00 og 15.30. "
        "Fortell oss hvis det ikke passer likevel.",
        20,
        read=False,
        category="besok",
    ),
)


async def play(standins: Standins, dispatcher: Dispatcher) -> None:
    """Let an empty installation begin with the people's story, relative to now, over the real wires.

    Needs the app to answer on its own address. Played once: whoever makes Kari known first plays it.
    """
    await standins.municipality.seed()
    kari = next(who for who in PEOPLE if who.key == "kari")
    kari_id = await _make_known(kari)
    if kari_id is None:
        return
    with clock.at(clock.now() - timedelta(days=200)):
        for kind in ConsentKind:
            acting = await representation.acting_context(kari_id)
            await consent.give(acting, kind, consent.CURRENT_VERSIONS[kind])
    await standins.municipality.run_night_job()
    await _told_long_ago(kari_id)
    await delegations.give(kari_id)
    for told in _KARIS:
        await _tell(kari_id, told, standins.municipality, dispatcher)
    await visits.play(standins.municipality)
    await assigned.play(standins.municipality)


async def _told_long_ago(person_id: str) -> None:
    """That Digihelse is ready she was told when she began, and not today."""
    async with unit_of_work() as session:
        for notice in await session.exec(select(Notice).where(Notice.recipient_id == person_id)):
            found = select(OutboxItem).where(OutboxItem.subject_id == notice.id)
            # Its way out first, as whoever delivers it locks them: neither waits for the other for ever.
            for item in await session.exec(found.with_for_update()):
                await session.delete(item)
            await session.flush()
            await session.delete(notice)


async def _make_known(who: SyntheticPerson) -> str | None:
    """The person's id, or None when someone else made her known before."""
    try:
        async with unit_of_work() as session:
            if await people.by_national_id(session, who.national_id) is not None:
                return None
            person = await people.find_or_create(session, who.national_id)
            people.describe(person, _as_registered(who))
            session.add(person)
            return person.id
    except IntegrityError:
        return None


@dataclass(frozen=True)
class _Registered:
    given_name: str
    family_name: str
    birth_date: Any
    address_protected: bool = False
    deceased: bool = False


def _as_registered(who: SyntheticPerson) -> _Registered:
    return _Registered(who.given_name, who.family_name, who.birth_date)


async def _tell(
    kari_id: str, told: _Told, municipality: record_system.RecordSystem, dispatcher: Dispatcher
) -> None:
    wrote = _past(told.days_ago, told.at)
    acting = await representation.acting_context(kari_id)
    service = next(one for one in await inbox.list_recipients(acting) if one.name == told.service)
    with clock.at(wrote):
        draft = sending.Draft(told.text, new_id(), service.id, told.subject, told.category)
        sent = await sending.send_new(acting, draft)
    with clock.at(wrote + timedelta(minutes=1)):
        await dispatcher.dispatch_due()
    await _is_handed_over(sent.thread_id)
    if told.opened:
        opened = _not_ahead(wrote + timedelta(hours=2))
        await municipality.open_thread(sent.thread_id, at=opened)
        await municipality.take(sent.thread_id)
        await _is_told(municipality, sent.thread_id)
        await _set_opening_back(sent.thread_id, opened)
    if not told.answer:
        return
    answered = _not_ahead(wrote + timedelta(hours=told.answer_hours))
    await municipality.open_thread(sent.thread_id, at=answered - timedelta(minutes=10))
    await municipality.reply(sent.thread_id, told.answer, sent=answered)
    if told.closed:
        await municipality.close(sent.thread_id)
    await _is_told(municipality, sent.thread_id)
    await _set_back(sent.thread_id, answered)
    if told.read:
        with clock.at(answered + timedelta(hours=1)):
            await inbox.open_thread(acting, sent.thread_id)


async def _is_handed_over(thread_id: str) -> None:
    """Return when the record system has it: another worker may be the one that hands it over."""
    waits = select(Message.id).where(Message.thread_id == thread_id, col(Message.delivered_at).is_(None))
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while True:
            async with unit_of_work(reading=True) as session:
                if (await session.exec(waits)).first() is None:
                    return
            await asyncio.sleep(0.05)


async def _is_told(municipality: record_system.RecordSystem, thread_id: str) -> None:
    """The same the other way: what comes after it was set back would have come today."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        await municipality.told(thread_id)


async def _set_back(thread_id: str, answered: datetime) -> None:
    """Let the answer have come when the story says: what arrives counts from its arrival otherwise."""
    async with unit_of_work() as session:
        thread = await session.get_one(Thread, thread_id)
        thread.last_message_at = thread.last_from_service_at = answered
        thread.closed_at = answered + timedelta(minutes=5) if thread.closed_at else None
        session.add(thread)
        for message in await session.exec(select(Message).where(Message.thread_id == thread_id)):
            if message.sender is SenderKind.SERVICE:
                message.sent_at = answered
            else:
                message.answered_at, message.opened_at = answered, answered - timedelta(minutes=10)
            session.add(message)
        await mailboxes.follow(session, thread)


async def _set_opening_back(thread_id: str, opened: datetime) -> None:
    """The same for what was opened and not answered."""
    async with unit_of_work() as session:
        for message in await session.exec(select(Message).where(Message.thread_id == thread_id)):
            message.opened_at = message.in_progress_at = opened
            session.add(message)


def _not_ahead(at: datetime) -> datetime:
    """The moment, or a little before now: nothing of the story is yet to come."""
    return min(at, clock.now() - timedelta(minutes=20))


def _past(days_ago: int, at: time) -> datetime:
    day = clock.today() - timedelta(days=days_ago)
    return datetime.combine(day, at, tzinfo=clock.OSLO)
