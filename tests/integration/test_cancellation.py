"""Asking for visits to be cancelled: once, in time, by those who may, and taken back while it waits."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    CancellationStatus,
    CancelReason,
    CancelRight,
    LogAction,
    OutboxKind,
    VisitStatus,
)
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.services import cancellation, cancellation_period
from digihelse_app.services.cancellation_period import PeriodRequest
from digihelse_app.services.representation import acting_context
from digihelse_app.services.visit_rules import WhyNot
from tests import world
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.visit_world import asking, visit
from tests.world import World

THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
"""Three days after the tests' clock: 10:00 in Oslo."""


async def planned(of: World, at: datetime = THURSDAY, **told: object) -> Visit:
    """A visit of Kari's."""
    one = visit(of.kari, of.service, at, **told)
    await world.add(one)
    return one


async def test_a_request_is_one_row_in_the_log_and_one_in_the_outbox(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one = await planned(kari)
    asked = await cancellation.request(await kari.acting(), asking(one, "  Jeg er borte.  "))
    [row] = await world.rows(Cancellation)
    assert (row.id, row.visit_id, row.comment) == (asked.cancellation_id, one.id, "Jeg er borte.")
    assert (row.status, row.reason, row.version) == (
        CancellationStatus.REQUESTED,
        CancelReason.BY_CITIZEN,
        1,
    )
    [sent] = await world.rows(OutboxItem)
    assert (sent.kind, sent.subject_id, sent.organisation_id) == (
        OutboxKind.CANCELLATION,
        row.id,
        kari.organisation.id,
    )
    logged = [(entry.action, entry.object_id) for entry in await world.rows(AccessLogEntry)]
    assert logged == [(LogAction.VISIT_CANCEL, one.id)]


async def test_the_same_key_is_the_same_request(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    one = await planned(kari)
    wanted = asking(one)
    acting = await kari.acting()
    first, again = await cancellation.request(acting, wanted), await cancellation.request(acting, wanted)
    assert again == first
    assert len(await world.rows(OutboxItem)) == 1


async def test_only_one_request_waits_at_a_time(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    one = await planned(kari)
    acting = await kari.acting()
    await cancellation.request(acting, asking(one))
    assert (await cancellation.request(acting, asking(one))).why_not is WhyNot.PENDING
    assert len(await world.rows(Cancellation)) == 1


async def test_a_request_taken_back_can_be_asked_again(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    one = await planned(kari)
    acting = await kari.acting()
    asked = await cancellation.request(acting, asking(one))
    assert await cancellation.take_back(acting, asked.cancellation_id) is CancellationStatus.TAKEN_BACK
    assert await cancellation.take_back(acting, asked.cancellation_id) is CancellationStatus.TAKEN_BACK
    again = await cancellation.request(acting, asking(one))
    assert again.cancellation_id not in ("", asked.cancellation_id)
    by_id = {row.id: row for row in await world.rows(Cancellation)}
    assert (by_id[asked.cancellation_id].version, by_id[again.cancellation_id].version) == (2, 1)
    assert len(await world.rows(OutboxItem)) == 3


@pytest.mark.parametrize("status", [CancellationStatus.ACCEPTED, CancellationStatus.DECLINED])
async def test_an_answer_stands_against_taking_back(
    database: AsyncEngine, clock: MovableClock, status: CancellationStatus
) -> None:
    kari = await world.world()
    one = await planned(kari)
    acting = await kari.acting()
    asked = await cancellation.request(acting, asking(one))
    [row] = await world.rows(Cancellation)
    row.status = status
    await world.add(row)
    assert await cancellation.take_back(acting, asked.cancellation_id) is status


@pytest.mark.parametrize(
    ("told", "why_not"),
    [
        ({"cancel_right": CancelRight.NONE}, WhyNot.NO_RIGHT),
        ({"starts_at": datetime(2026, 11, 24, 8, 0, tzinfo=UTC)}, WhyNot.TOO_LATE),
        ({"starts_at": datetime(2026, 11, 23, 8, 0, tzinfo=UTC)}, WhyNot.UNDER_WAY),
        ({"starts_at": datetime(2026, 11, 22, 8, 0, tzinfo=UTC)}, WhyNot.OVER),
        ({"begun_at": datetime(2026, 11, 23, 8, 0, tzinfo=UTC)}, WhyNot.UNDER_WAY),
        ({"status": VisitStatus.CANCELLED, "cancel_reason": CancelReason.BY_SERVICE}, WhyNot.OVER),
    ],
)
async def test_what_cannot_be_cancelled_is_said_and_nothing_written(
    database: AsyncEngine, clock: MovableClock, told: dict[str, object], why_not: WhyNot
) -> None:
    kari = await world.world()
    at = told.get("starts_at", THURSDAY)
    assert isinstance(at, datetime)
    one = await planned(kari, at, **{name: value for name, value in told.items() if name != "starts_at"})
    assert (await cancellation.request(await kari.acting(), asking(one))).why_not is why_not
    assert await world.rows(Cancellation) == []
    assert await world.rows(OutboxItem) == []


async def test_a_comment_goes_only_where_the_service_takes_one(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one = await planned(kari, cancel_right=CancelRight.CANCEL)
    await cancellation.request(await kari.acting(), asking(one, "Jeg er borte."))
    assert [row.comment for row in await world.rows(Cancellation)] == [""]


async def test_a_long_comment_or_a_bad_key_is_told_at_the_field(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    one = await planned(kari)
    acting = await kari.acting()
    long = await cancellation.request(acting, asking(one, "a" * 501))
    assert long.errors == {"comment": "cancel.error.long_comment"}
    bad = await cancellation.request(acting, asking(one, key="kort"))
    assert bad.errors == {"comment": "cancel.error.no_key"}


async def test_a_proxy_cancels_on_behalf_where_it_was_given(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    other = world.service(kari.organisation, "Praktisk hjelp")
    ingrid = await world.person(INGRID)
    given = world.representation(ingrid, kari.kari, "see_visits", "cancel_visits")
    given.scopes["cancel_visits"] = [kari.service.id]
    await world.add(other, given)
    allowed, closed = await planned(kari), visit(kari.kari, other, THURSDAY)
    await world.add(closed)
    acting = await acting_context(ingrid.id, given.key)
    await cancellation.request(acting, asking(allowed))
    with pytest.raises(NotFoundError):
        await cancellation.request(acting, asking(closed))
    [row] = await world.rows(Cancellation)
    assert (row.reason, row.actor_id, row.person_id) == (CancelReason.FOR_CITIZEN, ingrid.id, kari.kari.id)
    assert (row.actor_name, row.representation_id) == ("Ingrid Nordmann", given.id)


async def test_one_who_may_only_see_cannot_cancel(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    given = world.representation(ingrid, kari.kari, "see_visits")
    await world.add(given)
    one = await planned(kari)
    with pytest.raises(AccessDeniedError):
        await cancellation.request(await acting_context(ingrid.id, given.key), asking(one))


async def test_another_persons_visit_or_request_is_not_found(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    one = await planned(kari)
    asked = await cancellation.request(await kari.acting(), asking(one))
    stranger = await acting_context(ola.id)
    with pytest.raises(NotFoundError):
        await cancellation.request(stranger, asking(one))
    with pytest.raises(NotFoundError):
        await cancellation.take_back(stranger, asked.cancellation_id)


def stay(*visits: Visit, first: int = 24, last: int = 30, confirmed: bool = True) -> PeriodRequest:
    """A stay in hospital in November."""
    ids = tuple(one.id for one in visits)
    days = date(2026, 11, first), date(2026, 11, last)
    return PeriodRequest(*days, ids, "11111111-aaaa", "Innlagt.", essentials_confirmed=confirmed)


async def test_a_period_shows_what_it_hits_and_what_of_it_is_too_late(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    days = [await planned(kari, THURSDAY + timedelta(days=day)) for day in (-3, -2, 0, 4, 5)]
    preview = await cancellation_period.preview_period(
        await kari.acting(), date(2026, 11, 24), date(2026, 11, 30)
    )
    found = [(hit.summary.visit.id, hit.verdict.why_not) for hit in preview.hits]
    assert found == [(days[1].id, WhyNot.TOO_LATE), (days[2].id, None), (days[3].id, None)]


async def test_a_period_asks_for_all_that_can_be_and_tells_of_the_rest(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    late, one, two = [await planned(kari, THURSDAY + timedelta(days=day)) for day in (-2, 0, 4)]
    acting = await kari.acting()
    came_to = await cancellation_period.request_period(acting, stay(late, one, two))
    assert [visit.id for visit in came_to.asked] == [one.id, two.id]
    assert [(visit.id, why) for visit, why in came_to.refused] == [(late.id, WhyNot.TOO_LATE)]
    requests = await world.rows(Cancellation)
    assert sorted(row.visit_id for row in requests) == sorted([one.id, two.id])
    assert len({row.period_id for row in requests}) == 1
    again = await cancellation_period.request_period(acting, stay(late, one, two))
    assert [visit.id for visit in again.asked] == [one.id, two.id]
    assert len(await world.rows(Cancellation)) == 2


async def test_a_period_with_what_one_depends_on_is_confirmed_first(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    needed = await planned(kari, essential=True)
    acting = await kari.acting()
    first = await cancellation_period.request_period(acting, stay(needed, confirmed=False))
    assert first.errors == {"essentials": "period.error.essentials"}
    assert await world.rows(Cancellation) == []
    confirmed = await cancellation_period.request_period(acting, stay(needed))
    assert [visit.id for visit in confirmed.asked] == [needed.id]


async def test_a_visit_outside_the_period_is_not_of_it(database: AsyncEngine, clock: MovableClock) -> None:
    kari = await world.world()
    outside = await planned(kari, THURSDAY + timedelta(days=14))
    with pytest.raises(NotFoundError):
        await cancellation_period.request_period(await kari.acting(), stay(outside))


@pytest.mark.parametrize(
    ("first", "last", "errors"),
    [
        (date(2026, 11, 22), date(2026, 11, 25), {"first": "period.error.past"}),
        (date(2026, 11, 25), date(2026, 11, 24), {"last": "period.error.backwards"}),
        (date(2026, 11, 25), date(2027, 2, 26), {"last": "period.error.long"}),
    ],
)
async def test_an_impossible_period_is_told_at_its_field(
    database: AsyncEngine, clock: MovableClock, first: date, last: date, errors: dict[str, str]
) -> None:
    kari = await world.world()
    preview = await cancellation_period.preview_period(await kari.acting(), first, last)
    assert preview.errors == errors
