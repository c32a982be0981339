"""Puts the record system together: its wire, its pages, its tasks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import httpx
from starlette.applications import Starlette

from digihelse_app.standins.record_system import (
    catalogue,
    conversations,
    handling,
    live_day,
    night_job,
    offered_services,
    outbox,
    papers,
    staff,
    visit_planning,
    visits,
    work_list,
)
from digihelse_app.standins.record_system.callers import Callers
from digihelse_app.standins.record_system.digihelse import SCOPE, Digihelse
from digihelse_app.standins.record_system.issuer import Clock, Issuer, OwnToken
from digihelse_app.standins.record_system.routes import ROUTES
from digihelse_app.standins.record_system.schedule import NIGHT_RUN_AT
from digihelse_app.standins.record_system.store import Store
from digihelse_app.standins.record_system.system import Organisation, System, require_loopback
from digihelse_app.standins.record_system.tables import NightRun

LOOK_EVERY_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.05
TIMEOUT_SECONDS = 10.0

_log = logging.getLogger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class RecordSystem:
    """A municipality's record system: `app` is mounted at the path of its base address.

    The methods let a story play the municipality through the code that serves its pages.
    """

    def __init__(self, system: System, http: httpx.AsyncClient) -> None:
        self.system = system
        self.app = Starlette(routes=ROUTES)
        self.app.state.system = system
        self._http = http
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to deliver, to run each night, and to play a day when somebody asks for it.

        Several workers may: the database says whose turn it is.
        """
        self._tasks = [
            asyncio.create_task(self._keep_delivering()),
            asyncio.create_task(self._keep_looking(night_job.run_when_due)),
            asyncio.create_task(self._keep_looking(live_day.step_when_due)),
        ]

    async def stop(self) -> None:
        """End the tasks and close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._http.aclose()

    async def seed(self) -> None:
        """Fill an empty database with the synthetic services and patients, dated from today."""
        await catalogue.fill(self.system)

    async def run_night_job(self) -> NightRun | None:
        """Run the night job now; its journal line, or None when another run is under way."""
        return await night_job.run(self.system)

    async def set_opening(self, service_id: str, opens_on: date | None) -> bool:
        """Change when a service opens for dialogue, and tell Digihelse; whether it was told."""
        return await offered_services.change(self.system, service_id, opens_on)

    async def waiting(self) -> list[work_list.Row]:
        """The work list: what waits for an answer, what is due first at the top."""
        return await work_list.waiting(self.system)

    async def read(self, thread_id: str) -> conversations.Conversation | None:
        """A conversation with its messages, oldest first; None when there is no such."""
        return await conversations.read(self.system, thread_id)

    async def open_thread(
        self, thread_id: str, *, by: str = staff.STAFF[0], at: datetime | None = None
    ) -> None:
        """An employee opens what has come in, now or at a past time (aware); delivered at once."""
        await handling.open_thread(self.system, thread_id, by, at)
        await self.deliver()

    async def take(self, thread_id: str, *, by: str = staff.STAFF[0]) -> None:
        """An employee makes a conversation their own; delivered at once."""
        await handling.take(self.system, thread_id, by)
        await self.deliver()

    async def close(self, thread_id: str, *, by: str = staff.STAFF[0], at: datetime | None = None) -> None:
        """An employee ends a conversation, now or at a past time (aware); delivered at once."""
        await handling.close(self.system, thread_id, by, at)
        await self.deliver()

    async def reply(self, thread_id: str, text: str, **options: Any) -> str:
        """Answer (options of `conversations.reply`) and deliver at once; the message's id."""
        options.setdefault("staff", staff.STAFF[0])
        message_id = await conversations.reply(self.system, thread_id, text, **options)
        await self.deliver()
        return message_id

    async def write_first(
        self, patient_id: str, service_id: str, subject: str, text: str, **options: Any
    ) -> str:
        """Begin a conversation (options as there) and deliver at once; the thread's id."""
        options.setdefault("staff", staff.STAFF[0])
        started = await conversations.write_first(
            self.system, patient_id, service_id, subject, text, **options
        )
        await self.deliver()
        return started

    async def plan(
        self,
        planned: visit_planning.Plan,
        days: Sequence[date],
        went: dict[date, visit_planning.Went] | None = None,
    ) -> list[str]:
        """Plan a visit on each of the days (see `visit_planning.plan`); the ids. Not delivered at once."""
        return await visit_planning.plan(self.system, planned, days, went)

    async def assign(self, visit_id: str, carer: str) -> None:
        """Give a visit to an employee by number; delivered at once."""
        await visits.assign(self.system, visit_id, carer)
        await self.deliver()

    async def move(self, visit_id: str, day: date, hours: visit_planning.Hours) -> None:
        """Move a visit to a day and hours in Europe/Oslo; delivered at once."""
        starts_at, ends_at = hours.on(day)
        await visits.move(self.system, visit_id, starts_at, ends_at, is_window=hours.is_window)
        await self.deliver()

    async def assign_proxy(
        self, patient_id: str, national_id: str, name: str, *, evidence: str, until: date
    ) -> str:
        """Register that someone is to act for a patient who cannot consent; delivered at once; the id."""
        new = papers.NewPaper(patient_id, national_id, name, papers.ASSIGNED, evidence, until)
        registered = await papers.register(self.system, new)
        await self.deliver()
        return registered

    async def deliver(self) -> int:
        """Try to deliver what is due; how many Digihelse took. What fails is tried again later."""
        return await outbox.deliver_due(self.system)

    async def told(self, thread_id: str) -> None:
        """Return when Digihelse has all that was to be told of a conversation.

        `deliver` returns before that when another worker is just handing it over.
        """
        while await outbox.is_on_its_way(self.system, thread_id):
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            await self.deliver()

    async def _keep_delivering(self) -> None:
        signal = self.system.something_to_deliver
        while True:
            signal.clear()
            await _survive(outbox.deliver_due, self.system)
            try:
                async with asyncio.timeout(LOOK_EVERY_SECONDS):
                    await signal.wait()
            except TimeoutError:
                continue

    async def _keep_looking(self, work: Callable[[System], Awaitable[object]]) -> None:
        while True:
            await _survive(work, self.system)
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _survive(work: Callable[[System], Awaitable[object]], system: System) -> None:
    """One failure does not end a task that must go on; what failed is in the log by its kind alone."""
    try:
        await work(system)
    except Exception as failure:  # the task's outermost edge
        _log.error("the record system's %s failed: %s", work.__name__, type(failure).__name__)


