"""Making and turning off calendar addresses from a page: shown once, and for whom the page was drawn."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app import settings
from digihelse_app.models.visit import CalendarFeed
from digihelse_app.services import calendar_feeds
from digihelse_app.state.calendar_feeds import CalendarState
from digihelse_app.state.person import ComposedForAnotherError
from tests import world
from tests.conftest import MovableClock
from tests.people import INGRID, OLA


async def test_an_address_is_shown_until_the_next_look_and_never_again(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    page = await world.state(CalendarState, kari.kari)
    await page.load()
    assert (page.available, page.feeds, page.address) == (True, [], "")
    await page.create("")
    address = f"{settings.from_environment().base_url}/kalender/"
    assert page.address.startswith(address)
    secret = page.address.removeprefix(address).removesuffix(".ics")
    assert page.subscribe == f"webcal:{page.address.partition(':')[2]}"
    assert [(row.created, row.read) for row in page.feeds] == [
        ("Laget i dag kl.\N{NO-BREAK SPACE}10.00", "Ikke hentet ennå")
    ]
    clock.advance(minutes=5)
    await calendar_feeds.read(secret)
    await page.load()
    assert (page.address, page.subscribe) == ("", "")
    assert [row.read for row in page.feeds] == ["Sist hentet i dag kl.\N{NO-BREAK SPACE}10.05"]
    assert secret not in repr(page.dict())


async def test_turning_off_is_asked_about_and_can_be_let_be(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    page = await world.state(CalendarState, kari.kari)
    await page.create("")
    [row] = page.feeds
    await page.ask_revoke("finnes-ikke")
    assert page.revoking == ""
    await page.ask_revoke(row.id)
    assert (page.revoking, page.revoking_created, page.address) == (row.id, row.created, "")
    await page.keep()
    assert (page.revoking, page.feeds) == ("", [row])
    await page.ask_revoke(row.id)
    await page.revoke("", row.id)
    assert (page.revoking, page.feeds, page.revoked) == ("", [], True)
    assert [feed.revoked_at for feed in await world.rows(CalendarFeed)] == [clock.at]


async def test_nothing_is_made_or_turned_off_for_another_than_the_page_shows(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    given = world.representation(ingrid, kari.kari, "see_visits")
    await world.add(given)
    page = await world.state(CalendarState, ingrid, key=given.key)
    with pytest.raises(ComposedForAnotherError):
        await page.create("")
    await page.create(given.key)
    [row] = page.feeds
    with pytest.raises(ComposedForAnotherError):
        await page.revoke("", row.id)
    [feed] = await world.rows(CalendarFeed)
    assert (feed.person_id, feed.actor_id, feed.key, feed.revoked_at) == (
        kari.kari.id,
        ingrid.id,
        given.key,
        None,
    )


async def test_the_eleventh_is_refused_in_words(sqlite_database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    page = await world.state(CalendarState, kari.kari)
    for _ in range(calendar_feeds.MAX_FEEDS):
        await page.create("")
    await page.create("")
    assert page.error == "Du har ti adresser. Slå av en du ikke bruker, før du lager en ny."
    assert (page.address, len(page.feeds)) == ("", calendar_feeds.MAX_FEEDS)


async def test_one_who_may_not_see_visits_has_no_such_section(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    ola = await world.person(OLA, consented=False)
    page = await world.state(CalendarState, ola)
    await page.load()
    assert (page.available, page.feeds, page.shown_for) == (False, [], "")
