"""What the inbox costs does not follow the number of conversations in it."""

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.inbox import READS, cost, fill
from digihelse_app.access.context import ActingContext
from digihelse_app.services import inbox
from digihelse_app.services.inbox import ThreadPage
from digihelse_app.services.representation import acting_context
from digihelse_app.services.thread_list import Choice
from tests import world
from tests.people import OLA


async def search(acting: ActingContext) -> ThreadPage:
    """Look for two words."""
    return await inbox.list_threads(acting, chosen=Choice(text="besøk torsdag"))


async def test_each_read_sends_as_many_queries_for_a_thousand_as_for_ten(database: AsyncEngine) -> None:
    kari, ola = await world.world(), await world.person(OLA)
    await fill(kari.kari, kari.service.id, 10)
    await fill(ola, kari.service.id, 1000)
    few, many = await acting_context(kari.kari.id), await acting_context(ola.id)
    assert [await cost(act, few) for act in READS.values()] == [3, 3, 3, 3, 2, 2]
    assert [await cost(act, many) for act in READS.values()] == [3, 3, 3, 3, 2, 2]
    search = [
        await cost(lambda who: inbox.list_threads(who, chosen=Choice(text="besøk")), one)
        for one in (few, many)
    ]
    assert search == [3, 3]
    assert (await inbox.count_unread(few), await inbox.count_unread(many)) == (3, 3)
