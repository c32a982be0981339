"""Drafts on both engines: one for each who writes, for whom and where, until the send of it is received."""

import pytest

from digihelse_app.access.context import AccessDeniedError, ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import new_id
from digihelse_app.models.draft import Draft
from digihelse_app.services import attachments, drafts, sending
from digihelse_app.services.attachments import Upload
from digihelse_app.services.drafts import NEW, DraftContent
from digihelse_app.services.representation import acting_context
from tests import files, world
from tests.conftest import MovableClock
from tests.people import INGRID, OLA
from tests.world import World, later

pytestmark = pytest.mark.usefixtures("database", "clock")

BODY = "Kan dere komme litt"


def content(**changes: str) -> DraftContent:
    """A sentence that was begun, with a key of its own."""
    return DraftContent(**{"body": BODY, "idempotency_key": new_id(), **changes})


async def found(acting: ActingContext, place: str = NEW) -> str | None:
    """The draft's text."""
    begun = await drafts.take_up(acting, place)
    return begun.draft.body if begun.draft else None


async def logged() -> list[tuple[str | None, LogAction, str]]:
    """Who did what to which draft, in turn."""
    rows = sorted(await world.rows(AccessLogEntry), key=lambda row: row.at)
    return [(row.actor_id, row.action, row.object_id) for row in rows if row.object_type == "Draft"]


async def added(acting: ActingContext, name: str, place: str = NEW) -> str:
    """A file that was added to the draft of `place`; its id."""
    return (await attachments.store(acting, Upload(name, files.pdf()), place)).id


async def offered(acting: ActingContext, place: str = NEW) -> list[str]:
    """The names of the files that are there to go on with."""
    return [file.file_name for file in (await drafts.take_up(acting, place)).files]


async def represented_by_ingrid(kari: World, *scopes: str) -> ActingContext:
    """Ingrid for Kari."""
    ingrid = await world.person(INGRID)
    given = world.representation(ingrid, kari.kari, *scopes)
    await world.add(given)
    return await acting_context(ingrid.id, given.key)


async def test_newest_words_stand_in_stead_of_the_ones_before() -> None:
    kari = await world.world()
    acting = await kari.acting()
    first = content(subject="Torsdag", recipient=kari.service.id, category="besok")
    await drafts.save(acting, NEW, first)
    await drafts.save(acting, NEW, content(body="Kan dere komme litt senere?"))
    (row,) = await world.rows(Draft)
    assert (row.body, row.subject, row.place) == ("Kan dere komme litt senere?", "", NEW)


async def test_empty_draft_is_forgotten() -> None:
    acting = await (await world.world()).acting()
    await drafts.save(acting, NEW, content())
    await drafts.save(acting, NEW, content(body=" \n", subject=" "))
    assert await world.rows(Draft) == []


async def test_longer_than_fits_is_cut() -> None:
    acting = await (await world.world()).acting()
    long = {"body": "å" * 20_001, "subject": "e" * 201, "category": "c" * 65, "recipient": "r" * 37}
    await drafts.save(acting, NEW, content(**long, idempotency_key="k" * 65))
    (row,) = await world.rows(Draft)
    kept = (row.body, row.subject, row.category, row.recipient, row.idempotency_key)
    assert [len(value) for value in kept] == [20_000, 200, 64, 36, 64]


async def test_draft_is_the_writers_for_the_one_it_was_written_for() -> None:
    kari = await world.world()
    herself = await kari.acting()
    for_kari = await represented_by_ingrid(kari, Permission.READ_MESSAGES, Permission.WRITE_MESSAGES)
    ingrid = await acting_context(for_kari.actor_id)
    ola = await acting_context((await world.person(OLA)).id)
    await drafts.save(herself, NEW, content(body="Karis egne ord"))
    await drafts.save(for_kari, NEW, content(body="Ingrids ord for Kari"))
    assert await found(herself) == "Karis egne ord"
    assert await found(for_kari) == "Ingrids ord for Kari"
    assert [await found(other) for other in (ingrid, ola)] == [None, None]
    assert await drafts.places(herself) == {NEW}
    assert await drafts.places(ola) == set()


