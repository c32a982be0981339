"""The agenda in pages: every visit once, and on its day in Norway."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import ActingContext
from digihelse_app.models.codes import (
    VisitStatus,
)
from digihelse_app.services import visits
from digihelse_app.services.visit_list import Cursor
from tests import world
from tests.conftest import MovableClock
from tests.visit_world import NOW, ids, planned

MIDNIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
"""When that Monday began in Oslo."""


async def every_page(acting: ActingContext, *, past: bool, limit: int) -> list[list[str]]:
    """The ids of each page, until there is none."""
    pages: list[list[str]] = []
    after: Cursor | None = None
    read = visits.list_past if past else visits.list_coming
    while True:
        page = await read(acting, after, limit)
        pages.append(ids(page))
        after = page.following
        if after is None:
            return pages


@pytest.mark.parametrize("number", [0, 3, 4, 8, 9])
@pytest.mark.parametrize("past", [False, True])
async def test_pages_have_every_visit_once_also_those_of_one_instant(
    database: AsyncEngine, clock: MovableClock, number: int, past: bool
) -> None:
    kari = await world.world()
    hours = [24 * (1 + n // 3) for n in range(number)]  # three at each instant
    starts = [NOW - timedelta(hours=n) if past else NOW + timedelta(hours=n) for n in hours]
    made = [await planned(kari, at) for at in starts]
    await planned(kari, NOW + timedelta(days=400) if past else NOW - timedelta(days=400))
    pages = await every_page(await kari.acting(), past=past, limit=4)
    expected = sorted(made, key=lambda one: (one.starts_at, one.id), reverse=past)
    assert [one for page in pages for one in page] == [one.id for one in expected]
    assert [len(page) for page in pages] == [4] * ((number - 1) // 4) + [
        (number - 1) % 4 + 1 if number else 0
    ]


async def test_a_visit_that_comes_in_between_neither_repeats_nor_hides_another(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    acting = await kari.acting()
    made = [await planned(kari, NOW + timedelta(days=n)) for n in (1, 2, 3, 4)]
    first = await visits.list_coming(acting, None, 2)
    await planned(kari, NOW + timedelta(hours=1))
    second = await visits.list_coming(acting, first.following, 2)
    assert ids(first) + ids(second) == [one.id for one in made]


@pytest.mark.parametrize(
    ("starts_at", "long", "coming"),
    [
        (MIDNIGHT, 30, True),  # today, though it is over
        (MIDNIGHT - timedelta(minutes=30), 30, False),  # yesterday in Oslo, today in UTC would be the same
        (MIDNIGHT - timedelta(minutes=1), 600, False),  # began yesterday, over before ten
        (MIDNIGHT - timedelta(minutes=1), 602, True),  # began yesterday, still on
        (NOW - timedelta(hours=24) + timedelta(minutes=1), 1440, True),
        (MIDNIGHT - timedelta(seconds=1), 0, False),
    ],
)
async def test_a_visit_is_either_coming_or_past_by_the_day_in_oslo(
    database: AsyncEngine, clock: MovableClock, starts_at: datetime, long: int, coming: bool
) -> None:
    kari = await world.world()
    one = await planned(kari, starts_at, ends_at=starts_at + timedelta(minutes=long))
    acting = await kari.acting()
    assert ids(await visits.list_coming(acting)) == ([one.id] if coming else [])
    assert ids(await visits.list_past(acting)) == ([] if coming else [one.id])


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2026, 11, 23), MIDNIGHT, MIDNIGHT + timedelta(hours=24)),
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC)),
    ],
)
async def test_a_day_has_23_24_or_25_hours(
    database: AsyncEngine, clock: MovableClock, day: date, begins: datetime, ends: datetime
) -> None:
    kari = await world.world()
    second = timedelta(seconds=1)
    made = [await planned(kari, at) for at in (begins - second, begins, ends - second, ends)]
    shown = await visits.list_between(await kari.acting(), day, day, 10)
    assert ids(shown) == [made[1].id, made[2].id]


async def test_one_service_at_a_time(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    other = world.service(kari.organisation, "Praktisk hjelp")
    await world.add(other)
    own = [await planned(kari, NOW + timedelta(days=n), other) for n in (1, -1)]
    for n in (1, -1):
        await planned(kari, NOW + timedelta(days=n))
    acting = await kari.acting()
    assert ids(await visits.list_coming(acting, service_id=other.id)) == [own[0].id]
    assert ids(await visits.list_past(acting, service_id=other.id)) == [own[1].id]


async def test_what_was_entered_in_error_was_never_a_visit(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    cancelled = await planned(kari, NOW + timedelta(days=1), status=VisitStatus.CANCELLED)
    await planned(kari, NOW + timedelta(days=1), status=VisitStatus.ENTERED_IN_ERROR)
    assert ids(await visits.list_coming(await kari.acting())) == [cancelled.id]
