"""What is tagged is kept from parents or from the young between 12 and 16, wherever it could be read."""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import DELEGABLE
from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.codes import AccessTag, RepresentationRole
from digihelse_app.models.conversation import Thread
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Visit
from digihelse_app.services import (
    attachments,
    calendar_feeds,
    inbox,
    search_index,
    thread_export,
    visit_export,
    visits,
)
from digihelse_app.services.representation import acting_context
from digihelse_app.services.thread_list import Choice
from tests import world
from tests.conftest import MovableClock
from tests.people import JONAS
from tests.visit_world import visit

ALL = frozenset(AccessTag)
SHOWN = {
    ("parent", 11): ALL,
    ("parent", 12): ALL - {AccessTag.NOT_PARENTS},
    ("parent", 15): ALL - {AccessTag.NOT_PARENTS},
    ("young", 11): ALL,
    ("young", 12): ALL - {AccessTag.NOT_YOUNG},
    ("young", 15): ALL - {AccessTag.NOT_YOUNG},
    ("young", 16): ALL,
}
"""At 16 a parent has no access at all (see test_register_ties)."""


@dataclass(frozen=True)
class Kept:
    """One thing of each kind by tag, all of one young person's."""

    threads: dict[AccessTag, Thread]
    files: dict[AccessTag, Attachment]
    visits: dict[AccessTag, Visit]


async def kept(of: world.World) -> Kept:
    """A conversation with a file, and a visit, for each tag: all of it could be shown."""
    threads, files, planned = {}, {}, {}
    for number, tag in enumerate(AccessTag):
        at = world.later(hours=number)
        thread = world.thread(of.kari, of.service, at, subject=f"Samtale {tag.value}")
        thread.access_tag = tag
        message = world.message(thread, at, body="Vi snakket om fotball.")
        file = Attachment(
            person_id=of.kari.id,
            organisation_id=of.organisation.id,
            external_id=tag.value,
            document_id=tag.value,
            message_id=message.id,
            file_name="a.pdf",
            content_type="application/pdf",
            size=1,
            digest=hashlib.sha256(b"x").hexdigest(),
            created_at=at,
        )
        await world.add(thread, message, file, AttachmentContent(attachment_id=file.id, content=b"x"))
        await index(thread)
        one = visit(of.kari, of.service, world.later(days=23 + number), access_tag=tag, title=tag.value)
        await world.add(one)
        threads[tag], files[tag], planned[tag] = thread, file, one
    return Kept(threads, files, planned)


async def index(thread: Thread) -> None:
    """Its words can be searched for."""
    async with unit_of_work() as session:
        await search_index.add(session, thread, "Vi snakket om fotball.")


async def reader(of: world.World, who: str, age: int, clock: MovableClock) -> ActingContext:
    """The young person herself at an age, or her father."""
    async with unit_of_work() as session:
        child = await session.get_one(Person, of.kari.id)
        today = clock().date()
        child.birth_date = date(today.year - age, today.month, today.day)
        session.add(child)
    if who == "young":
        return await of.acting()
    father = await world.person(JONAS)
    given = world.representation(father, of.kari, *sorted(DELEGABLE), role=RepresentationRole.FO)
    await world.add(given)
    return await acting_context(father.id, given.key)


async def found(readers: Mapping[AccessTag, Callable[[], Awaitable[object]]]) -> set[AccessTag]:
    """The tags of what can be read; the rest is as if it were not there."""
    seen = set()
    for tag, read in readers.items():
        try:
            await read()
        except NotFoundError:
            continue
        seen.add(tag)
    return seen


@pytest.mark.parametrize(("who", "age"), list(SHOWN))
async def test_conversations_and_files(
    database: AsyncEngine, clock: MovableClock, who: str, age: int
) -> None:
    of = await world.world()
    things = await kept(of)
    acting = await reader(of, who, age, clock)
    wanted = SHOWN[who, age]
    for chosen in (Choice(), Choice(text="fotball")):
        page = await inbox.list_threads(acting, chosen=chosen)
        assert {one.thread.access_tag for one in page.threads} == wanted
    assert await inbox.count_unread(acting) == len(wanted)
    opened = {tag: lambda one=one: inbox.open_thread(acting, one.id) for tag, one in things.threads.items()}
    paper = {tag: lambda one=one: thread_export.export(acting, one.id) for tag, one in things.threads.items()}
    files = {tag: lambda one=one: attachments.read(acting, one.id) for tag, one in things.files.items()}
    assert [await found(each) for each in (opened, paper, files)] == [wanted] * 3


@pytest.mark.parametrize(("who", "age"), list(SHOWN))
async def test_visits_and_calendars(database: AsyncEngine, clock: MovableClock, who: str, age: int) -> None:
    of = await world.world()
    things = await kept(of)
    acting = await reader(of, who, age, clock)
    wanted = SHOWN[who, age]
    coming = await visits.list_coming(acting)
    week = await visits.list_between(acting, clock().date(), clock().date() + timedelta(days=6), 50)
    assert [{one.visit.access_tag for one in shown} for shown in (coming.visits, week)] == [wanted] * 2
    opened = {tag: lambda one=one: visits.open_visit(acting, one.id) for tag, one in things.visits.items()}
    alone = {
        tag: lambda one=one: visit_export.export(acting, one.id, "nb") for tag, one in things.visits.items()
    }
    assert [await found(each) for each in (opened, alone)] == [wanted] * 2
    feed = await calendar_feeds.create(acting, "nb")
    assert (await calendar_feeds.read(feed.secret)).count("BEGIN:VEVENT") == len(wanted)
