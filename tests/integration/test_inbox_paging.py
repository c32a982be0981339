"""However conversations fall in time, paging through them shows each once, in one order."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, delete, select

from digihelse_app.models import database
from digihelse_app.models.conversation import Message, Thread, ThreadReading
from digihelse_app.models.organisation import CareService, Organisation
from digihelse_app.models.person import Person
from digihelse_app.services import inbox
from tests import world
from tests.world import World, later

some_hours = st.lists(st.integers(0, 4), max_size=25)


# One database serves every example: each begins by emptying the inbox.
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_hours, st.integers(1, 8), some_hours)
def test_paging_shows_each_conversation_once(
    database_url: str, hours: list[int], size: int, come_meanwhile: list[int]
) -> None:
    asyncio.run(_page_through(database_url, hours, size, come_meanwhile))


async def _page_through(url: str, hours: list[int], size: int, come_meanwhile: list[int]) -> None:
    database.connect(url)
    try:
        kari = await _empty_inbox()
        acting = await kari.acting()
        made = await kari.threads([later(hours=hour) for hour in hours])
        newest_first = sorted(made, key=lambda row: (row.last_message_at, row.id), reverse=True)
        page = await inbox.list_threads(acting, limit=size)
        shown = [summary.thread.id for summary in page.threads]
        await kari.threads([later(days=1, hours=hour) for hour in come_meanwhile])
        while page.following is not None:
            page = await inbox.list_threads(acting, page.following, size)
            shown += [summary.thread.id for summary in page.threads]
    finally:
        await database.disconnect()
    assert shown == [row.id for row in newest_first]


async def _empty_inbox() -> World:
    async with database.unit_of_work() as session:
        known = (await session.exec(select(Organisation))).first() is not None
        await session.exec(delete(ThreadReading).where(col(ThreadReading.thread_id).is_not(None)))
        await session.exec(delete(Message).where(col(Message.id).is_not(None)))
        await session.exec(delete(Thread).where(col(Thread.id).is_not(None)))
    if not known:
        return await world.world()
    (kari,), (organisation,) = await world.rows(Person), await world.rows(Organisation)
    (service,) = await world.rows(CareService)
    return World(kari, organisation, service)
