"""Visits in calendars, by a private address: authorised anew at each reading."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.models.codes import (
    AccessTag,
    CancellationStatus,
    CancelReason,
    ConsentKind,
    LogAction,
    RepresentationRole,
    VisitStatus,
)
from digihelse_app.models.database import new_id
from digihelse_app.models.visit import CalendarFeed, Cancellation
from digihelse_app.services import calendar_feeds, consent
from digihelse_app.services.representation import acting_context
from tests import world
from tests.calendars import THURSDAY, logged, planned, proxy, uids
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.visit_world import visit


async def test_an_address_is_told_once_and_only_its_hash_is_kept(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    made = await calendar_feeds.create(await kari.acting(), "nn")
    [row] = await world.rows(CalendarFeed)
    assert (row.id, row.actor_id, row.person_id, row.key, row.language) == (
        made.feed_id,
        kari.kari.id,
        kari.kari.id,
        "",
        "nn",
    )
    assert len(made.secret) == 43
    assert made.secret not in repr(made)
    assert made.secret not in repr(row)
    assert (len(row.secret_hash), row.secret_hash == made.secret) == (64, False)
    assert await logged() == [(LogAction.FEED_CREATE, made.feed_id)]


async def test_a_reading_gives_a_month_back_and_half_a_year_ahead_and_is_logged(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    acting = await kari.acting()
    today = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)  # midnight in Oslo
    days = {-31: False, -30: True, 0: True, 180: True, 181: False}
    made = {day: await planned(kari, today + timedelta(days=day, hours=12)) for day in days}
    await planned(kari, status=VisitStatus.ENTERED_IN_ERROR)
    feed = await calendar_feeds.create(acting, "nb")
    document = await calendar_feeds.read(feed.secret)
    assert uids(document) == [made[day].id for day, within in days.items() if within]
    [row] = await world.rows(CalendarFeed)
    assert row.read_at == clock.at
    assert await logged() == [
        (LogAction.FEED_CREATE, feed.feed_id),
        (LogAction.FEED_READ, feed.feed_id),
    ]


async def test_of_more_than_the_most_the_first_are_given(
    database: AsyncEngine, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calendar_feeds, "MAX_VISITS", 2)
    kari = await world.world()
    made = [await planned(kari, THURSDAY + timedelta(hours=n)) for n in (3, 1, 2)]
    feed = await calendar_feeds.create(await kari.acting(), "nb")
    assert uids(await calendar_feeds.read(feed.secret)) == [made[1].id, made[2].id]


async def test_a_visit_whose_cancelling_was_granted_is_cancelled_in_the_calendar(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one, other = await planned(kari), await planned(kari, THURSDAY + timedelta(days=1))
    for visited, status in ((one, CancellationStatus.ACCEPTED), (other, CancellationStatus.DECLINED)):
        await world.add(
            Cancellation(
                visit_id=visited.id,
                person_id=kari.kari.id,
                actor_id=kari.kari.id,
                actor_name="Kari Nordmann",
                role=RepresentationRole.SELF,
                reason=CancelReason.BY_CITIZEN,
                idempotency_key=new_id(),
                status=status,
                visit_starts_at=visited.starts_at,
                requested_at=world.START,
                answered_at=world.later(hours=2),
            )
        )
    feed = await calendar_feeds.create(await kari.acting(), "nb")
    events = icalendar.Calendar.from_ical(await calendar_feeds.read(feed.secret)).walk("VEVENT")
    assert [(str(event["STATUS"]), event["SEQUENCE"]) for event in events] == [
        ("CANCELLED", 1),
        ("CONFIRMED", 0),
    ]


async def test_one_has_at_most_ten_at_a_time_for_each_person(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid, given = await proxy(kari, "see_visits")
    acting = await kari.acting()
    feeds = [await calendar_feeds.create(acting, "nb") for _ in range(calendar_feeds.MAX_FEEDS)]
    assert (await calendar_feeds.create(acting, "nb")).errors == {"feed": "calendar.error.too_many"}
    assert (await calendar_feeds.create(await acting_context(ingrid.id, given.key), "nb")).errors == {}
    await calendar_feeds.revoke(acting, feeds[0].feed_id)
    assert (await calendar_feeds.create(acting, "nb")).errors == {}
    assert len(await calendar_feeds.list_feeds(acting)) == calendar_feeds.MAX_FEEDS


async def test_a_revoked_address_gives_nothing_and_is_listed_no_more(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    acting = await kari.acting()
    kept, gone = [await calendar_feeds.create(acting, "nb") for _ in range(2)]
    await calendar_feeds.revoke(acting, gone.feed_id)
    with pytest.raises(NotFoundError):
        await calendar_feeds.read(gone.secret)
    with pytest.raises(NotFoundError):
        await calendar_feeds.revoke(acting, gone.feed_id)
    assert [feed.id for feed in await calendar_feeds.list_feeds(acting)] == [kept.feed_id]
    reads = [entry for entry in await logged() if entry[0] is LogAction.FEED_READ]
    assert reads == []


async def test_anothers_address_is_neither_listed_nor_revoked(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid, given = await proxy(kari, "see_visits")
    for_kari = await acting_context(ingrid.id, given.key)
    feed = await calendar_feeds.create(for_kari, "nb")
    ola = await world.person(OLA)
    for stranger in (await acting_context(ola.id), await kari.acting(), await acting_context(ingrid.id)):
        assert await calendar_feeds.list_feeds(stranger) == []
        for wanted in (feed.feed_id, "finnes-ikke", "\0"):
            with pytest.raises(NotFoundError):
                await calendar_feeds.revoke(stranger, wanted)
    assert [one.id for one in await calendar_feeds.list_feeds(for_kari)] == [feed.feed_id]


async def test_a_proxys_address_gives_what_she_may_see_now(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    other = world.service(kari.organisation, "Praktisk hjelp")
    await world.add(other)
    ingrid, given = await proxy(kari, services=[kari.service.id])
    seen = await planned(kari)
    hidden = await planned(kari, hidden_at=world.START)
    closed = visit(kari.kari, other, THURSDAY)
    await world.add(closed)
    feed = await calendar_feeds.create(await acting_context(ingrid.id, given.key), "nb")
    assert uids(await calendar_feeds.read(feed.secret)) == [seen.id]
    own = await calendar_feeds.create(await kari.acting(), "nb")
    assert set(uids(await calendar_feeds.read(own.secret))) == {seen.id, hidden.id, closed.id}


async def test_what_is_kept_from_parents_is_kept_from_their_calendars(
    database: AsyncEngine, clock: MovableClock
) -> None:
    child = await world.world()
    child.kari.birth_date = (clock.at - timedelta(days=13 * 366)).date()
    await world.add(child.kari)
    parent = await world.person(INGRID)
    given = world.representation(parent, child.kari, "see_visits", role=RepresentationRole.FO)
    await world.add(given)
    seen = await planned(child)
    await planned(child, access_tag=AccessTag.NOT_PARENTS)
    feed = await calendar_feeds.create(await acting_context(parent.id, given.key), "nb")
    assert uids(await calendar_feeds.read(feed.secret)) == [seen.id]


async def test_an_address_ends_with_the_delegation(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    ingrid, given = await proxy(kari, "see_visits")
    feed = await calendar_feeds.create(await acting_context(ingrid.id, given.key), "nb")
    await calendar_feeds.read(feed.secret)
    given.ended_at = clock.at
    await world.add(given)
    with pytest.raises(AccessDeniedError):
        await calendar_feeds.read(feed.secret)


async def test_an_address_ends_with_the_right_to_see_visits(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid, given = await proxy(kari, "see_visits", "read_messages")
    feed = await calendar_feeds.create(await acting_context(ingrid.id, given.key), "nb")
    given.scopes = {"read_messages": given.scopes["read_messages"]}
    await world.add(given)
    with pytest.raises(AccessDeniedError):
        await calendar_feeds.read(feed.secret)


async def test_addresses_end_with_the_consent_also_those_of_proxies(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ingrid, given = await proxy(kari, "see_visits")
    own = await calendar_feeds.create(await kari.acting(), "nb")
    hers = await calendar_feeds.create(await acting_context(ingrid.id, given.key), "nb")
    await consent.withdraw(await kari.acting(), ConsentKind.DIALOGUE)
    for feed in (own, hers):
        with pytest.raises(AccessDeniedError):
            await calendar_feeds.read(feed.secret)
