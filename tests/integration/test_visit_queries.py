"""What the agenda costs does not follow the number of past visits."""

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.inbox import cost
from bench.visits import READS, fill
from digihelse_app.services import visits
from digihelse_app.services.representation import acting_context
from tests import world
from tests.conftest import MovableClock
from tests.people import OLA


async def test_each_read_sends_as_many_queries_for_a_thousand_as_for_ten(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari, ola = await world.world(), await world.person(OLA)
    await fill(kari.kari, kari, 10)
    await fill(ola, kari, 1000)
    few, many = await acting_context(kari.kari.id), await acting_context(ola.id)
    assert [await cost(act, few) for act in READS.values()] == [5, 5, 5, 5, 2]
    assert [await cost(act, many) for act in READS.values()] == [5, 5, 5, 5, 2]
    assert [len((await visits.list_coming(who)).visits) for who in (few, many)] == [visits.PAGE_SIZE] * 2
