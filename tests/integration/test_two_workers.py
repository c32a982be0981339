"""Two workers with Redis and PostgreSQL are one app: whoever answers, the answer is the same."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from random import Random

import httpx
import psutil
import pytest

from digihelse_app import routes
from digihelse_app.models import database
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import new_id
from digihelse_app.models.representation import Representation
from digihelse_app.state.compose import ComposeState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.thread import ThreadState
from tests import servers
from tests.attacked import Belongings, belongings_of, browser, log_out, sign_in
from tests.mortal import LOOK_EVERY, OWN_PAGE, Counter, leases_run_out, outbox_is_empty, until
from tests.tab import PATIENCE_SECONDS, Tab, tab
from tests.world import rows
from tests.writers import Writer

SIGN_INS, AT_A_TIME = 50, 5
WHO = ("kari-nordmann", "ola-hansen", "ola-hansen", "astrid-lien", "astrid-lien")
"""Two pairs of them sign in for the first time at the same moment."""
MOST_TABS = 24
CONVERSATIONS, TALKING = 50, 3
"""How many there are, and at the same moment; each tab of hers looks again at what happens in the others."""
LAST = range(CONVERSATIONS - TALKING, CONVERSATIONS)


@dataclass(frozen=True)
class TwoWorkers:
    """The running app and its database's address."""

    app: servers.RunningApp
    database_url: str
    up: asyncio.Event
    """Set: what is left of it answers all the time."""

    @property
    def base_url(self) -> str:
        """The app's address."""
        return self.app.base_url

    def workers(self) -> list[int]:
        """Process ids of those that serve, in no order."""
        return [child.pid for child in psutil.Process(self.app.process.pid).children() if _serves(child)]

    def busiest(self) -> int:
        """Process id of the worker that holds most sockets: somebody is in the middle of something there."""
        held = {pid: len(psutil.Process(pid).net_connections("tcp")) for pid in self.workers()}
        return max(held, key=lambda pid: held[pid])

    def worker_of(self, opened: Tab) -> int:
        """Process id of the worker that holds the tab's socket."""
        workers = psutil.Process(self.app.process.pid).children(recursive=True)
        (found,) = (
            worker.pid
            for worker in workers
            for connection in worker.net_connections("tcp")
            if connection.raddr and connection.raddr.port == opened.port
        )
        return found


def _serves(process: psutil.Process) -> bool:
    # Beside its workers, a server has a process that keeps track of what they share.
    return "resource_tracker" not in " ".join(process.cmdline())


@pytest.fixture(scope="module")
def pair(
    postgres: servers.Postgres, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TwoWorkers]:
    """The built app with two workers."""
    postgres.sql("CREATE DATABASE two_workers")
    address = postgres.url("two_workers")
    settings = {"DIGIHELSE_DATABASE_URL": address, "DIGIHELSE_REDIS_URL": redis_url}
    with servers.app(tmp_path_factory.mktemp("two"), settings, workers=2) as running:
        up = asyncio.Event()
        up.set()
        yield TwoWorkers(running, address, up)
    postgres.sql("DROP DATABASE two_workers WITH (FORCE)")


@pytest.fixture
async def karis(pair: TwoWorkers) -> AsyncIterator[Belongings]:
    """What Kari has, once the story is told."""
    database.connect(pair.database_url)
    try:
        yield await once_told()
    finally:
        await database.disconnect()


