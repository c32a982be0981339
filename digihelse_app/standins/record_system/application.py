"""Puts the record system together: its wire, its pages, its tasks."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from digihelse_app.standins.record_system import (
    catalogue,
    compose_pages,
    conversations,
    delivery_pages,
    fault_pages,
    file_pages,
    handling,
    handling_pages,
    inbound,
    inbound_files,
    night_job,
    offered_services,
    operator_pages,
    outbox,
    staff,
    staff_pages,
    work_list,
    work_list_page,
)
from digihelse_app.standins.record_system.callers import Callers
from digihelse_app.standins.record_system.digihelse import SCOPE, Digihelse
from digihelse_app.standins.record_system.frame import static_file
from digihelse_app.standins.record_system.issuer import Clock, Issuer, OwnToken
from digihelse_app.standins.record_system.schedule import NIGHT_RUN_AT
from digihelse_app.standins.record_system.store import Store
from digihelse_app.standins.record_system.system import Organisation, System, require_loopback
from digihelse_app.standins.record_system.tables import NightRun

LOOK_EVERY_SECONDS = 5.0
TIMEOUT_SECONDS = 10.0

ROUTES = [
    Route("/fhir/metadata", inbound.metadata),
    Route("/fhir/Communication/{id}", inbound.communication, methods=["GET", "PUT"]),
    Route("/fhir/Binary/{id}", inbound_files.binary, methods=["PUT"]),
    Route("/fhir/DocumentReference/{id}", inbound_files.document_reference, methods=["PUT"]),
    Route("/vedlegg/{id}", file_pages.download),
    Route("/", work_list_page.work_list),
    Route("/ansatt", staff.choose, methods=["POST"]),
    Route("/samtale/{id}", staff_pages.conversation),
    Route("/samtale/{id}/svar", staff_pages.reply, methods=["POST"]),
    Route("/samtale/{id}/ta", handling_pages.take, methods=["POST"]),
    Route("/samtale/{id}/send-videre", handling_pages.pass_on, methods=["POST"]),
    Route("/samtale/{id}/avslutt", handling_pages.close, methods=["POST"]),
    Route("/ny", compose_pages.compose),
    Route("/ny", compose_pages.begin, methods=["POST"]),
    Route("/drift", operator_pages.operation),
    Route("/drift/nattjobb", operator_pages.run_night_job, methods=["POST"]),
    Route("/drift/tjeneste/{id}", operator_pages.save_service, methods=["POST"]),
    Route("/drift/feil", fault_pages.save, methods=["POST"]),
    Route("/drift/lever", delivery_pages.deliver_again, methods=["POST"]),
    Route("/drift/stoppet/{id}", delivery_pages.send_again, methods=["POST"]),
    Route("/fagsystem.css", static_file),
    Route("/oppdater.js", static_file),
]

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
        """Begin to deliver answers and to run each night.

        Several workers may: the database says whose turn it is.
        """
        self._tasks = [
            asyncio.create_task(self._keep_delivering()),
            asyncio.create_task(self._keep_running_nightly()),
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
        return await offered_services.change_opening(self.system, service_id, opens_on)

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

    async def deliver(self) -> int:
        """Try to deliver what is due; how many Digihelse took. What fails is tried again later."""
        return await outbox.deliver_due(self.system)

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

    async def _keep_running_nightly(self) -> None:
        while True:
            await _survive(night_job.run_when_due, self.system)
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
