"""What delegations give away by the time they take: `python -m bench.delegation`.

Asking and giving are timed against the stand-in register over real sockets, in turns, for numbers that nobody
has, other names, protected addresses, the too young, and one who may, on both engines. To ask takes as long
whomever it reaches; to give takes as long for all it refuses (that one is not refused is told anyway).
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from bench.engines import on_both
from digihelse_app.access.permissions import Permission
from digihelse_app.migrations.run import upgrade
from digihelse_app.models import database
from digihelse_app.models.representation import EVERY_SERVICE
from digihelse_app.services import delegation, delegation_requests
from digihelse_app.services.delegation_requests import Asking
from digihelse_app.services.delegation_rules import Offer, Terms
from digihelse_app.services.representation import acting_context
from digihelse_app.standins.people import SyntheticPerson
from tests import world
from tests.delegation_world import signing
from tests.people import INGRID, KARI, MINA, NILS
from tests.sign_in_site import site

MOST_TIMES = 2.0
REPEATS = 60
NOBODY = "24813213008"
READ = [Permission.READ_MESSAGES]
TERMS = Terms({one: [EVERY_SERVICE] for one in READ})

Undo = Callable[[], Awaitable[None]]
Timed = Callable[[], Awaitable[Undo]]


def whom(able: SyntheticPerson) -> dict[str, tuple[str, str]]:
    """Name and number of each kind of person; `able` is the one who may."""
    return {
        "nobody has the number": ("Per Hansen", NOBODY),
        "another name": (f"{able.given_name} Hansen", able.national_id),
        "protected address": (NILS.name, NILS.national_id),
        "too young": (MINA.name, MINA.national_id),
        "may": (able.name, able.national_id),
    }


async def distributions(acts: Mapping[str, Timed]) -> dict[str, list[float]]:
    """Milliseconds of each act, sorted; in turns that are shuffled, on the same busy machine."""
    times: dict[str, list[float]] = {name: [] for name in acts}
    for turn in range(REPEATS + 2):
        for name in random.sample(list(acts), len(acts)):
            began = time.perf_counter()
            after = await acts[name]()
            took = (time.perf_counter() - began) * 1000
            await after()
            if turn >= 2:  # the first two warm up
                times[name].append(took)
    return {name: sorted(found) for name, found in times.items()}


def shown(title: str, found: Mapping[str, list[float]], alike: list[str]) -> bool:
    """Print quartiles; whether the medians of those that must be `alike` are within the bound."""
    medians = {name: statistics.median(times) for name, times in found.items()}
    within = max(medians[one] for one in alike) <= MOST_TIMES * min(medians[one] for one in alike)
    print(f"  {title:26}{'25 %':>8}{'median':>8}{'75 %':>8} ms")
    for name, times in found.items():
        first, middle, third = statistics.quantiles(times, n=4)
        print(f"  {name:26}{first:8.2f}{middle:8.2f}{third:8.2f}" + ("" if within else "  OVER"))
    return within


async def timed() -> bool:
    """Ask and give, each kind in turn, in the connected database."""
    kari = await world.world()
    ingrid = await world.person(INGRID, consented=False)

    def ask(name: str, number: str) -> Timed:
        async def act() -> Undo:
            acting = await acting_context(ingrid.id)
            asked = await delegation_requests.ask(acting, Asking(name, number, READ))
            assert asked.errors == {}, (name, asked.errors)

            async def undo() -> None:
                await delegation_requests.withdraw_asking(acting, asked.request_id)

            return undo

        return act

    def give(name: str, number: str) -> Timed:
        async def act() -> Undo:
            acting = await kari.acting()
            given = await delegation.give(acting, Offer(name, number, TERMS))

            async def undo() -> None:
                if given.representation_id:
                    await delegation.withdraw(acting, given.representation_id)

            return undo

        return act

    asked = await distributions({kind: ask(*of) for kind, of in whom(KARI).items()})
    given = await distributions({kind: give(*of) for kind, of in whom(INGRID).items()})
    within = shown("asking", asked, list(asked))
    return shown("giving", given, [kind for kind in given if kind != "may"]) and within


async def on_engine(name: str, url: str) -> bool:
    """Measure on one engine; whether all is within."""
    print(f"\n{name}")
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(signing())
        served = await stack.enter_async_context(site(Path(folder)))
        await upgrade(database.connect(url))
        delegation.configure(served.registers, {80})
        within = await timed()
        await database.disconnect()
    return within


def main() -> int:
    """Print the tables; 1 when time tells who there is."""
    return on_both(on_engine, f"medians of what is alike at most {MOST_TIMES} times each other")


if __name__ == "__main__":
    sys.exit(main())
