"""Citizen and service act in any order, over a line that repeats, delays and shuffles: in the end both agree.

What each may do is played by hypothesis; both programs are real, and only the line between them is not.
"""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from digihelse_app.models.codes import CancellationStatus
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside import clock as app_clock
from digihelse_app.services import cancellation
from digihelse_app.services.cancellation import CancelRequest
from digihelse_app.standins.record_system import cancel_requests, faults, visits
from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.visit_resources import NOT_AT_HOME
from digihelse_app.standins.record_system.visits import NotNowError
from tests import visit_ends
from tests.conftest import MovableClock
from tests.fhir_world import rows
from tests.shuffling_wire import Fate
from tests.visit_ends import Ends
from tests.visit_sides import disagreements, rows_of, their_side

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
WITHDRAWN = {CancellationStatus.TAKEN_BACK, CancellationStatus.OVERTAKEN}
ANSWERED = {CancellationStatus.ACCEPTED, CancellationStatus.DECLINED}
MAY_BECOME = {
    CancellationStatus.REQUESTED: set(CancellationStatus),
    CancellationStatus.TAKEN_BACK: ANSWERED,
    CancellationStatus.OVERTAKEN: ANSWERED,
    CancellationStatus.ACCEPTED: set[CancellationStatus](),
    CancellationStatus.DECLINED: set[CancellationStatus](),
}
Result = TypeVar("Result")
Goes = Callable[[System, str], Coroutine[Any, Any, None]]


async def nobody_at_home(system: System, visit_id: str) -> None:
    """The employee rang, and nobody opened."""
    await visits.cancel(system, visit_id, NOT_AT_HOME)


ENDS: tuple[Goes, ...] = (visits.complete, visits.cancel, nobody_at_home, visits.retract)
which = st.integers(0, len(visit_ends.DAYS) - 1)
fates = st.lists(st.sampled_from(Fate), max_size=4)


