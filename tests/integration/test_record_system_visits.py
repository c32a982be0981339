"""Visits with both ends real: the stand-in record system and Digihelse, over the wire."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.demo import visits as story
from digihelse_app.models.codes import CancellationStatus, VisitStatus
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.services import cancellation
from digihelse_app.services.cancellation import CancelRequest
from digihelse_app.standins.record_system import cancel_requests, faults, outbox, visits
from digihelse_app.standins.record_system.tables import Outgoing
from digihelse_app.standins.record_system.visit_tables import RequestState
from tests.both_ends import BothEnds, both_ends
from tests.conftest import MovableClock
from tests.fhir_world import activate, rows
from tests.people import KARI
from tests.standin_visits import TEN_SHARP, plan

THURSDAY = date(2026, 11, 26)
WORDS = "Da ses vi på fredag."
TRIES = 3


@pytest.fixture
async def ends(database: AsyncEngine, tmp_path: Path, clock: MovableClock) -> AsyncIterator[BothEnds]:
    async with both_ends(tmp_path, clock) as running:
        yield running


async def planned(ends: BothEnds) -> str:
    """Kari is connected, and has a visit on Thursday; its id at the record system."""
    await activate(KARI)
    await ends.system.run_night_job()
    [visit] = await ends.system.plan(plan(), [THURSDAY])
    await delivered(ends)
    return visit


async def delivered(ends: BothEnds) -> None:
    """All is handed over: a call that fails on a busy machine is made again, as the record system does."""
    for _ in range(TRIES):
        await ends.system.deliver()
        if not any(status == outbox.PENDING for _, status, _ in await undelivered(ends)):
            break
        await outbox.try_again(ends.system.system)
    assert await undelivered(ends) == []


async def undelivered(ends: BothEnds) -> list[tuple[str, str, str]]:
    """What Digihelse has not taken, and why."""
    async with ends.system.system.store.transaction() as session:
        left = await session.scalars(select(Outgoing).where(Outgoing.status != outbox.DELIVERED))
        return [(row.resource_type, row.status, row.failure) for row in left]


async def asked(ends: BothEnds) -> str:
    """Kari has asked for it to be cancelled, and the record system has it; the request's id."""
    [visit] = await rows(Visit)
    wanted = CancelRequest(visit.id, "key-00000001", "Jeg er bortreist.")
    sent = await cancellation.request(await ends.kari(), wanted)
    await ends.dispatcher.dispatch_due()
    return sent.cancellation_id


async def answer(ends: BothEnds, request_id: str, accepted: bool) -> None:
    await cancel_requests.answer(ends.system.system, request_id, accepted, WORDS, "Marit Haugen")
    await ends.system.deliver()


async def agreed(ends: BothEnds) -> tuple[CancellationStatus, VisitStatus, str]:
    """How the request and the visit stand here, and the request there."""
    [request], [visit] = await rows(Cancellation), await rows(Visit)
    kept = await cancel_requests.read(ends.system.system, request.id)
    return request.status, visit.status, kept.status if kept else ""


async def test_request_is_accepted_with_words(ends: BothEnds) -> None:
    await planned(ends)
    await answer(ends, await asked(ends), accepted=True)
    [request] = await rows(Cancellation)
    assert request.answer == WORDS
    assert await agreed(ends) == (CancellationStatus.ACCEPTED, VisitStatus.CANCELLED, RequestState.ACCEPTED)


async def test_request_is_declined_with_words(ends: BothEnds) -> None:
    await planned(ends)
    await answer(ends, await asked(ends), accepted=False)
    [request] = await rows(Cancellation)
    assert request.answer == WORDS
    assert await agreed(ends) == (CancellationStatus.DECLINED, VisitStatus.PROPOSED, RequestState.DECLINED)


async def test_request_is_taken_back(ends: BothEnds) -> None:
    await planned(ends)
    await cancellation.take_back(await ends.kari(), await asked(ends))
    await ends.dispatcher.dispatch_due()
    assert await agreed(ends) == (
        CancellationStatus.TAKEN_BACK,
        VisitStatus.PROPOSED,
        RequestState.TAKEN_BACK,
    )


async def test_answer_on_its_way_wins_over_taking_back(ends: BothEnds) -> None:
    await planned(ends)
    request_id = await asked(ends)
    await cancel_requests.answer(ends.system.system, request_id, True, WORDS, "Marit Haugen")
    await cancellation.take_back(await ends.kari(), request_id)
    await ends.dispatcher.dispatch_due()
    await ends.system.deliver()
    assert await agreed(ends) == (CancellationStatus.ACCEPTED, VisitStatus.CANCELLED, RequestState.ACCEPTED)


async def test_answer_that_comes_after_the_cancelled_visit_still_brings_its_words(ends: BothEnds) -> None:
    await planned(ends)
    request_id = await asked(ends)
    await faults.switch(ends.system.system, faults.OUT_OF_ORDER, on=True)
    await faults.switch(ends.system.system, faults.DUPLICATES, on=True)
    await answer(ends, request_id, accepted=True)
    [request] = await rows(Cancellation)
    assert (request.answer, request.status) == (WORDS, CancellationStatus.ACCEPTED)


async def test_request_comes_once_while_receipts_are_lost(ends: BothEnds, clock: MovableClock) -> None:
    await planned(ends)
    await faults.switch(ends.system.system, faults.LOST_RECEIPT, on=True)
    request_id = await asked(ends)
    clock.advance(minutes=11)
    await ends.dispatcher.dispatch_due()
    [request] = await rows(Cancellation)
    [waiting] = await cancel_requests.waiting(ends.system.system)
    assert (request.delivered_version, waiting.request.id) == (1, request_id)


async def test_visit_is_moved_begun_and_done(ends: BothEnds, clock: MovableClock) -> None:
    visit_id = await planned(ends)
    await ends.system.move(visit_id, THURSDAY, TEN_SHARP)
    [moved] = await rows(Visit)
    await visits.start(ends.system.system, visit_id)
    clock.advance(minutes=20)
    await visits.complete(ends.system.system, visit_id)
    await ends.system.deliver()
    [done] = await rows(Visit)
    assert (moved.status, moved.is_window) == (VisitStatus.BOOKED, False)
    assert (done.status, done.begun_at, done.done_at) == (
        VisitStatus.FULFILLED,
        clock.at - timedelta(minutes=20),
        clock.at,
    )


async def test_the_storys_visits_are_all_taken(ends: BothEnds) -> None:
    await activate(KARI)
    await ends.system.run_night_job()
    await story.play(ends.system)
    counted = Counter(visit.status for visit in await rows(Visit))
    assert counted == {
        VisitStatus.FULFILLED: 59,
        VisitStatus.PROPOSED: 42,
        VisitStatus.BOOKED: 3,
        VisitStatus.CANCELLED: 1,
    }
    async with ends.system.system.store.transaction() as session:
        by_status = select(Outgoing.status, func.count()).group_by(Outgoing.status)
        assert {status for status, _ in await session.execute(by_status)} == {outbox.DELIVERED}
