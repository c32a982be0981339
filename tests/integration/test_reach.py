"""A proxy with a part of the rights, for a part of the services, finds nothing else by any use case."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.services import (
    archive,
    attachments,
    calendar_feeds,
    cancellation,
    cancellation_period,
    circle,
    circle_notes,
    drafts,
    inbox,
    sending,
    thread_export,
    visit_export,
    visits,
)
from digihelse_app.services.cancellation import CancelRequest
from digihelse_app.services.cancellation_period import PeriodRequest
from digihelse_app.services.drafts import DraftContent
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft
from digihelse_app.services.thread_list import EVERYTHING, Choice, View
from tests.conftest import MovableClock
from tests.reach_world import AFTER, BEFORE, CHILD, SINCE, Reach, reach
from tests.visit_world import NOW

pytestmark = pytest.mark.usefixtures("clock")

WORDS = {"hjem", "fysio", "gammel", "skjult", "merket", "blandet"}
READ, WRITE, SEE, CANCEL = "read_messages", "write_messages", "see_visits", "cancel_visits"
UseCase = Callable[[ActingContext, str], Awaitable[object]]
"""Of one thing, by its id."""


@pytest.fixture
async def made(database: AsyncEngine, clock: MovableClock) -> Reach:
    """Kari's world."""
    return await reach()


async def listed(acting: ActingContext, chosen: Choice = EVERYTHING) -> set[str]:
    """Words of the conversations in a list."""
    page = await inbox.list_threads(acting, chosen=chosen)
    return {one.thread.subject.split()[0] for one in page.threads}


ON_A_THREAD: list[UseCase] = [
    inbox.open_thread,
    inbox.mark_seen,
    archive.put_away,
    archive.take_back,
    thread_export.export,
    thread_export.note_printing,
    circle.around,
    circle_notes.list_notes,
    lambda acting, id: circle_notes.write(acting, id, "Husk", new_id()),
    lambda acting, id: sending.reply(acting, id, Draft("Hei", new_id())),
    lambda acting, id: drafts.save(acting, id, DraftContent(body="Hei")),
]
ON_A_VISIT: list[UseCase] = [
    visits.open_visit,
    lambda acting, id: visit_export.export(acting, id, "nb"),
]
TO_CANCEL: list[UseCase] = [
    lambda acting, id: cancellation.request(acting, CancelRequest(id, new_id())),
    lambda acting, id: cancellation_period.request_period(
        acting, PeriodRequest(NOW.date(), NOW.date() + timedelta(days=9), (id,), new_id())
    ),
]


async def found_by(use_cases: list[UseCase], acting: ActingContext, ids: dict[str, str]) -> list[set[str]]:
    """For each use case, the words of what it finds."""
    found: list[set[str]] = []
    for use_case in use_cases:
        words: set[str] = set()
        for word, id in ids.items():
            try:
                await use_case(acting, id)
            except NotFoundError:
                continue
            words.add(word)
        found.append(words)
    return found


CASES = ["one service", "since", "parent", "everything"]
SEEN = {
    "one service": {"hjem", "gammel", "merket", "blandet"},
    "since": {"hjem", "fysio", "merket", "blandet"},
    "parent": {"hjem", "fysio", "gammel", "blandet"},
    "everything": {"hjem", "fysio", "gammel", "merket", "blandet"},
}


async def who_may(made: Reach, case: str) -> ActingContext:
    """Ingrid with every right, as far as the case says."""
    everything = (READ, WRITE, SEE, CANCEL, "get_notices")
    if case == "one service":
        return await made.may({scope: [made.home] for scope in everything})
    if case == "parent":
        async with unit_of_work() as session:
            (await session.get_one(Person, made.kari.id)).birth_date = CHILD
        return await made.may(dict.fromkeys(everything), role=RepresentationRole.FO)
    return await made.may(dict.fromkeys(everything), since=SINCE if case == "since" else None)


