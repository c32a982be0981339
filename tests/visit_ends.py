"""Digihelse and the stand-in record system without a socket: both wires are a test's to shuffle."""

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import httpx
from sqlmodel import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount

from digihelse_app.access.context import ActingContext
from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models import database
from digihelse_app.models.codes import OutboxKind, OutboxStatus
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.services import delivery
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.record_system import faults
from digihelse_app.standins.record_system.application import RecordSystem
from digihelse_app.standins.record_system.callers import Callers
from digihelse_app.standins.record_system.digihelse import SCOPE, Digihelse
from digihelse_app.standins.record_system.issuer import Issuer, OwnToken
from digihelse_app.standins.record_system.store import Store
from digihelse_app.standins.record_system.system import System
from digihelse_app.web import digital_activity
from digihelse_app.web.fhir import routes
from digihelse_app.web.fhir.tokens import Caller, MachineTokens
from tests.both_ends import populate
from tests.conftest import MovableClock
from tests.fhir_world import activate, person_id
from tests.outbox_worker import FixedToken
from tests.people import KARI
from tests.record_system_world import ALVDAL, OWN_KEY
from tests.shuffling_wire import ShufflingWire
from tests.standin_visits import plan
from tests.visit_sides import rows_of

ORIGIN = "http://127.0.0.1:9"
DAYS = tuple(date(2026, 11, day) for day in (26, 27, 28, 29))
OURS, THEIRS = "digihelse.db", "fagsystem.db"
LONGEST_WAIT = timedelta(minutes=11)
_THEIRS_WAIT = "SELECT 1 FROM fagsystem_outgoing WHERE status = 'pending' LIMIT 1"


class _KnownCaller(MachineTokens):
    """Whoever calls is the municipality: what tokens prove is tested elsewhere."""

    async def caller(self, request: Request) -> Caller:  # noqa: ARG002
        return Caller(ALVDAL.her_id, "fagsystem")


_JUDGE = _KnownCaller("", ORIGIN)


class _AnyCaller(Callers):
    async def require(self, request: Request) -> None:
        """Whoever calls is Digihelse."""


class _AnyToken(OwnToken):
    async def get(self) -> str:
        """There is nobody who looks at it."""
        return "any"


@dataclass(frozen=True)
class Ends:
    """Both programs, and the wire to each."""

    system: RecordSystem
    dispatcher: Dispatcher
    to_digihelse: ShufflingWire
    to_record_system: ShufflingWire
    clock: MovableClock
    folder: Path

    @property
    def their_file(self) -> Path:
        """The record system's database."""
        return self.folder / THEIRS

    async def kari(self) -> ActingContext:
        """Kari for herself."""
        return await acting_context(await person_id(KARI))

    async def drain(self) -> None:
        """All that was said arrives, last of all what was held, and nothing waits to be handed over."""
        for wire in (self.to_digihelse, self.to_record_system):
            wire.fates.clear()
        await faults.switch(self.system.system, faults.OUT_OF_ORDER, on=False)
        await self._hand_over()
        for wire in (self.to_digihelse, self.to_record_system):
            while wire.held:
                await wire.let_arrive(-1)
        await self._hand_over()

    async def _hand_over(self) -> None:
        for item in await delivery.dead_items():
            await delivery.revive(item.id)
        while await _waits() or rows_of(self.their_file, _THEIRS_WAIT):
            self.clock.advance(seconds=LONGEST_WAIT.total_seconds())
            await self.dispatcher.dispatch_due()
            await self.system.deliver()

    async def close(self) -> None:
        """Let go of both databases."""
        await self.system.stop()
        await database.disconnect()


async def _waits() -> bool:
    async with unit_of_work(reading=True) as session:
        waiting = select(OutboxItem.id).where(OutboxItem.status == OutboxStatus.PENDING)
        return (await session.exec(waiting.limit(1))).first() is not None


async def _told(_item: OutboxItem) -> None:
    """Notices go to nobody here."""


def open_ends(folder: Path, clock: MovableClock) -> Ends:
    """Both, with their databases in `folder`: Digihelse's has its tables already."""
    database.connect(f"sqlite+aiosqlite:///{folder / OURS}")
    api = [
        *digital_activity.routes(_JUDGE),
        *routes.routes(_JUDGE, ORIGIN),
    ]
    to_digihelse = ShufflingWire(Starlette(routes=api))
    http = httpx.AsyncClient(transport=to_digihelse)
    issuer = Issuer(http, ORIGIN)
    token = _AnyToken(issuer, "fagsystem", dict(OWN_KEY.as_dict(private=True)), SCOPE, clock)
    system = System(
        organisation=ALVDAL,
        base_url=f"{ORIGIN}/fagsystem",
        store=Store(f"sqlite+aiosqlite:///{folder / THEIRS}"),
        clock=clock,
        digihelse=Digihelse(http, ORIGIN, token),
        callers=_AnyCaller(issuer, clock),
    )
    running = RecordSystem(system, http)
    to_record_system = ShufflingWire(Starlette(routes=[Mount("/fagsystem", running.app)]))
    outgoing = FhirRecordSystem(FixedToken(), httpx.AsyncClient(transport=to_record_system))
    deliver = {**to_record_systems(outgoing), OutboxKind.NOTICE: _told}
    return Ends(running, Dispatcher(deliver, at_once=1), to_digihelse, to_record_system, clock, folder)


async def begin(ends: Ends) -> None:
    """Kari is connected, and has a visit on each of `DAYS` that can be cancelled."""
    await ends.system.seed()
    await populate(ORIGIN)
    await activate(KARI)
    await ends.system.run_night_job()
    await ends.system.plan(plan(), DAYS)
    await ends.system.deliver()


def copy(began: Path, folder: Path) -> None:
    """Both databases as they were when they were closed in `began`."""
    for name in (OURS, THEIRS):
        shutil.copy(began / name, folder / name)
