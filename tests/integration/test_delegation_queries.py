"""Fifty to act for, or fifty who act for one: pages are read with as many queries as with one."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.inbox import Queries
from digihelse_app.access.permissions import DELEGABLE
from digihelse_app.models.codes import ConsentKind
from digihelse_app.models.person import Person
from digihelse_app.state.circle import CircleState
from digihelse_app.state.delegations import DelegationsState
from digihelse_app.state.home import HomeState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.nav import NavState
from digihelse_app.state.person import PersonState
from digihelse_app.state.persons import PersonsState
from digihelse_app.state.thread import ThreadState
from digihelse_app.state.visit import VisitState
from digihelse_app.state.visits import VisitsState
from tests import visit_world, world
from tests.conftest import MovableClock
from tests.people import KARI, OLA
from tests.visit_world import NOW

PAGES: list[type[PersonState]] = [NavState, HomeState, InboxState, ThreadState, CircleState]
PAGES += [VisitsState, VisitState]
OWN: list[type[PersonState]] = [*PAGES, PersonsState, DelegationsState]


async def many(of: Person, amount: int) -> tuple[Person, str]:
    """So many who act for `of`, and she for them, with every right; gives the last, and `of`'s key to her."""
    other, key = of, ""
    for number in range(amount):
        synthetic = replace(OLA, national_id=f"{number:03d}{of.id[:8]}", given_name=f"Nr {number}")
        other = await world.person(synthetic, consented=False)
        mine = world.representation(of, other, *DELEGABLE)
        consents = [world.consent(other, kind) for kind in ConsentKind]
        await world.add(*consents, world.representation(other, of, *DELEGABLE), mine)
        key = mine.key
    return other, key


async def queries(person: Person, key: str, kinds: list[type[PersonState]], **query: str) -> dict[str, int]:
    """How many queries each page's state sends as it is read the second time: the first makes copies."""
    counted: dict[str, int] = {}
    for _ in range(2):
        tab = await world.state(NavState, person, key=key, **query)
        agenda = await world.state(NavState, person, key=key)  # it is not read beside an open visit
        for kind in kinds:
            state = await (agenda if kind is VisitsState else tab).get_state(kind)
            sent = Queries()
            with sent.counted():
                answer = state.load()  # pyright: ignore[reportAttributeAccessIssue]
                if hasattr(answer, "__anext__"):
                    _ = [one async for one in answer]
                else:
                    await answer
            counted[kind.__name__] = len(sent)
    return counted


async def costs(person: Person, base: world.World, amount: int) -> list[dict[str, int]]:
    """Her own pages, those of one she acts for, and hers as one of her proxies reads them."""
    other, key = await many(person, amount)
    opened: list[dict[str, str]] = []
    for whose in (person, other):
        thread = world.thread(whose, base.service)
        visit = visit_world.visit(whose, base.service, NOW)
        await world.add(thread, world.message(thread), visit)
        opened.append({"samtale": thread.id, "besok": visit.id})
    [hers] = [
        one.key
        for one in await world.rows(world.Representation)
        if (one.actor_id, one.represented_id) == (other.id, person.id)
    ]
    own, others = opened
    return [
        await queries(person, "", OWN, **own),
        await queries(person, key, PAGES, **others),
        await queries(other, hers, PAGES, **own),
    ]


async def test_pages_and_changing_person_cost_the_same_with_fifty_as_with_one(
    sqlite_database: AsyncEngine, clock: MovableClock
) -> None:
    base = await world.world()
    astrid = await world.person(replace(KARI, national_id="19999999999", given_name="Astrid"))
    await world.add(world.relation(astrid, base.service))
    few = await costs(base.kari, base, 1)
    assert await costs(astrid, base, 50) == few
    assert [name for page in few for name, count in page.items() if count == 0] == []
