"""What can be made to go wrong on purpose, so that Digihelse's and our own recovery can be seen."""

import asyncio

from sqlalchemy import delete, or_, select

from digihelse_app.standins.record_system.system import System
from digihelse_app.standins.record_system.tables import Fault

DOWN = "down"
SLOW = "slow"
EVERY_OTHER = "every-other"
LOST_RECEIPT = "lost-receipt"
DUPLICATES = "duplicates"
OUT_OF_ORDER = "out-of-order"
DIE_AFTER = "die-after"

INBOUND = {
    DOWN: "Nede: svarer 503 på alt",
    SLOW: "Treg: svarer etter fem sekunder",
    EVERY_OTHER: "Ustabil: 500 annenhver gang noe leveres",
    LOST_RECEIPT: "Kvittering borte: tar imot, men svarer 500 første gang",
}
OUTBOUND = {
    DUPLICATES: "Dobbelt: alt sendes to ganger",
    OUT_OF_ORDER: "Feil rekkefølge: det nyeste sendes først",
}
SLOW_SECONDS = 5.0


async def switch(system: System, name: str, on: bool, number: int = 0) -> None:
    """Switch a fault on or off. `number`: for DIE_AFTER, with how many matches the next night run dies."""
    async with system.store.transaction() as session:
        counted = Fault.name.startswith(f"{name}/", autoescape=True)
        await session.execute(delete(Fault).where(or_(Fault.name == name, counted)))
        if on:
            session.add(Fault(name=name, number=number))


async def switched_on(system: System) -> dict[str, int]:
    """The faults that are on, each with its number."""
    async with system.store.transaction() as session:
        return {fault.name: fault.number for fault in await session.scalars(select(Fault))}


async def inbound_failure(system: System, path: str) -> int | None:
    """The status an incoming call to `path` shall fail with now, if any; waits first when we are slow."""
    on = await switched_on(system)
    if SLOW in on:
        await asyncio.sleep(SLOW_SECONDS)
    if DOWN in on:
        return 503
    return 500 if EVERY_OTHER in on and await _is_odd(system, f"{EVERY_OTHER}/{path}") else None


async def _is_odd(system: System, counted: str) -> bool:
    """Whether this is the first, third, … time. Counted by address: what is always delivered as two calls
    would otherwise fail for ever on the same one of them.
    """
    async with system.store.transaction() as session:
        count = await session.get(Fault, counted, with_for_update=True)
        if count is None:
            count = Fault(name=counted, number=0)
            session.add(count)
        count.number += 1
        return count.number % 2 == 1


async def is_on(system: System, name: str) -> bool:
    """Whether one fault is on."""
    async with system.store.transaction() as session:
        return await session.get(Fault, name) is not None


async def matches_to_live(system: System) -> int | None:
    """How many matches this night run may deal with before it dies, if it shall; that uses the fault up."""
    async with system.store.transaction() as session:
        fault = await session.get(Fault, DIE_AFTER)
        if fault is None:
            return None
        await session.delete(fault)
        return fault.number
