"""What the agenda costs the database: `python -m bench.visits`.

Its pages, what did not go as planned and the next visit are read by one with ten past visits and by one with
ten thousand, on both engines: the same number of queries, and at most 1.2 times the time for what is shown
first (the median of many, in turns).
"""

import statistics
import sys
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, text

from bench.engines import on_both
from bench.inbox import Act, cost
from digihelse_app.access.context import ActingContext
from digihelse_app.migrations.run import upgrade
from digihelse_app.models import database
from digihelse_app.models.codes import VisitStatus
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Visit
from digihelse_app.outside import clock
from digihelse_app.services import visits
from digihelse_app.services.representation import acting_context
from tests import visit_world, world
from tests.people import OLA

FEW, MANY = 10, 10_000
COMING = 40
MOST_TIMES = 1.2
REPEATS = 300
_BATCH = 2_000

READS: dict[str, Act] = {
    "coming, first page": visits.list_coming,
    "past, its newest ten": lambda acting: visits.list_past(acting, None, FEW),
    "exceptions": visits.exceptions,
    "next visit": visits.next_visit,
    "continuity": visits.continuity,
}


async def fill(person: Person, of: world.World, past: int) -> None:
    """Give the person `past` done visits, two hours apart until a day ago, and COMING that are planned."""
    now = clock.now().replace(microsecond=0)
    done = [_done(person, of, now - timedelta(days=1, hours=2 * n)) for n in range(past)]
    planned = [
        _row(visit_world.visit(person, of.service, now + timedelta(hours=6 * n))) for n in range(COMING)
    ]
    rows = [*done, *planned]
    for first in range(0, len(rows), _BATCH):
        async with unit_of_work() as session:
            await session.exec(insert(Visit), params=rows[first : first + _BATCH])


def _done(person: Person, of: world.World, at: Any) -> dict[str, Any]:
    told = {"status": VisitStatus.FULFILLED, "begun_at": at, "done_at": at + timedelta(minutes=30)}
    return _row(visit_world.visit(person, of.service, at, **told, who_name="Siri Moen", who_key="siri"))


def _row(visit: Visit) -> dict[str, Any]:
    return visit.model_dump()


async def measured(readers: dict[int, ActingContext]) -> dict[str, dict[int, float]]:
    """Median milliseconds of each read, by number of past visits; in turns, on the same busy machine."""
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


async def on_engine(name: str, url: str) -> bool:
    """Measure on one engine and print it; whether all is within."""
    engine = database.connect(url)
    await upgrade(engine)
    kari, ola = await world.world(), await world.person(OLA)
    await world.add(world.relation(ola, kari.service))
    await fill(kari.kari, kari, FEW)
    await fill(ola, kari, MANY)
    async with engine.connect() as connection:
        await connection.execute(text("ANALYZE"))
        await connection.commit()
    readers = {FEW: await acting_context(kari.kari.id), MANY: await acting_context(ola.id)}
    print(f"\n{name}: {FEW} against {MANY:,} past visits")
    print(f"{'':26}{'queries':>9}{'ms':>8}{'queries':>9}{'ms':>8}{'times':>8}")
    kept = True
    for read, by in (await measured(readers)).items():
        queries = {number: await cost(READS[read], acting) for number, acting in readers.items()}
        times = by[MANY] / by[FEW]
        within = times <= MOST_TIMES and queries[FEW] == queries[MANY]
        kept = kept and within
        row = f"{read:26}{queries[FEW]:9}{by[FEW]:8.2f}{queries[MANY]:9}{by[MANY]:8.2f}{times:8.2f}"
        print(row + ("" if within else "  OVER"))
    await database.disconnect()
    return kept


def main() -> int:
    """Print the tables; 1 when something grows with the number of past visits."""
    return on_both(on_engine, f"at most {MOST_TIMES} times, and the same number of queries")


if __name__ == "__main__":
    sys.exit(main())
