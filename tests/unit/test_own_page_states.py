"""One's own page: devices that have signed in, and leaving Digihelse to those who act for one."""

import pytest

from digihelse_app import routes
from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.models.insight import KnownDevice
from digihelse_app.services import devices, self_use
from digihelse_app.state.devices import DeviceState
from digihelse_app.state.home import HomeState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.person import ComposedForAnotherError
from digihelse_app.state.self_use import SelfUseState
from tests import world
from tests.answers import focus_of, plain, redirect_of
from tests.people import INGRID, JONAS
from tests.world import World

pytestmark = pytest.mark.usefixtures("clock", "sqlite_database")
PHONE, TABLET = "p" * 43, "t" * 43


async def with_two_devices() -> World:
    """Kari, who signed in with a telephone and then with something that does not say what it is."""
    kari = await world.world()
    await devices.recognise(kari.kari.id, PHONE, "Android Chrome")
    await devices.recognise(kari.kari.id, TABLET, "")
    return kari


async def test_devices_are_told_in_words_and_this_one_is_marked() -> None:
    kari = await with_two_devices()
    page = await world.state(DeviceState, kari.kari, path=routes.PROFILE)
    page.router_data["headers"] = {"cookie": f"digihelse-device={PHONE}"}
    await page.load()
    assert sorted((row.label, plain(row.last), row.here) for row in page.devices) == [
        ("Chrome på Android", "Sist logget inn i dag kl. 10.00", True),
        ("Ukjent nettleser", "Sist logget inn i dag kl. 10.00", False),
    ]


async def test_what_to_do_about_a_stranger_is_explained_before_it_is_done() -> None:
    kari = await with_two_devices()
    page = await world.state(DeviceState, kari.kari, path=routes.PROFILE)
    await page.load()
    (stranger,) = [row for row in page.devices if row.label == "Ukjent nettleser"]
    assert focus_of(await page.ask(stranger.id)) == "ref_not_me_title"
    assert (page.asking, page.asking_label) == (stranger.id, "Ukjent nettleser")
    assert focus_of(await page.keep()) == "ref_devices_title"
    assert page.asking == ""
    assert await page.ask("no-such-device") is None
    assert page.asking == ""
    with pytest.raises(ComposedForAnotherError):
        await page.disown("another-key", stranger.id)
    with pytest.raises(NotFoundError):
        await page.disown("", "no-such-device")
    assert len(await world.rows(KnownDevice)) == 2
    assert redirect_of(await page.disown("", stranger.id)) == routes.SIGNED_OUT
    assert len(await world.rows(KnownDevice)) == 1


async def test_while_acting_for_another_ones_own_page_shows_nothing_of_either() -> None:
    kari, ingrid = await with_two_devices(), await world.person(INGRID)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(hers)
    for kind in (DeviceState, SelfUseState):
        page = await world.state(kind, ingrid, key=hers.key, path=routes.PROFILE)
        await page.load()
        assert page.shown_for == hers.key
    page = await world.state(DeviceState, ingrid, key=hers.key)
    await page.load()
    assert page.devices == []
    use = await world.state(SelfUseState, ingrid, key=hers.key)
    await use.load()
    assert (use.offered, use.proxies) == (False, "")
    with pytest.raises(AccessDeniedError):
        await use.stop(hers.key)


async def test_stopping_is_offered_to_one_who_has_somebody_to_leave_it_to() -> None:
    kari, ingrid, jonas = await world.world(), await world.person(INGRID), await world.person(JONAS)
    page = await world.state(SelfUseState, kari.kari, path=routes.PROFILE)
    await page.load()
    assert page.offered is False
    assert await page.ask_stop() is None
    await world.add(
        world.representation(ingrid, kari.kari, "read_messages"),
        world.representation(jonas, kari.kari, "see_visits"),
    )
    await page.load()
    assert (page.offered, page.proxies) == (True, "Ingrid Nordmann og Jonas Nordmann")
    assert focus_of(await page.ask_stop()) == "ref_stop_title"
    assert focus_of(await page.keep()) == "ref_self_use_title"
    assert (page.asking, page.stopped) == (False, False)


async def test_one_who_stopped_is_told_on_the_home_page_and_starts_again_there() -> None:
    kari, ingrid = await world.world(), await world.person(INGRID)
    await world.add(world.representation(ingrid, kari.kari, "read_messages"))
    page = await world.state(SelfUseState, kari.kari, path=routes.PROFILE)
    with pytest.raises(ComposedForAnotherError):
        await page.stop("another-key")
    assert focus_of(await page.stop("")) == "ref_self_use_stopped"
    assert (page.stopped, page.offered, page.nobody) == (True, False, False)
    home = await world.state(HomeState, kari.kari, path=routes.HOME)
    await home.load()
    assert home.setup == "left_to_proxies"
    inbox = await world.state(InboxState, kari.kari, path=routes.INBOX)
    await inbox.load()
    assert (inbox.ready, inbox.threads) == (False, [])
    *_, focus = await page.start("")
    assert focus_of(focus) == "ref_page_title"
    await home.load()
    assert (page.stopped, home.setup) == (False, "ready")


async def test_one_whose_last_proxy_left_meanwhile_is_told_that_nothing_changed() -> None:
    kari, ingrid = await world.world(), await world.person(INGRID)
    hers = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(hers)
    page = await world.state(SelfUseState, kari.kari, path=routes.PROFILE)
    await page.load()
    hers.ended_at = world.later(hours=1)
    await world.add(hers)
    assert focus_of(await page.stop("")) == "ref_self_use_nobody"
    assert (page.nobody, page.stopped) == (True, False)
    assert (await self_use.status(await kari.acting())).stopped is False
