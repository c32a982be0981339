"""What the inbox costs the database: `python -m bench.inbox`.

Queries per act are counted on an inbox of ten conversations. Then the first page of each view, the count of
unread and the services are read with ten and with a hundred thousand conversations, on both engines: the same
number of queries, and at most 1.3 times the time (the median of many, in turns).
"""

import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import event, insert, text

from bench.engines import on_both
from digihelse_app.access.context import ActingContext
from digihelse_app.migrations.run import upgrade
from digihelse_app.models import database
from digihelse_app.models.conversation import Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.services import inbox, sending
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft
from digihelse_app.services.thread_list import Choice, View
from tests import world
from tests.people import OLA

FEW, MANY = 10, 100_000
MOST_TIMES = 1.3
REPEATS = 150
_BATCH = 5_000

Act = Callable[[ActingContext], Awaitable[object]]

READS: dict[str, Act] = {
    **{
        f"first page, {view.value}": lambda acting, view=view: inbox.list_threads(acting, chosen=Choice(view))
        for view in View
    },
    "count unread": inbox.count_unread,
    "services": inbox.list_services,
}


@dataclass
class Queries:
    """The statements sent to the database, transactions aside."""

    sent: list[str] = field(default_factory=list)

    @contextmanager
    def counted(self) -> Any:
        """Count what is sent meanwhile."""
        engine = database.engine().sync_engine

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self.sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            yield self
        finally:
            event.remove(engine, "before_cursor_execute", note)

    def __len__(self) -> int:
        return sum(not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")) for statement in self.sent)


async def cost(act: Act, acting: ActingContext) -> int:
    """How many queries `act` sends."""
    queries = Queries()
    with queries.counted():
        await act(acting)
    return len(queries)


async def fill(person: Person, service_id: str, number: int) -> None:
    """Give the person `number` conversations, a minute apart, the newest three of them unread."""
    for first in range(0, number, _BATCH):
        minutes = range(first, min(number, first + _BATCH))
        rows = [_thread(person.id, service_id, minute, unread=minute >= number - 3) for minute in minutes]
        async with unit_of_work() as session:
            await session.exec(insert(Thread), params=rows)
    await inbox.count_unread(await acting_context(person.id))  # the first look makes the copies


def _thread(person_id: str, service_id: str, minute: int, *, unread: bool) -> dict[str, Any]:
    at = world.START + timedelta(minutes=minute)
    return {
        "id": new_id(),
        "person_id": person_id,
        "service_id": service_id,
        "subject": f"Samtale {minute}",
        "created_at": at,
        "last_message_at": at,
        "last_from_service_at": at if unread else None,
        "preview": "Vi kommer klokken ti.",
    }


async def measured(readers: dict[int, ActingContext]) -> dict[str, dict[int, float]]:
    """Median milliseconds of each read, by number of conversations; in turns, on the same busy machine."""
    times: dict[str, dict[int, list[float]]] = {name: {FEW: [], MANY: []} for name in READS}
    for _ in range(REPEATS):
        for name, act in READS.items():
            for number, acting in readers.items():
                began = time.perf_counter()
                await act(acting)
                times[name][number].append((time.perf_counter() - began) * 1000)
    return {
        name: {number: statistics.median(found) for number, found in by.items()} for name, by in times.items()
    }


async def acts(kari: world.World, acting: ActingContext) -> dict[str, int]:
    """Queries of what a person does, by name."""
    first = Draft("Kan dere komme senere?", new_id(), kari.service.id, "Senere besøk")
    begun = (await sending.send_new(acting, first)).thread_id
    draft = Draft("Og torsdag?", new_id())
    return {
        "list": await cost(inbox.list_threads, acting),
        "open a conversation": await cost(lambda who: inbox.open_thread(who, begun), acting),
        "send a reply": await cost(lambda who: sending.reply(who, begun, draft), acting),
        "search": await cost(
            lambda who: inbox.list_threads(who, chosen=Choice(text="besøk torsdag")), acting
        ),
    }


async def on_engine(name: str, url: str) -> bool:
    """Measure on one engine and print it; whether all is within."""
    engine = database.connect(url)
    await upgrade(engine)
    kari, ola = await world.world(), await world.person(OLA)
    await world.add(world.relation(ola, kari.service))
    await fill(kari.kari, kari.service.id, FEW)
    await fill(ola, kari.service.id, MANY)
    async with engine.connect() as connection:
        await connection.execute(text("ANALYZE"))
        await connection.commit()
    readers = {FEW: await acting_context(kari.kari.id), MANY: await acting_context(ola.id)}
    print(f"\n{name}: {FEW} against {MANY:,} conversations")
    print(f"{'':26}{'queries':>9}{'ms':>8}{'queries':>9}{'ms':>8}{'times':>8}")
    kept = True
    for read, by in (await measured(readers)).items():
        queries = {number: await cost(READS[read], acting) for number, acting in readers.items()}
        times = by[MANY] / by[FEW]
        within = times <= MOST_TIMES and queries[FEW] == queries[MANY]
        kept = kept and within
        row = f"{read:26}{queries[FEW]:9}{by[FEW]:8.2f}{queries[MANY]:9}{by[MANY]:8.2f}{times:8.2f}"
        print(row + ("" if within else "  OVER"))
    print("queries an act: " + ", ".join(f"{act} {n}" for act, n in (await acts(kari, readers[FEW])).items()))
    await database.disconnect()
    return kept


def main() -> int:
    """Print the tables; 1 when something grows with the number of conversations."""
    return on_both(on_engine, f"at most {MOST_TIMES} times, and the same number of queries")


if __name__ == "__main__":
    sys.exit(main())