class CitizenAndService(RuleBasedStateMachine):
    """Kari and the municipality, with a few visits between them; of one nothing has been asked."""

    began: Path
    """Where the databases are that each play begins with."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        visit_ends.copy(self.began, self.folder)
        self.clock = MovableClock(MONDAY)
        app_clock.use(self.clock)
        self.loop = asyncio.Runner()
        self.ends: Ends = visit_ends.open_ends(self.folder, self.clock)
        self.statuses: dict[str, CancellationStatus] = {}
        self.asked = 0

    def now(self, act: Coroutine[Any, Any, Result]) -> Result:
        """Do it; a moment goes by."""
        self.clock.advance(seconds=1)
        return self.loop.run(act)

    @rule(visit=which, twice=st.booleans())
    def citizen_asks(self, visit: int, twice: bool) -> None:
        """One who presses twice has asked once."""
        self.asked += 1
        key = f"key-{self.asked:08}"
        ids = {self.now(self._ask(visit, key)) for _ in range(1 + twice)}
        assert len(ids) == 1

    async def _ask(self, visit: int, key: str) -> str:
        found = sorted(await rows(Visit), key=lambda each: each.starts_at)
        wanted = CancelRequest(found[visit].id, key, "Jeg er bortreist.")
        return (await cancellation.request(await self.ends.kari(), wanted)).cancellation_id

    @rule(newest=st.integers(0, 5))
    def citizen_takes_back(self, newest: int) -> None:
        self.now(self._take_back(newest))

    async def _take_back(self, newest: int) -> None:
        asked = sorted(await rows(Cancellation), key=lambda each: each.requested_at, reverse=True)
        if asked:
            await cancellation.take_back(await self.ends.kari(), asked[newest % len(asked)].id)

    @rule(place=st.integers(0, 3), accepted=st.booleans())
    def service_answers(self, place: int, accepted: bool) -> None:
        self.now(self._answer(place, accepted))

    async def _answer(self, place: int, accepted: bool) -> None:
        system = self.ends.system.system
        if waiting := await cancel_requests.waiting(system):
            request_id = waiting[place % len(waiting)].request.id
            await cancel_requests.answer(system, request_id, accepted, "Vi ringer deg.", "Marit Haugen")

    @rule(visit=which, hours=st.integers(-30, 30))
    def service_moves(self, visit: int, hours: int) -> None:
        self.now(self._move(visit, timedelta(hours=hours)))

    async def _move(self, visit: int, by: timedelta) -> None:
        system, visit_id = self.ends.system.system, self._visit_id(visit)
        found = await visits.read(system, visit_id)
        assert found is not None
        await self._unless_too_late(
            visits.move(system, visit_id, found.visit.starts_at + by, found.visit.ends_at + by)
        )

    @rule(visit=which)
    def visit_begins(self, visit: int) -> None:
        self.now(self._unless_too_late(visits.start(self.ends.system.system, self._visit_id(visit))))

    @rule(visit=which, how=st.sampled_from(ENDS))
    def visit_ends(self, visit: int, how: Goes) -> None:
        self.now(self._unless_too_late(how(self.ends.system.system, self._visit_id(visit))))

    def _visit_id(self, place: int) -> str:
        found = rows_of(self.ends.their_file, "SELECT id FROM fagsystem_visit ORDER BY rowid")
        return found[place][0]

    async def _unless_too_late(self, act: Coroutine[Any, Any, None]) -> None:
        try:
            await act
        except NotNowError:
            return

    @rule(fates=fates)
    def citizens_words_are_handed_over(self, fates: list[Fate]) -> None:
        self.ends.to_record_system.fates.extend(fates)
        self.now(self.ends.dispatcher.dispatch_due())

    @rule(fates=fates, newest_first=st.booleans())
    def services_words_are_handed_over(self, fates: list[Fate], newest_first: bool) -> None:
        self.now(faults.switch(self.ends.system.system, faults.OUT_OF_ORDER, on=newest_first))
        self.ends.to_digihelse.fates.extend(fates)
        self.now(self.ends.system.deliver())

    @rule(place=st.integers(0, 3))
    def something_late_reaches_the_service(self, place: int) -> None:
        self.now(self.ends.to_record_system.let_arrive(place))

    @rule(place=st.integers(0, 3))
    def something_late_reaches_digihelse(self, place: int) -> None:
        self.now(self.ends.to_digihelse.let_arrive(place))

    @rule(minutes=st.sampled_from([1, 15, 120]))
    def time_goes_by(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule()
    def the_line_is_good_again(self) -> None:
        """And the play goes on after it."""
        self.now(self._they_agree())

    @invariant()
    def one_request_waits_and_an_answer_stands(self) -> None:
        requests = self.now(rows(Cancellation))
        waiting = [each.visit_id for each in requests if each.status is CancellationStatus.REQUESTED]
        assert len(waiting) == len(set(waiting))
        for each in requests:
            before = self.statuses.get(each.id, CancellationStatus.REQUESTED)
            assert each.status is before or each.status in MAY_BECOME[before]
            self.statuses[each.id] = each.status

    async def _they_agree(self) -> None:
        await self.ends.drain()
        theirs = their_side(self.ends.their_file)
        assert disagreements(theirs, await rows(Visit), await rows(Cancellation)) == []
        refused = "SELECT body, failure FROM fagsystem_outgoing WHERE status != 'delivered'"
        assert rows_of(self.ends.their_file, refused) == []
        waiting = [each.visit_id for each in theirs.requests.values() if each.status == "waiting"]
        assert len(waiting) == len(set(waiting))

    def teardown(self) -> None:
        """The line is good, all arrives, and both ends say the same."""
        try:
            self.now(self._they_agree())
        finally:
            self.loop.run(self.ends.close())
            self.loop.close()
            shutil.rmtree(self.folder)
            app_clock.use(app_clock.system_clock)


async def ask_beforehand(ends: Ends) -> None:
    """Of the second visit it is handed over, of the third taken back since, of the fourth not yet."""
    kari = await ends.kari()
    found = sorted(await rows(Visit), key=lambda each: each.starts_at)
    first, second, third = (CancelRequest(each.id, f"before-{each.id}") for each in found[1:])
    await cancellation.request(kari, first)
    regretted = await cancellation.request(kari, second)
    await ends.dispatcher.dispatch_due()
    await cancellation.take_back(kari, regretted.cancellation_id)
    await cancellation.request(kari, third)


@pytest.fixture
def began(sqlite_template: Path, tmp_path: Path) -> Iterator[Path]:
    """Databases to begin each play with."""
    shutil.copy(sqlite_template, tmp_path / visit_ends.OURS)
    clock = MovableClock(MONDAY)
    app_clock.use(clock)

    async def play() -> None:
        ends = visit_ends.open_ends(tmp_path, clock)
        await visit_ends.begin(ends)
        await ask_beforehand(ends)
        await ends.close()

    asyncio.run(play())
    yield tmp_path
    app_clock.use(app_clock.system_clock)


def test_both_sides_agree_whatever_is_done_and_however_it_arrives(began: Path) -> None:
    class Play(CitizenAndService):
        pass

    Play.began = began
    run_state_machine_as_test(
        Play,
        settings=settings(
            max_examples=20,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
