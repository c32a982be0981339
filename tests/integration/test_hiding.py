"""What the represented person hides is gone for all who act for her, by every way, until it is shown."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from digihelse_app.access.context import AccessDeniedError, ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models import database as app_database
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.circle import ThreadTaking
from digihelse_app.models.codes import EndReason, LogAction
from digihelse_app.models.database import new_id
from digihelse_app.models.visit import Visit
from digihelse_app.outside import clock as app_clock
from digihelse_app.services import (
    archive,
    attachments,
    calendar_feeds,
    circle,
    circle_notes,
    circle_taking,
    drafts,
    hiding,
    inbox,
    sending,
    thread_export,
    visits,
)
from digihelse_app.services.attachments import Upload
from digihelse_app.services.drafts import DraftContent
from digihelse_app.services.thread_list import Choice
from tests import circle_world, files, visit_world, world
from tests.circle_world import Circle, listed, without

pytestmark = pytest.mark.usefixtures("database", "clock")


async def refused(act: Awaitable[object]) -> bool:
    """Whether there is no such thing for the actor."""
    with pytest.raises(NotFoundError):
        await act
    return True


async def attached(acting: ActingContext, thread_id: str) -> str:
    """A file that was sent in the conversation."""
    file = await attachments.store(acting, Upload("brev.pdf", files.pdf()), thread_id)
    draft = sending.Draft("Se vedlegg", new_id(), attachments=(file.id,))
    assert (await sending.reply(acting, thread_id, draft)).errors == {}
    return file.id


async def logged(action: LogAction) -> list[tuple[str, str]]:
    """What was logged under an action."""
    return [
        (row.object_type, row.object_id) for row in await world.rows(AccessLogEntry) if row.action is action
    ]


async def test_hidden_conversation_is_in_no_list_count_or_search_of_a_proxy() -> None:
    them = await circle_world.circle()
    (other,) = await them.world.threads([world.later(hours=2)])
    assert (await inbox.count_unread(them.ingrid), len(await listed(them.ingrid))) == (2, 2)
    await hiding.hide_thread(them.kari, them.thread.id)
    assert await listed(them.ingrid) == [other.id]
    assert await inbox.count_unread(them.ingrid) == 1
    assert sorted(await listed(them.kari)) == sorted([other.id, them.thread.id])


async def found(acting: ActingContext, text: str) -> list[str]:
    """Ids of the conversations with these words."""
    return [one.thread.id for one in (await inbox.list_threads(acting, chosen=Choice(text=text))).threads]


async def test_hidden_conversation_is_not_found_by_its_words() -> None:
    them = await circle_world.circle()
    (other,) = await them.world.threads([world.later(hours=2)])
    for thread in (them.thread, other):
        await circle_world.reply(them.kari, thread)
    assert sorted(await found(them.ingrid, "takk")) == sorted([other.id, them.thread.id])
    await hiding.hide_thread(them.kari, them.thread.id)
    assert await found(them.ingrid, "takk") == [other.id]


async def test_hidden_only_conversation_of_a_service_hides_the_service() -> None:
    them = await circle_world.circle()
    await listed(them.ingrid)
    await hiding.hide_thread(them.kari, them.thread.id)
    assert await inbox.list_services(them.ingrid) == []
    assert [one.id for one in await inbox.list_services(them.kari)] == [them.world.service.id]


def ways(them: Circle, file_id: str) -> list[Callable[[ActingContext], Awaitable[object]]]:
    """Every use case that takes the conversation, or something in it."""
    id = them.thread.id
    return [
        lambda who: inbox.open_thread(who, id),
        lambda who: inbox.mark_seen(who, id),
        lambda who: thread_export.export(who, id),
        lambda who: thread_export.note_printing(who, id),
        lambda who: archive.put_away(who, id),
        lambda who: sending.reply(who, id, sending.Draft("Hei", new_id())),
        lambda who: drafts.save(who, id, DraftContent("Hei", idempotency_key=new_id())),
        lambda who: attachments.read(who, file_id),
        lambda who: circle.around(who, id),
        lambda who: circle_notes.list_notes(who, id),
        lambda who: circle_notes.write(who, id, "Hei", new_id()),
        lambda who: circle_taking.take(who, id),
    ]


async def test_hidden_conversation_is_not_found_by_its_id() -> None:
    them = await circle_world.circle()
    file_id = await attached(them.kari, them.thread.id)
    for way in ways(them, file_id)[:5]:
        await way(them.ingrid)
    assert (await attachments.read(them.ingrid, file_id))[0].id == file_id
    await hiding.hide_thread(them.kari, them.thread.id)
    assert all([await refused(way(them.ingrid)) for way in ways(them, file_id)])
    assert (await inbox.open_thread(them.kari, them.thread.id)).thread.id == them.thread.id


async def test_what_a_proxy_had_begun_in_it_is_not_offered_until_it_is_shown() -> None:
    them = await circle_world.circle()
    await drafts.save(them.ingrid, them.thread.id, DraftContent("Hei", idempotency_key=new_id()))
    await hiding.hide_thread(them.kari, them.thread.id)
    assert (await drafts.take_up(them.ingrid, them.thread.id)).draft is None
    await hiding.show_thread(them.kari, them.thread.id)
    begun = (await drafts.take_up(them.ingrid, them.thread.id)).draft
    assert begun is not None
    assert begun.body == "Hei"


async def test_hiding_and_showing_are_logged_once_each_and_told_to_open_tabs() -> None:
    them, changed = await circle_world.circle(), list[set[str]]()

    async def note(people: set[str]) -> None:
        changed.append(people)

    app_database.on_commit(note)
    for _ in range(2):
        await hiding.hide_thread(them.kari, them.thread.id)
    for _ in range(2):
        await hiding.show_thread(them.kari, them.thread.id)
    assert changed == [{them.kari.actor_id}, {them.kari.actor_id}]
    assert await logged(LogAction.THREAD_HIDE) == [("Thread", them.thread.id)]
    assert await logged(LogAction.THREAD_SHOW) == [("Thread", them.thread.id)]
    assert them.thread.id in await listed(them.ingrid)


async def test_hiding_frees_what_a_proxy_had_taken_and_keeps_what_is_ones_own() -> None:
    them = await circle_world.circle()
    await circle_taking.take(them.ingrid, them.thread.id)
    await hiding.hide_thread(them.kari, them.thread.id)
    assert await world.rows(ThreadTaking) == []
    await circle_taking.take(them.kari, them.thread.id)
    await hiding.show_thread(them.kari, them.thread.id)
    await hiding.hide_thread(them.kari, them.thread.id)
    assert [row.actor_id for row in await world.rows(ThreadTaking)] == [them.kari.actor_id]


@pytest.mark.parametrize(
    "act", [hiding.hide_thread, hiding.show_thread, hiding.hide_visit, hiding.show_visit]
)
async def test_nobody_hides_for_another(act: Callable[[ActingContext, str], Awaitable[None]]) -> None:
    them = await circle_world.circle()
    for actor in (them.ingrid, without(them.kari, Permission.HIDE_FROM_PROXIES)):
        with pytest.raises(AccessDeniedError):
            await act(actor, them.thread.id)
    assert await refused(act(them.kari, new_id()))
    assert await refused(act(them.kari, "\x00"))


async def planned(them: Circle) -> Visit:
    """A visit tomorrow."""
    visit = visit_world.visit(them.world.kari, them.world.service, app_clock.now() + timedelta(days=1))
    await world.add(visit)
    return visit


async def test_hidden_visit_is_in_no_list_calendar_or_id_of_a_proxy() -> None:
    them = await circle_world.circle()
    visit = await planned(them)
    feed = await calendar_feeds.create(them.ingrid, "nb")
    assert visit.id in await calendar_feeds.read(feed.secret)
    await hiding.hide_visit(them.kari, visit.id)
    assert visit.id not in await calendar_feeds.read(feed.secret)
    assert (await visits.list_coming(them.ingrid)).visits == []
    assert await visits.next_visit(them.ingrid) is None
    assert await visits.exceptions(them.ingrid) == []
    assert await refused(visits.open_visit(them.ingrid, visit.id))
    mine = (await visits.list_coming(them.kari)).visits
    assert [one.visit.id for one in mine] == [visit.id]
    assert await logged(LogAction.VISIT_HIDE) == [("Visit", visit.id)]
    await hiding.show_visit(them.kari, visit.id)
    assert (await visits.open_visit(them.ingrid, visit.id)).visit.id == visit.id


async def test_hiding_is_offered_to_who_has_given_a_delegation_and_showing_always() -> None:
    them = await circle_world.circle()
    visit = await planned(them)
    assert await hiding.of_visit(them.kari, visit.id) == hiding.Hiding(hidden=False, offered=True)
    await hiding.hide_visit(them.kari, visit.id)
    for right in them.rights.values():
        right.ended_at, right.end_reason = app_clock.now(), EndReason.WITHDRAWN
        await world.add(right)
    assert await hiding.of_visit(them.kari, visit.id) == hiding.Hiding(hidden=True, offered=True)
    await hiding.show_visit(them.kari, visit.id)
    assert await hiding.of_visit(them.kari, visit.id) == hiding.Hiding(hidden=False, offered=False)
