"""A message gives one notice, the way the person chose, however the gateways and the register fare."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from digihelse_app.jobs.outbox import GIVE_UP_AFTER
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    AgentKind,
    LogAction,
    NoticeChannel,
    NoticeStatus,
    OutboxKind,
    OutboxStatus,
)
from digihelse_app.models.conversation import Thread
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.services import delivery, inbox, notices, representation
from digihelse_app.services.notice_rules import Unsent
from digihelse_app.standins.people import PEOPLE
from tests.conftest import MovableClock
from tests.fhir_world import World, deactivate, header, message, person_id, rows, service
from tests.notice_world import NoticeWorld, notice_world
from tests.people import KARI

BY_SMS = ("sms", KARI.phone)


@pytest.fixture
async def place(clock: MovableClock, api: World, tmp_path: Path) -> AsyncIterator[NoticeWorld]:
    async with notice_world(tmp_path) as built:
        await _begin_conversation(api)
        yield built


async def _begin_conversation(api: World) -> None:
    """Alvdal has a service that Kari may write in, and what she was told of that is out of the way."""
    await api.alvdal.put(service())
    await api.alvdal.put(header(KARI))


async def acting():
    return await representation.acting_context(await person_id(KARI))


async def choose(channel: NoticeChannel) -> None:
    await notices.choose(await acting(), channel)


async def writes(api: World, number: int, thread: str = "t1") -> None:
    answer = await api.alvdal.put(message(KARI, f"m{number}", thread))
    assert answer.status_code == 201


async def reads() -> None:
    [thread] = await rows(Thread)
    await inbox.open_thread(await acting(), thread.id)


async def fates() -> list[tuple[NoticeStatus, NoticeChannel | None, str]]:
    told = sorted(await rows(Notice), key=lambda notice: notice.created_at)
    return [(notice.status, notice.channel, notice.reason) for notice in told]


async def waits() -> list[OutboxItem]:
    return [item for item in await rows(OutboxItem) if item.status is OutboxStatus.PENDING]


async def test_message_gives_one_notice_until_it_is_read(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    for number in range(3):
        await writes(api, number)
        clock.advance(minutes=5)
        await place.dispatcher.dispatch_due()
    assert await place.recipients() == [BY_SMS]
    await reads()
    clock.advance(minutes=5)
    await writes(api, 3)
    await writes(api, 4)
    await place.dispatcher.dispatch_due()
    assert await place.recipients() == [BY_SMS, BY_SMS]
    first, second = await place.sent()
    assert (
        first.text == f"Du har fått en ny melding i Digihelse. Logg inn på {place.base_url} for å lese den."
    )
    assert first.reference != second.reference


async def test_each_conversation_has_a_notice_of_its_own(api: World, place: NoticeWorld) -> None:
    await api.alvdal.put(header(KARI, "t2"))
    await writes(api, 1)
    await writes(api, 2, "t2")
    await place.dispatcher.dispatch_due()
    assert await place.recipients() == [BY_SMS, BY_SMS]


async def test_message_that_comes_twice_gives_one_notice(api: World, place: NoticeWorld) -> None:
    await writes(api, 1)
    assert (await api.alvdal.put(message(KARI, "m1"))).status_code == 200
    assert len(await rows(Notice)) == 1


async def test_notice_that_was_sent_is_told_of_in_the_log(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await writes(api, 1)
    await place.dispatcher.dispatch_due()
    [notice] = await rows(Notice)
    assert (notice.status, notice.channel, notice.done_at) == (NoticeStatus.SENT, NoticeChannel.SMS, clock())
    logged = [entry for entry in await rows(AccessLogEntry) if entry.action is LogAction.NOTICE_SEND]
    assert [(entry.agent, entry.represented_id, entry.object_id) for entry in logged] == [
        (AgentKind.SYSTEM, await person_id(KARI), notice.id)
    ]


async def test_notice_goes_by_mail_to_one_who_chose_it(api: World, place: NoticeWorld) -> None:
    await choose(NoticeChannel.EMAIL)
    await writes(api, 1)
    await place.dispatcher.dispatch_due()
    assert await place.recipients() == [("mail", KARI.email)]
    assert [one.subject for one in await place.sent()] == ["Varsel fra Digihelse"]


async def test_one_who_chose_none_is_told_nothing(api: World, place: NoticeWorld) -> None:
    await choose(NoticeChannel.NONE)
    await writes(api, 1)
    assert await rows(Notice) == []
    logged = [entry for entry in await rows(AccessLogEntry) if entry.action is LogAction.NOTICE_CHOOSE]
    assert [entry.represented_id for entry in logged] == [await person_id(KARI)]


async def test_choice_that_comes_before_the_notice_goes_counts(api: World, place: NoticeWorld) -> None:
    await writes(api, 1)
    await choose(NoticeChannel.NONE)
    await place.dispatcher.dispatch_due()
    assert await place.sent() == []
    assert await fates() == [(NoticeStatus.SUPPRESSED, None, Unsent.NONE_CHOSEN)]


async def test_message_that_is_read_meanwhile_is_not_told_of(api: World, place: NoticeWorld) -> None:
    await writes(api, 1)
    await reads()
    assert await place.dispatcher.dispatch_due() == 1
    assert await place.sent() == []
    assert await fates() == [(NoticeStatus.SUPPRESSED, None, Unsent.READ)]
    assert await waits() == []


async def test_one_who_withdrew_meanwhile_is_told_nothing(api: World, place: NoticeWorld) -> None:
    await writes(api, 1)
    await deactivate(KARI)
    await place.dispatcher.dispatch_due()
    assert await fates() == [(NoticeStatus.SUPPRESSED, None, Unsent.INACTIVE)]


async def test_gateway_that_is_down_delays_the_notice(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await place.set_faults("down")
    await writes(api, 1)
    await place.dispatcher.dispatch_due()
    assert [item.last_error for item in await waits()] == ["http-503"]
    await place.set_faults()
    clock.advance(minutes=1)
    assert await place.dispatcher.dispatch_due() == 1
    assert [one.handed_over for one in await place.sent()] == [1]


async def test_message_after_a_reading_is_told_of_once_when_the_gateway_is_back(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await place.set_faults("down")
    for number in range(2):
        await writes(api, number)
        clock.advance(seconds=1)
        await place.dispatcher.dispatch_due()
        if number == 0:
            await reads()
    assert [item.last_error for item in await waits()] == ["http-503", "http-503"]
    await place.set_faults()
    clock.advance(minutes=5)
    await place.dispatcher.dispatch_due()
    assert await place.recipients() == [BY_SMS]
    assert await fates() == [
        (NoticeStatus.SUPPRESSED, NoticeChannel.SMS, Unsent.READ),
        (NoticeStatus.SENT, NoticeChannel.SMS, ""),
    ]


async def test_one_reading_covers_all_that_had_come_under_one_notice(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await place.set_faults("down")
    await writes(api, 1)
    await place.dispatcher.dispatch_due()
    clock.advance(seconds=1)
    await writes(api, 2)
    await reads()
    await writes(api, 3)
    await place.set_faults()
    clock.advance(minutes=5)
    await place.dispatcher.dispatch_due()
    assert [status for status, _, _ in await fates()] == [NoticeStatus.SUPPRESSED, NoticeStatus.SENT]


async def test_receipt_that_is_lost_does_not_double_the_notice(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await place.set_faults("lost")
    await writes(api, 1)
    await place.dispatcher.dispatch_due()
    await choose(NoticeChannel.EMAIL)
    await place.set_faults()
    clock.advance(minutes=1)
    await place.dispatcher.dispatch_due()
    [item] = await rows(OutboxItem)
    assert [(one.reference, one.kind, one.handed_over) for one in await place.sent()] == [(item.id, "sms", 2)]
    assert await fates() == [(NoticeStatus.SENT, NoticeChannel.SMS, "")]


async def test_register_that_is_down_delays_the_notice(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await place.set_registers_down(True)
    await writes(api, 1)
    await place.dispatcher.dispatch_due()
    assert [item.last_error for item in await waits()] == ["register-down"]
    await place.set_registers_down(False)
    clock.advance(minutes=1)
    await place.dispatcher.dispatch_due()
    assert await place.recipients() == [BY_SMS]


async def test_notice_that_was_given_up_is_not_sent_beside_a_newer_one(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await place.set_faults("down")
    await writes(api, 1)
    clock.advance(seconds=GIVE_UP_AFTER.total_seconds())
    await place.dispatcher.dispatch_due()
    assert await fates() == [(NoticeStatus.FAILED, NoticeChannel.SMS, "http-503")]
    await place.set_faults()
    await writes(api, 2)
    await place.dispatcher.dispatch_due()
    [dead] = await delivery.dead_items()
    await delivery.revive(dead.id)
    await place.dispatcher.dispatch_due()
    assert await place.recipients() == [BY_SMS]
    assert [status for status, _, _ in await fates()] == [NoticeStatus.SUPPRESSED, NoticeStatus.SENT]


async def test_one_who_is_reserved_is_told_nothing(clock: MovableClock, api: World, tmp_path: Path) -> None:
    people = [replace(one, reserved=one is KARI) for one in PEOPLE]
    async with notice_world(tmp_path, people) as place:
        await _begin_conversation(api)
        await writes(api, 1)
        await place.dispatcher.dispatch_due()
        assert await place.sent() == []
        assert await fates() == [(NoticeStatus.SUPPRESSED, None, Unsent.RESERVED)]


async def test_one_without_a_phone_is_told_by_mail(clock: MovableClock, api: World, tmp_path: Path) -> None:
    people = [replace(one, phone=None) if one is KARI else one for one in PEOPLE]
    async with notice_world(tmp_path, people) as place:
        await _begin_conversation(api)
        await writes(api, 1)
        await place.dispatcher.dispatch_due()
        assert await place.recipients() == [("mail", KARI.email)]


async def test_notice_waits_without_an_organisation(api: World, place: NoticeWorld) -> None:
    await writes(api, 1)
    [item] = await waits()
    assert (item.kind, item.organisation_id) == (OutboxKind.NOTICE, None)
    assert item.next_at - item.created_at == timedelta()