async def once_told() -> Belongings:
    """Return when the story is told: one worker tells it while the other answers already."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        # What a municipality assigned is the last of it.
        while not any(one.role is RepresentationRole.TD for one in await rows(Representation)):  # noqa: ASYNC110 - another process, which tells nobody
            await asyncio.sleep(LOOK_EVERY)
    return await belongings_of("kari")


@asynccontextmanager
async def tabs_on_both(
    pair: TwoWorkers, secret: str, thread_id: str, each: int = 2
) -> AsyncIterator[dict[int, list[Tab]]]:
    """Tabs at the same conversation, by worker: as many as it takes until both hold at least `each`."""
    query = {routes.THREAD_QUERY: thread_id}
    async with AsyncExitStack() as stack:
        held: dict[int, list[Tab]] = {}
        for _ in range(MOST_TABS):
            opened = tab(pair.app.base_url, routes.INBOX, cookie=secret, query=query)
            page = await stack.enter_async_context(opened)
            await page.alive()
            held.setdefault(pair.worker_of(page), []).append(page)
            if len(held) == 2 and all(len(pages) >= each for pages in held.values()):
                break
        assert len(held) == 2
        yield held


async def test_fifty_sign_ins_five_at_a_time_all_succeed(pair: TwoWorkers) -> None:
    turns = asyncio.Semaphore(AT_A_TIME)

    async def one(who: str) -> tuple[int, str, int]:
        async with turns, browser(pair.app.base_url) as visitor:
            answer = await visitor.sign_in(who)
            extended = await visitor.post(routes.EXTEND)
            return answer.status_code, answer.headers.get("location", ""), extended.status_code

    answers = await asyncio.gather(*(one(WHO[number % len(WHO)]) for number in range(SIGN_INS)))
    assert answers == [(303, routes.HOME, 204)] * SIGN_INS


async def test_what_is_sent_on_one_worker_appears_in_the_tabs_of_both(
    pair: TwoWorkers, karis: Belongings
) -> None:
    secret = await sign_in(pair.app.base_url, "kari")
    thread = karis.threads[0].id
    async with tabs_on_both(pair, secret, thread) as held:
        for number, sender in enumerate(on_worker[0] for on_worker in held.values()):
            written = f"Skrevet på arbeider nummer {number}"
            form = {"thread": thread, "body": written, "key": new_id(), "person": ""}
            sender.call(ThreadState, "reply", {"form": form})
            await all_see(written, held)
        pages = [page for on_worker in held.values() for page in on_worker]
        assert [page.redirects for page in pages] == [[] for _ in pages]


async def all_see(written: str, held: dict[int, list[Tab]]) -> None:
    """Return when every tab has it; AssertionError with those that do not: worker, and place in order."""
    pages = {(worker, place): page for worker, pages in held.items() for place, page in enumerate(pages)}
    waits = (page.until(lambda tab: written in tab.everything) for page in pages.values())
    came = await asyncio.gather(*waits, return_exceptions=True)
    missed = {where: str(failure) for where, failure in zip(pages, came, strict=True) if failure}
    assert missed == {}, f"{written!r}, of {len(pages)} tabs:\n" + "\n".join(
        f"{where}: {why}" for where, why in missed.items()
    )


async def test_signing_out_sends_out_the_tabs_on_both_workers(pair: TwoWorkers, karis: Belongings) -> None:
    secret = await sign_in(pair.app.base_url, "kari")
    async with tabs_on_both(pair, secret, karis.threads[0].id) as held:
        await log_out(pair.app.base_url, secret)
        for page in (page for on_worker in held.values() for page in on_worker):
            await page.until(lambda tab: tab.redirects == [routes.SIGNED_OUT])
            assert page.value(InboxState, "threads") == []


async def test_token_of_a_tab_on_one_worker_gives_nothing_on_the_other(
    pair: TwoWorkers, karis: Belongings
) -> None:
    kari, ola = await sign_in(pair.app.base_url, "kari"), await sign_in(pair.app.base_url, "ola")
    async with tabs_on_both(pair, kari, karis.threads[0].id) as held:
        owners = [on_worker[0] for on_worker in held.values()]
        for cookie in ("", ola):
            for owner in owners:
                async with tab(pair.app.base_url, routes.INBOX, cookie=cookie, token=owner.token) as thief:
                    thief.call(InboxState, "load")
                    await thief.settle()
                    assert thief.token != owner.token
                    assert karis.seen_in(thief.everything) == []
    for owner in owners:
        async with tab(pair.app.base_url, routes.INBOX, cookie=ola, token=owner.token) as thief:
            thief.call(InboxState, "load")
            await thief.settle()
            assert karis.seen_in(thief.everything) == []


async def test_fifty_conversations_across_both_workers_arrive_live_without_a_failure(
    pair: TwoWorkers, karis: Belongings
) -> None:
    secret = await sign_in(pair.app.base_url, "kari")
    turns, workers = asyncio.Semaphore(TALKING), set[int]()

    async def one(number: int) -> None:
        async with turns, tab(pair.app.base_url, routes.COMPOSE, cookie=secret) as page:
            workers.add(pair.worker_of(page))
            await converse(pair, page, number)

    async with tabs_on_both(pair, secret, karis.threads[0].id, each=1) as held:
        await asyncio.gather(*map(one, range(CONVERSATIONS)))
        for page in (on_worker[0] for on_worker in held.values()):
            await page.until(lambda tab: all(f"Samtale {number}" in tab.everything for number in LAST))
    assert len(workers) == 2
    logged = pair.app.log.read_text(errors="replace")
    assert [line for line in logged.splitlines() if " ERROR " in line] == []


async def converse(pair: TwoWorkers, page: Tab, number: int) -> None:
    """Kari asks, the municipality answers while she looks at the conversation, and she thanks."""
    await page.until(lambda tab: bool(tab.value(ComposeState, "recipients")))
    recipient = page.value(ComposeState, "recipients")[0]["id"]
    asked = {"body": "Når kommer dere?", "key": new_id(), "person": "", "recipient": recipient}
    page.call(ComposeState, "send", {"form": {**asked, "subject": f"Samtale {number}"}})
    await page.until(lambda tab: bool(tab.redirects))
    thread = page.redirects[0].rpartition("=")[2]
    await page.go(routes.INBOX, **{routes.THREAD_QUERY: thread})
    await staff_answers(pair.app.base_url, thread, f"Klokken {number}")
    await page.until(lambda tab: f"Klokken {number}" in tab.everything)
    thanks = {"body": "Tusen takk", "key": new_id(), "person": "", "thread": thread}
    page.call(ThreadState, "reply", {"form": thanks})
    await page.until(lambda tab: tab.value(ThreadState, "sent_key") == thanks["key"])


async def staff_answers(base_url: str, thread: str, text: str) -> None:
    """Answer as soon as the question has come to the record system."""
    form = {"text": text, "message_id": new_id()}
    async with (
        asyncio.timeout(PATIENCE_SECONDS),
        httpx.AsyncClient(base_url=base_url, timeout=PATIENCE_SECONDS) as http,
    ):
        address = f"/fagsystem/samtale/{thread}/svar"
        while (await http.post(address, data=form, headers=OWN_PAGE)).is_error:  # noqa: ASYNC110 - the app's own
            await asyncio.sleep(LOOK_EVERY)


@pytest.mark.usefixtures("karis")
async def test_worker_that_is_killed_while_people_send_costs_no_message(pair: TwoWorkers) -> None:
    writers = [
        Writer(f"{who} {number}", await sign_in(pair.app.base_url, who), 12, Random(number))  # noqa: S311
        for number, who in enumerate(("kari", "kari", "kari", "kari"))
    ]
    received = Counter()
    async with asyncio.timeout(5 * PATIENCE_SECONDS), asyncio.TaskGroup() as group:
        for writer in writers:
            group.create_task(writer.keep_at_it(pair, received))
        await received.reaches(16)
        killed = pair.busiest()
        os.kill(killed, signal.SIGKILL)
    assert sum(writer.repeated for writer in writers) > 0
    await leases_run_out()
    await outbox_is_empty()
    texts = {key: text for writer in writers for key, text in writer.texts.items()}
    kept = [message for message in await rows(Message) if message.idempotency_key in texts]
    assert sorted(message.idempotency_key or "" for message in kept) == sorted(texts)
    assert [message.id for message in kept if message.delivered_at is None] == []
    await until(lambda: len(pair.workers()) == 2 and killed not in pair.workers(), "another takes its place")
