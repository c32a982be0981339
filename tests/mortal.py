"""An app whose power is cut at any moment, and systems around it that come and go."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import Random

import httpx
from sqlmodel import col, select, update

from digihelse_app.models.codes import OutboxStatus
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside import clock
from digihelse_app.standins.mailbox import application as mailbox
from digihelse_app.standins.record_system import faults
from tests import servers
from tests.servers import Installation, RunningApp

RECORD_SYSTEM_FAULTS = tuple(faults.INBOUND)
MAILBOX_FAULTS = (mailbox.DOWN, mailbox.SLOW, mailbox.LOST)
RECORD_SYSTEM_SWITCHES, MAILBOX_SWITCHES = "/fagsystem/drift/feil", "/varsler-test/feil"
LONGEST_MOMENT = 0.25
LOOK_EVERY = 0.05
LONGEST_WAIT = timedelta(seconds=2)
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


class Mortal:
    """An installation, running until it is killed. `up` is set while it can be reached."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.up = asyncio.Event()
        self.cuts = 0
        self._running: RunningApp | None = None

    @property
    def base_url(self) -> str:
        """Its address, the same in every life."""
        return self.installation.base_url

    async def start(self) -> None:
        """Return when it answers."""
        self._running = await asyncio.to_thread(self.installation.start)
        self.up.set()

    async def cut(self) -> None:
        """Kill it in the middle of whatever it does, and start it again when its leases have run out."""
        assert self._running is not None
        self.up.clear()
        self.cuts += 1
        await asyncio.to_thread(servers.kill, self._running.process)
        await leases_run_out()
        await self.start()

    def stop(self) -> None:
        """End it, if it runs."""
        if self._running is not None:
            servers.end(self._running.process)

    def tail(self) -> str:
        """The end of its log."""
        return self._running.tail() if self._running else ""

    async def post(self, path: str, form: dict[str, str]) -> int:
        """A form of a stand-in's page; the answer's status, 0 when nobody answered."""
        await self.up.wait()
        try:
            async with httpx.AsyncClient(base_url=self.base_url, trust_env=False, timeout=20) as http:
                return (await http.post(path, data=form, headers=OWN_PAGE)).status_code
        except httpx.TransportError:
            return 0

    async def insist(self, path: str, form: dict[str, str], *statuses: int) -> None:
        """Post until it is answered with one of `statuses` (303 unless told), as one who presses again."""
        while await self.post(path, form) not in (statuses or (303,)):  # noqa: ASYNC110 - another process, which tells nobody
            await asyncio.sleep(LOOK_EVERY)


async def leases_run_out() -> None:
    """As after a while: what was claimed by the dead is free, and what was put off is due."""
    now = clock.now()
    waiting = update(OutboxItem).where(col(OutboxItem.status) == OutboxStatus.PENDING)
    async with unit_of_work() as session:
        await session.exec(waiting.values(claimed_until=now, next_at=now))


async def outbox_is_empty() -> None:
    """Return when nothing waits to be handed over; what has failed often is not waited for that long."""
    waiting = select(OutboxItem.next_at).where(OutboxItem.status == OutboxStatus.PENDING)
    while True:
        async with unit_of_work(reading=True) as session:
            due = (await session.exec(waiting.order_by(col(OutboxItem.next_at).desc()))).first()
        if due is None:
            return
        if due > clock.now() + LONGEST_WAIT:
            await _put_off_no_longer()
        await asyncio.sleep(LOOK_EVERY)


async def _put_off_no_longer() -> None:
    now = clock.now()
    put_off = update(OutboxItem).where(
        col(OutboxItem.status) == OutboxStatus.PENDING, col(OutboxItem.claimed_until).is_(None)
    )
    async with unit_of_work() as session:
        await session.exec(put_off.values(next_at=now))


class Counter:
    """How many sends are received, for others to act on."""

    def __init__(self) -> None:
        self.count = 0
        self._news = asyncio.Condition()

    async def add(self) -> None:
        """One more."""
        async with self._news:
            self.count += 1
            self._news.notify_all()

    async def reaches(self, count: int) -> None:
        """Return when there are so many."""
        async with self._news:
            await self._news.wait_for(lambda: self.count >= count)


async def power_cuts(mortal: Mortal, received: Counter, at: list[int], chance: Random) -> None:
    """Cut the power a moment after each of these numbers of sends is received."""
    for count in at:
        await received.reaches(count)
        await asyncio.sleep(chance.uniform(0, LONGEST_MOMENT))
        await mortal.cut()


async def weather(
    mortal: Mortal, received: Counter, every: int, chance: Random, at_record_system: tuple[str, ...]
) -> None:
    """Other faults at the record system and the mailbox after each so many sends, without end."""
    while True:
        await received.reaches(received.count + every)
        await mortal.post(RECORD_SYSTEM_SWITCHES, _some(at_record_system, chance))
        await mortal.post(MAILBOX_SWITCHES, _some(MAILBOX_FAULTS, chance))


def _some(of: tuple[str, ...], chance: Random) -> dict[str, str]:
    return dict.fromkeys(chance.sample(of, chance.choice((0, 1, 1, 2))), "on")


async def answers_come_twice_and_out_of_order(mortal: Mortal) -> None:
    """From now on, of what the municipality sends."""
    await mortal.insist(RECORD_SYSTEM_SWITCHES, dict.fromkeys(faults.OUTBOUND, "on"))


async def fair_weather(mortal: Mortal) -> None:
    """No faults at all."""
    await mortal.insist(RECORD_SYSTEM_SWITCHES, {})
    await mortal.insist(MAILBOX_SWITCHES, {})


async def until(found: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Return as soon as `found` says so; AssertionError with `what` when it does not in time."""
    await asyncio.to_thread(servers.wait_until, found, what, seconds)
