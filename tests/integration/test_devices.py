"""Devices one signs in with: known again, told of when new, disowned, and forgotten after a year."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.models.codes import NoticeChannel, NoticeKind, OutboxKind
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.insight import KnownDevice
from digihelse_app.models.notice import Notice, NoticeChoice
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.services import devices, sessions
from digihelse_app.services.representation import acting_context
from tests import world
from tests.cancelling import cancelled_at
from tests.conftest import MovableClock
from tests.identities import IDENTITY
from tests.people import INGRID, OLA
from tests.sign_in_site import Browser, Site, known_people, site

PHONE, TABLET = "p" * 43, "t" * 43
ON_ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"


@pytest.fixture
async def served(sqlite_database: AsyncEngine, tmp_path: Path) -> AsyncIterator[Site]:
    async with site(tmp_path) as built:
        yield built


async def told() -> list[tuple[NoticeKind, str]]:
    """Kind and recipient of every notice."""
    return [(row.kind, row.recipient_id) for row in await world.rows(Notice)]


@pytest.mark.usefixtures("clock", "database")
async def test_a_second_device_is_told_of_and_the_first_and_the_known_are_not() -> None:
    kari = (await world.world()).kari
    await devices.recognise(kari.id, PHONE, ON_ANDROID)
    await devices.recognise(kari.id, PHONE, ON_ANDROID)
    assert await told() == []
    await devices.recognise(kari.id, TABLET, "")
    await devices.recognise(kari.id, TABLET, "")
    assert await told() == [(NoticeKind.NEW_DEVICE, kari.id)]
    assert [row.kind for row in await world.rows(OutboxItem)] == [OutboxKind.NOTICE]


@pytest.mark.usefixtures("clock", "database")
async def test_one_machine_is_each_persons_own_device_and_the_table_does_not_say_that_it_is_one() -> None:
    kari, ola = (await world.world()).kari, await world.person(OLA)
    await devices.recognise(kari.id, PHONE, ON_ANDROID)
    await devices.recognise(ola.id, PHONE, ON_ANDROID)
    assert await told() == []
    first, second = await world.rows(KnownDevice)
    assert first.device_hash != second.device_hash
    assert PHONE not in (first.device_hash, second.device_hash)


@pytest.mark.usefixtures("clock", "database")
async def test_one_who_chose_no_notices_is_told_all_the_same_and_sees_it_on_her_page() -> None:
    kari = await world.world()
    choice = NoticeChoice(person_id=kari.kari.id, channel=NoticeChannel.NONE, updated_at=world.START)
    await world.add(choice)
    await devices.recognise(kari.kari.id, PHONE, ON_ANDROID)
    await devices.recognise(kari.kari.id, TABLET, "curl/8")
    assert await told() == [(NoticeKind.NEW_DEVICE, kari.kari.id)]
    listed = await devices.list_devices(await kari.acting(), PHONE)
    assert sorted((one.browser, one.system, one.here) for one in listed) == [
        ("", "", False),
        ("Chrome", "Android", True),
    ]


@pytest.mark.usefixtures("clock", "database")
async def test_a_disowned_device_is_new_again_and_everybody_is_signed_out() -> None:
    kari, ola = await world.world(), await world.person(OLA)
    await devices.recognise(kari.kari.id, PHONE, ON_ANDROID)
    await devices.recognise(kari.kari.id, TABLET, "")
    opened = [await sessions.open_session(kari.kari.id, IDENTITY) for _ in range(2)]
    olas = await sessions.open_session(ola.id, IDENTITY)
    (stranger,) = [one for one in await devices.list_devices(await kari.acting(), PHONE) if not one.here]
    await devices.disown(await kari.acting(), stranger.id)
    assert [await sessions.find(secret) for secret in opened] == [None, None]
    assert await sessions.find(olas) is not None
    await devices.recognise(kari.kari.id, TABLET, "")
    assert await told() == [(NoticeKind.NEW_DEVICE, kari.kari.id)] * 2


@pytest.mark.usefixtures("clock")
async def test_one_who_leaves_while_a_device_is_disowned_is_signed_out_all_the_same(
    database: AsyncEngine,
) -> None:
    kari = await world.world()
    await devices.recognise(kari.kari.id, PHONE, ON_ANDROID)
    secret = await sessions.open_session(kari.kari.id, IDENTITY)
    acting = await kari.acting()
    (device,) = await devices.list_devices(acting, PHONE)
    await cancelled_at("commit", database, devices.disown(acting, device.id))
    assert (await world.rows(KnownDevice), await sessions.find(secret)) == ([], None)


@pytest.mark.usefixtures("clock", "database")
async def test_nobody_sees_or_disowns_anothers_devices() -> None:
    kari, ingrid = await world.world(), await world.person(INGRID)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(hers)
    await devices.recognise(kari.kari.id, PHONE, "")
    (karis,) = await devices.list_devices(await kari.acting(), PHONE)
    with pytest.raises(AccessDeniedError):
        await devices.list_devices(await acting_context(ingrid.id, hers.key), "")
    with pytest.raises(NotFoundError):
        await devices.disown(await acting_context(ingrid.id), karis.id)
    assert len(await world.rows(KnownDevice)) == 1


@pytest.mark.usefixtures("database")
async def test_a_device_is_forgotten_a_year_after_it_was_last_used(clock: MovableClock) -> None:
    kari = await world.world()
    await devices.recognise(kari.kari.id, PHONE, "")
    clock.at += timedelta(days=364)
    await devices.recognise(kari.kari.id, TABLET, "")
    assert await devices.forget_old() == 0
    clock.at += timedelta(days=2)
    assert await devices.forget_old() == 1
    (left,) = await devices.list_devices(await kari.acting(), TABLET)
    assert left.here


async def test_the_browser_keeps_its_device_through_signing_out_and_in(served: Site) -> None:
    async with served.browser() as phone, served.browser() as tablet:
        await signed_in_and_out(phone)
        cookie = phone.http.cookies.get("digihelse-device")
        await signed_in_and_out(phone)
        assert cookie
        assert phone.http.cookies.get("digihelse-device") == cookie
        assert await told() == []
        await signed_in_and_out(tablet)
    (person,) = await known_people()
    assert await told() == [(NoticeKind.NEW_DEVICE, person.id)]
    async with unit_of_work(reading=True) as session:
        hashes = list(await session.exec(select(col(KnownDevice.device_hash))))
    assert len(hashes) == 2
    assert cookie not in hashes


async def test_a_cookie_that_is_not_ours_is_replaced(served: Site) -> None:
    async with served.browser() as phone:
        phone.http.cookies.set("digihelse-device", "short", domain="localhost.local", path="/")
        answer = await phone.sign_in()
    (device,) = [one for one in answer.headers.get_list("set-cookie") if "-device=" in one]
    assert devices.is_secret(device.partition("=")[2].partition(";")[0])


async def signed_in_and_out(browser: Browser) -> None:
    """The way in and out again."""
    answer = await browser.sign_in()
    assert answer.status_code == 303
    await sessions.end_for_browser(browser.session_secret)


@pytest.mark.parametrize(
    ("user_agent", "label"),
    [
        (ON_ANDROID, "Chrome/Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1",
            "Safari/iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/131.0 Safari/537.36 Edg/131.0", "Edge/Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko Firefox/133.0", "Firefox/Mac"),
        ("Mozilla/5.0 (Linux; Android 14) SamsungBrowser/27 Chrome/125 Safari", "Samsung Internet/Android"),
        ("", "/"),
        ("<script>" * 1000, "/"),
    ],
)
def test_a_browser_is_named_as_people_would(user_agent: str, label: str) -> None:
    assert devices.label(user_agent) == label
