"""When all is ready one is told once, by day; and the profile page shows how one is told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from digihelse_app.access.context import ActingContext
from digihelse_app.jobs.schedule import Schedule
from digihelse_app.jobs.upkeep import upkeep
from digihelse_app.models.codes import NoticeChannel, NoticeKind
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.notice import Notice
from digihelse_app.services import delegation_notices, devices, notices, representation
from digihelse_app.services.notice_rules import Standing, Unsent
from digihelse_app.services.notices import NoticeSettings
from digihelse_app.standins.people import PEOPLE
from tests import world
from tests.conftest import MovableClock
from tests.fhir_world import World, activate, deactivate, episode, known_people, person_id, rows, service
from tests.notice_world import CHANGE_AT, NoticeWorld, notice_world
from tests.people import KARI, OLA


@pytest.fixture
async def place(clock: MovableClock, api: World, tmp_path: Path) -> AsyncIterator[NoticeWorld]:
    async with notice_world(tmp_path) as built:
        await api.alvdal.put(service())
        yield built


async def acting() -> ActingContext:
    return await representation.acting_context(await person_id(KARI))


async def test_set_up_that_becomes_ready_at_night_is_told_of_once_in_the_morning(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    clock.set(datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
    await api.alvdal.put(episode(KARI))
    await api.alvdal.put(episode(KARI, "e2"))
    assert await place.dispatcher.dispatch_due() == 0
    clock.set(datetime(2026, 11, 24, 6, 0, tzinfo=UTC))
    assert await place.dispatcher.dispatch_due() == 1
    [told] = await place.sent()
    assert told.text == f"Digihelse er klar til bruk. Logg inn på {place.base_url} for å begynne."
    await api.alvdal.put(episode(KARI, "e3"))
    assert [notice.kind for notice in await rows(Notice)] == [NoticeKind.READY]


async def test_one_who_begins_again_is_told_again(api: World, place: NoticeWorld) -> None:
    await api.alvdal.put(episode(KARI))
    await deactivate(KARI)
    await activate(KARI)
    await api.alvdal.put(episode(KARI, "e2"))
    assert [notice.kind for notice in await rows(Notice)] == [NoticeKind.READY] * 2


async def test_set_up_for_a_service_that_is_not_open_is_not_told_of(api: World, place: NoticeWorld) -> None:
    opens = service()
    opens["extension"][0]["valueDate"] = "2027-01-04"
    await api.alvdal.put(opens)
    await api.alvdal.put(episode(KARI))
    assert await rows(Notice) == []


async def opens_in_december(api: World) -> None:
    """Kari and Ola receive a service that opens on 1 December; nothing is put after that."""
    opens = service()
    opens["extension"][0]["valueDate"] = "2026-12-01"
    await api.alvdal.put(opens)
    for number, who in enumerate((KARI, OLA)):
        await api.alvdal.put(episode(who, f"e{number}"))


async def test_service_that_opens_by_its_date_is_told_of_once_in_the_morning(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await opens_in_december(api)
    # 1 December begins at 23:00 UTC: an hour before, and an hour after.
    clock.set(datetime(2026, 11, 30, 22, 59, tzinfo=UTC))
    assert await notices.notify_opened() == 0
    schedule = Schedule(upkeep())
    clock.advance(hours=1)
    assert "tell that a service has opened" in await schedule.run_due()
    assert await place.dispatcher.dispatch_due() == 0
    clock.set(datetime(2026, 12, 1, 6, 0, tzinfo=UTC))
    await schedule.run_due()
    assert await place.dispatcher.dispatch_due() == 2
    assert {told.text for told in await place.sent()} == {
        f"Digihelse er klar til bruk. Logg inn på {place.base_url} for å begynne."
    }
    clock.advance(days=1)
    await schedule.run_due()
    assert [notice.kind for notice in await rows(Notice)] == [NoticeKind.READY] * 2


async def test_workers_who_look_at_once_tell_of_an_opening_once(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await opens_in_december(api)
    clock.set(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    assert sum(await asyncio.gather(*(notices.notify_opened() for _ in range(4)))) == 2
    assert len(await rows(Notice)) == 2


async def test_days_on_which_nothing_ran_are_made_up_for_and_older_ones_are_not(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await opens_in_december(api)
    await notices.choose(await acting(), NoticeChannel.NONE)
    clock.set(datetime(2026, 12, 8, 12, 0, tzinfo=UTC))
    assert await notices.notify_opened() == 1
    assert [notice.person_id for notice in await rows(Notice)] == [await person_id(OLA)]
    await notices.choose(await acting(), NoticeChannel.SMS)
    clock.set(datetime(2026, 12, 9, 12, 0, tzinfo=UTC))
    assert await notices.notify_opened() == 0


async def test_opening_is_not_told_to_who_left_or_whose_help_has_ended(
    clock: MovableClock, api: World, place: NoticeWorld
) -> None:
    await opens_in_december(api)
    await deactivate(KARI)
    await api.alvdal.put(episode(OLA, "e1", status="finished"))
    clock.set(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
    assert await notices.notify_opened() == 0


WITHOUT_PHONE, RESERVED = {"phone": None}, {"reserved": True}
BY_SMS, BY_MAIL = ("sms", KARI.phone), ("mail", KARI.email)


@pytest.mark.parametrize(
    ("differs", "sent"), [({}, [BY_SMS]), (WITHOUT_PHONE, [BY_MAIL]), (RESERVED, [])], ids=str
)
async def test_new_device_is_told_of_to_one_who_chose_none_as_far_as_the_register_lets_it(
    clock: MovableClock, api: World, tmp_path: Path, differs: dict[str, Any], sent: list[tuple[str, str]]
) -> None:
    people = [replace(one, **differs) if one is KARI else one for one in PEOPLE]
    async with notice_world(tmp_path, people) as place:
        await notices.choose(await acting(), NoticeChannel.NONE)
        for secret in ("p" * 43, "t" * 43):
            await devices.recognise(await person_id(KARI), secret, "")
        await place.dispatcher.dispatch_due()
        assert await place.recipients() == sent
    assert [notice.reason for notice in await rows(Notice)] == ([""] if sent else [Unsent.RESERVED])


async def test_delegation_that_is_new_changed_or_ended_is_told_of_to_one_who_chose_none(
    api: World, place: NoticeWorld
) -> None:
    known = await known_people()
    held = world.representation(known[KARI.given_name], known[OLA.given_name], "see_visits")
    await world.add(held)
    await notices.choose(await acting(), NoticeChannel.NONE)
    kinds = [NoticeKind.DELEGATION_NEW, NoticeKind.DELEGATION_CHANGED, NoticeKind.DELEGATION_ENDED]
    async with unit_of_work() as session:
        for kind in kinds:
            await delegation_notices.tell(session, held, kind)
    await place.dispatcher.dispatch_due()
    assert await place.recipients() == [BY_SMS] * len(kinds)


async def test_profile_shows_choice_and_masked_contact_details(api: World, place: NoticeWorld) -> None:
    assert await notices.settings_of(await acting()) == NoticeSettings(
        NoticeChannel.SMS,
        CHANGE_AT,
        phone="*****001",
        phone_standing=Standing.FRESH,
        email="k*****@example.com",
        email_standing=Standing.FRESH,
        goes_by=NoticeChannel.SMS,
    )
    await notices.choose(await acting(), NoticeChannel.NONE)
    found = await notices.settings_of(await acting())
    assert (found.channel, found.goes_by, found.unsent) == (NoticeChannel.NONE, None, Unsent.NONE_CHOSEN)


async def test_profile_keeps_the_choice_when_the_register_is_down(api: World, place: NoticeWorld) -> None:
    await place.set_registers_down(True)
    await notices.choose(await acting(), NoticeChannel.EMAIL)
    found = await notices.settings_of(await acting())
    assert found == NoticeSettings(NoticeChannel.EMAIL, CHANGE_AT)
    assert found.register_down is True
    assert await notices.will_be_told_by(await acting()) is None
