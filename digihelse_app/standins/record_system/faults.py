"""What can be made to go wrong on purpose, so that Digihelse's and our own recovery can be seen."""

import asyncio

from sqlalchemy import delete, select, update

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
    EVERY_OTHER: "Ustabil: 500 annenhver gang",
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
        await session.execute(delete(Fault).where(Fault.name == name))
        if on:
            session.add(Fault(name=name, number=number))


async def switched_on(system: System) -> dict[str, int]:
    """The faults that are on, each with its number."""
    async with system.store.transaction() as session:
        return {fault.name: fault.number for fault in await session.scalars(select(Fault))}


async def inbound_failure(system: System) -> int | None:
    """The status an incoming call shall fail with now, if any; waits first when the system is slow."""
    on = await switched_on(system)
    if SLOW in on:
        await asyncio.sleep(SLOW_SECONDS)
    if DOWN in on:
        return 503
    if EVERY_OTHER not in on:
        return None
    async with system.store.transaction() as session:
        await session.execute(update(Fault).where(Fault.name == EVERY_OTHER).values(number=Fault.number + 1))
    return 500 if on[EVERY_OTHER] % 2 == 0 else None


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