@pytest.mark.parametrize("case", CASES)
async def test_conversations_are_found_by_lists_and_ids_as_far_as_the_reach(made: Reach, case: str) -> None:
    acting, seen = await who_may(made, case), SEEN[case]
    assert await listed(acting) == seen
    assert await listed(acting, Choice(View.UNREAD)) == seen
    assert await inbox.count_unread(acting) == len(seen)
    assert {word for word in WORDS if await listed(acting, Choice(text=word))} == seen
    assert await listed(acting, Choice(text="eldgammelt")) == (set() if case == "since" else {"blandet"})
    names = [one.name for one in await inbox.list_services(acting)]
    assert names == sorted({made_of(made, word) for word in seen})
    ids = {word: thread.id for word, thread in made.threads.items()}
    assert await found_by(ON_A_THREAD, acting, ids) == [seen] * len(ON_A_THREAD)


def made_of(made: Reach, word: str) -> str:
    """The name of the service that the conversation is with."""
    return made.physio.name if word == "fysio" else made.home.name


@pytest.mark.parametrize("case", CASES)
async def test_files_follow_their_messages(made: Reach, case: str) -> None:
    acting, seen = await who_may(made, case), SEEN[case]
    ids = {word: file.id for word, file in made.files.items()}
    expected = (seen | {"nyere", "eldgammelt"}) - ({"blandet", "eldgammelt"} if case == "since" else set())
    assert await found_by([attachments.read], acting, ids) == [expected]


@pytest.mark.parametrize("case", CASES)
async def test_visits_are_found_by_lists_and_ids_as_far_as_the_reach(made: Reach, case: str) -> None:
    acting = await who_may(made, case)
    seen = SEEN[case] - {"blandet"}
    pages = [await visits.list_coming(acting), await visits.list_past(acting)]
    assert {one.visit.title.split()[0] for page in pages for one in page.visits} == seen
    ids = {word: visit.id for word, visit in made.visits.items()}
    assert await found_by(ON_A_VISIT, acting, ids) == [seen] * len(ON_A_VISIT)
    period = await cancellation_period.preview_period(acting, NOW.date(), NOW.date() + timedelta(days=9))
    coming = seen - {"gammel"}
    assert {hit.summary.visit.title.split()[0] for hit in period.hits} == coming
    long_after = NOW.date() + timedelta(days=400)
    ids_of_all = [visit.id for visit in made.visits.values()]
    followed = await cancellation_period.follow_period(acting, long_after, long_after, ids_of_all)
    assert {hit.summary.visit.title.split()[0] for hit in followed} == seen
    feed = await calendar_feeds.create(acting, "nb")
    written = await calendar_feeds.read(feed.secret)
    assert {word for word, id in ids.items() if id in written} == seen
    ids.pop("gammel")  # over, and so not within the period
    for use_case in TO_CANCEL:
        assert await found_by([use_case], acting, ids) == [coming]


async def test_what_is_older_in_a_conversation_that_goes_on_is_neither_read_printed_nor_found(
    made: Reach, clock: MovableClock
) -> None:
    id, kari = made.threads["blandet"].id, await acting_context(made.kari.id)
    for at, body in ((BEFORE, "gammelt notat"), (AFTER, "nytt notat")):
        clock.set(at)
        await circle_notes.write(kari, id, body, new_id())
    clock.set(NOW)
    acting = await who_may(made, "since")
    opened = await inbox.open_thread(acting, id, older=True)
    assert ([one.body for one in opened.messages], opened.has_older) == (["nyere brev"], False)
    assert list(opened.attachments) == [made.messages["nyere"].id]
    exported = await thread_export.export(acting, id)
    assert [(one.message.body, one.files) for one in exported.messages] == [("nyere brev", ["nyere.pdf"])]
    assert [one.body for one in await circle_notes.list_notes(acting, id)] == ["nytt notat"]
    with pytest.raises(NotFoundError):
        await attachments.read(acting, made.files["blandet"].id)
