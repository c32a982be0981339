"""When all is ready one is told once, by day; and the profile page shows how one is told."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digihelse_app.access.context import ActingContext
from digihelse_app.models.codes import NoticeChannel, NoticeKind
from digihelse_app.models.notice import Notice
from digihelse_app.services import notices, representation
from digihelse_app.services.notice_rules import Standing, Unsent
from digihelse_app.services.notices import NoticeSettings
from tests.conftest import MovableClock
from tests.fhir_world import World, activate, deactivate, episode, person_id, rows, service
from tests.notice_world import CHANGE_AT, NoticeWorld, notice_world
from tests.people import KARI


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