def create(
    *,
    base_url: str,
    digihelse_url: str,
    issuer: str,
    database_url: str,
    client_id: str,
    private_jwk: dict[str, Any],
    organisation: Organisation,
    clock: Clock = _utc_now,
    page_size: int = 500,
    night_run_at: time = NIGHT_RUN_AT,
    transport: httpx.AsyncBaseTransport | None = None,
) -> RecordSystem:
    """The record system of `organisation`, to be mounted at the path of `base_url`.

    Addresses are bare, without a trailing slash; ValueError unless all are loopback. `database_url` is an
    async SQLAlchemy URL of its own file or database, shared by all workers; tables are made on first use.
    `private_jwk` authenticates `client_id` at `issuer`. `clock` gives the time with its zone, `night_run_at`
    is Europe/Oslo, `page_size` how many changes are asked for at a time. `transport` reaches Digihelse and
    the issuer without a socket, when a story is played before the server listens.
    """
    require_loopback(base_url, digihelse_url, issuer)
    http = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False, transport=transport)
    at_issuer = Issuer(http, issuer)
    system = System(
        organisation=organisation,
        base_url=base_url,
        store=Store(database_url),
        clock=clock,
        digihelse=Digihelse(http, digihelse_url, OwnToken(at_issuer, client_id, private_jwk, SCOPE, clock)),
        callers=Callers(at_issuer, clock),
        page_size=page_size,
        night_run_at=night_run_at,
    )
    return RecordSystem(system, http)