async def test_draft_in_a_conversation_needs_the_conversation() -> None:
    kari = await world.world()
    (thread,) = await kari.threads([later()])
    await drafts.save(await kari.acting(), thread.id, content())
    ola = await acting_context((await world.person(OLA)).id)
    for place in (thread.id, new_id(), "../etc"):
        with pytest.raises(NotFoundError):
            await drafts.save(ola, place, content())
    assert await found(await kari.acting(), thread.id) == BODY
    assert await found(ola, thread.id) is None


async def test_who_may_only_read_keeps_no_draft() -> None:
    reader = await represented_by_ingrid(await world.world(), Permission.READ_MESSAGES)
    with pytest.raises(AccessDeniedError):
        await drafts.save(reader, NEW, content())
    with pytest.raises(AccessDeniedError):
        await drafts.take_up(reader, NEW)
    with pytest.raises(AccessDeniedError):
        drafts.device_key(reader)


async def test_send_forgets_its_draft_and_no_other() -> None:
    kari = await world.world()
    acting = await kari.acting()
    (thread,) = await kari.threads([later()])
    begun, answer = content(), content(body="Ja takk")
    await drafts.save(acting, NEW, begun)
    await drafts.save(acting, thread.id, answer)
    await sending.reply(acting, thread.id, sending.Draft("Ja takk", answer.idempotency_key))
    assert await drafts.places(acting) == {NEW}


async def test_words_that_come_late_leave_what_was_begun_since() -> None:
    kari = await world.world()
    acting = await kari.acting()
    (thread,) = await kari.threads([later()])
    first, since = content(), content(body="Og en ting til")
    await sending.reply(acting, thread.id, sending.Draft(BODY, first.idempotency_key))
    await drafts.save(acting, thread.id, since)
    assert not await drafts.save(acting, thread.id, first)
    assert await found(acting, thread.id) == "Og en ting til"


async def test_send_leaves_what_was_written_on_while_it_was_on_its_way() -> None:
    kari = await world.world()
    acting = await kari.acting()
    (thread,) = await kari.threads([later()])
    await drafts.save(acting, thread.id, content(body=BODY + " PS"))
    await sending.reply(acting, thread.id, sending.Draft(BODY, content().idempotency_key))
    assert await found(acting, thread.id) == BODY + " PS"


async def test_words_that_arrive_after_the_send_do_not_come_back() -> None:
    kari = await world.world()
    acting = await kari.acting()
    written = content()
    sent = sending.Draft(BODY, written.idempotency_key, kari.service.id, "Torsdag")
    await sending.send_new(acting, sent)
    assert not await drafts.save(acting, NEW, written)
    assert await world.rows(Draft) == []
    assert await drafts.save(acting, NEW, content())


async def test_words_that_were_saved_while_the_send_was_committed_do_not_come_back() -> None:
    kari = await world.world()
    acting = await kari.acting()
    written = content()
    await sending.send_new(acting, sending.Draft(BODY, written.idempotency_key, kari.service.id, "Torsdag"))
    # What a save leaves that looked before the send and wrote after it.
    row = Draft(
        actor_id=acting.actor_id,
        person_id=acting.represented_id,
        place=NEW,
        body=BODY,
        idempotency_key=written.idempotency_key,
        updated_at=later(),
    )
    await world.add(row)
    assert await found(acting) is None
    assert await drafts.places(acting) == set()


async def test_device_key_is_the_same_each_time_and_another_for_another_person() -> None:
    kari = await world.world()
    ola = await acting_context((await world.person(OLA)).id)
    karis = [drafts.device_key(await kari.acting()) for _ in range(2)]
    assert karis[0] == karis[1] != drafts.device_key(ola)
    assert len(karis[0]) == 32


