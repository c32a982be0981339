"""Knowing the id of another person's conversation gives nothing: it is as if there were none."""

from sqlmodel import func, select

from digihelse_app import routes
from digihelse_app.models.conversation import Message, ThreadReading
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.state.failures import FailureState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.thread import ThreadState
from tests.attacked import Belongings, leaks_of
from tests.tab import Tab, tab


async def stored() -> tuple[int, int]:
    """How many messages and readings there are."""
    async with unit_of_work(reading=True) as session:
        messages = (await session.exec(select(func.count()).select_from(Message))).one()
        readings = (await session.exec(select(func.count()).select_from(ThreadReading))).one()
        return messages, readings


def leaks_beside_the_id(karis: Belongings, page: Tab, thread_id: str) -> list[str]:
    """What leaked, apart from the id that the attacker brought herself."""
    return [trace for trace in leaks_of(karis, page) if trace != thread_id]


async def test_address_of_anothers_conversation_shows_none(url: str, ola: str, karis: Belongings) -> None:
    before = await stored()
    for thread in karis.threads:
        query = {routes.THREAD_QUERY: thread.id}
        async with tab(url, routes.INBOX, cookie=ola, query=query) as page:
            await page.alive()
            for handler in ("show_older", "refresh", "load"):
                page.call(ThreadState, handler)
            page.call(InboxState, "show_older")
            await page.settle()
            shown = (page.value(ThreadState, "thread_id"), page.value(ThreadState, "missing"))
            assert shown == ("", True)
            assert leaks_beside_the_id(karis, page, thread.id) == []
    assert await stored() == before


async def test_reply_in_anothers_conversation_is_not_found_and_stores_nothing(
    url: str, ola: str, karis: Belongings
) -> None:
    before = await stored()
    thread = karis.threads[0].id
    async with tab(url, routes.INBOX, cookie=ola) as page:
        await page.alive()
        form = {"thread": thread, "body": "Hei", "key": new_id(), "person": ""}
        page.call(ThreadState, "reply", {"form": form})
        await page.until(lambda tab: tab.value(FailureState, "kind") == "not_found")
        await page.settle()
        assert leaks_of(karis, page) == []
    assert await stored() == before


async def test_conversation_that_does_not_exist_looks_the_same(url: str, ola: str, karis: Belongings) -> None:
    seen: list[dict[str, object]] = []
    for thread_id in (karis.threads[0].id, new_id()):
        async with tab(url, routes.INBOX, cookie=ola, query={routes.THREAD_QUERY: thread_id}) as page:
            await page.alive()
            seen.append(page.state[ThreadState.get_full_name()])
    assert seen[0] == seen[1]