async def test_log_tells_of_a_draft_begun_taken_up_and_thrown_away_and_not_of_every_word(
    clock: MovableClock,
) -> None:
    kari = await world.world()
    acting = await kari.acting()
    for words in ("Kan", "Kan dere", "Kan dere komme"):
        await drafts.save(acting, NEW, content(body=words))
    clock.advance(minutes=1)
    assert await found(acting) == "Kan dere komme"
    clock.advance(minutes=1)
    for _ in range(2):
        await drafts.save(acting, NEW, content(body=""))
    assert await found(acting) is None
    kinds = (LogAction.DRAFT_BEGIN, LogAction.DRAFT_READ, LogAction.DRAFT_FORGET)
    assert await logged() == [(kari.kari.id, kind, NEW) for kind in kinds]


async def test_draft_that_is_sent_is_told_of_by_the_send(clock: MovableClock) -> None:
    kari = await world.world()
    acting = await kari.acting()
    written = content()
    await drafts.save(acting, NEW, written)
    await sending.send_new(acting, sending.Draft(BODY, written.idempotency_key, kari.service.id, "Torsdag"))
    await drafts.save(acting, NEW, written)
    assert await logged() == [(kari.kari.id, LogAction.DRAFT_BEGIN, NEW)]


async def test_a_draft_and_its_row_in_the_log_are_written_together(monkeypatch: pytest.MonkeyPatch) -> None:
    acting = await (await world.world()).acting()

    def full(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(drafts.access_log, "record", full)
    with pytest.raises(RuntimeError):
        await drafts.save(acting, NEW, content())
    assert await world.rows(Draft) == []


async def test_files_are_offered_again_where_they_were_added_as_they_were_added(clock: MovableClock) -> None:
    kari = await world.world()
    acting = await kari.acting()
    (thread,) = await kari.threads([later()])
    for name in ("a.pdf", "b.pdf"):
        await added(acting, name)
        clock.advance(minutes=1)
    await added(acting, "svar.pdf", thread.id)
    assert await offered(acting) == ["a.pdf", "b.pdf"]
    assert await offered(acting, thread.id) == ["svar.pdf"]
    places = [(kari.kari.id, LogAction.DRAFT_READ, place) for place in (NEW, thread.id)]
    assert [row for row in await logged() if row[1] is LogAction.DRAFT_READ] == places


async def test_no_more_files_are_offered_than_a_message_takes(clock: MovableClock) -> None:
    acting = await (await world.world()).acting()
    for number in range(7):
        await added(acting, f"{number}.pdf")
        clock.advance(minutes=1)
    assert await offered(acting) == [f"{number}.pdf" for number in range(2, 7)]


async def test_files_that_are_sent_removed_or_old_are_not_offered(clock: MovableClock) -> None:
    kari = await world.world()
    acting = await kari.acting()
    await added(acting, "gammel.pdf")
    clock.advance(hours=24, seconds=1)
    sent, removed, _ = [await added(acting, name) for name in ("sendt.pdf", "fjernet.pdf", "igjen.pdf")]
    await attachments.remove(acting, removed)
    written = sending.Draft(BODY, new_id(), kari.service.id, "Torsdag", attachments=(sent,))
    await sending.send_new(acting, written)
    assert await offered(acting) == ["igjen.pdf"]


async def test_files_are_offered_to_who_added_them_for_whom_they_were_added() -> None:
    kari = await world.world()
    herself = await kari.acting()
    for_kari = await represented_by_ingrid(kari, Permission.READ_MESSAGES, Permission.WRITE_MESSAGES)
    ingrid = await acting_context(for_kari.actor_id)
    await added(herself, "karis.pdf")
    await added(for_kari, "ingrids for kari.pdf")
    await added(ingrid, "ingrids egen.pdf")
    assert await offered(herself) == ["karis.pdf"]
    assert await offered(for_kari) == ["ingrids for kari.pdf"]
    assert await offered(ingrid) == ["ingrids egen.pdf"]
