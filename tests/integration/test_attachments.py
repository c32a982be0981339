"""Files with a message: sent with it or not at all, handed over before it, and forgotten when never sent."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import NotFoundError
from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.codes import LogAction
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.services import attachments, inbox, sending
from digihelse_app.services.attachments import Upload
from digihelse_app.services.drafts import NEW
from digihelse_app.services.sending import Draft
from tests import files, world
from tests.both_ends import BothEnds, both_ends
from tests.conftest import MovableClock
from tests.outbox_worker import FixedToken
from tests.people import INGRID, OLA
from tests.receiver import receiver
from tests.world import World

pytestmark = pytest.mark.usefixtures("clock")


def draft(to: World, *ids: str) -> Draft:
    """A first message with files, and a key of its own."""
    return Draft("Se bildet.", new_id(), to.service.id, "Såret", attachments=ids)


async def stored(to: World, count: int = 1) -> list[str]:
    """Kari has taken in so many files; their ids."""
    acting = await to.acting()
    uploads = [Upload(f"{n}.pdf", files.pdf()) for n in range(count)]
    return [(await attachments.store(acting, upload, NEW)).id for upload in uploads]


async def test_files_go_with_the_message_in_the_order_they_were_chosen(database: AsyncEngine) -> None:
    kari = await world.world()
    first, second, left = await stored(kari, 3)
    sent = await sending.send_new(await kari.acting(), draft(kari, second, first))
    opened = await inbox.open_thread(await kari.acting(), sent.thread_id)
    [message] = opened.messages
    assert [file.id for file in opened.attachments[message.id]] == [second, first]
    assert {row.id: row.message_id for row in await world.rows(Attachment)}[left] is None


@pytest.mark.parametrize("count", [6, 7])
async def test_five_files_at_most(database: AsyncEngine, count: int) -> None:
    kari = await world.world()
    sent = await sending.send_new(await kari.acting(), draft(kari, *await stored(kari, count)))
    assert sent.errors == {"attachments": "attachment.error.five"}
    assert await world.rows(Message) == await world.rows(Thread) == []


async def test_another_ones_file_sends_nothing(database: AsyncEngine) -> None:
    """Unknown, another person's, another actor's for the same person, one's own for another: one answer."""
    kari = await world.world()
    ingrid, ola = await world.person(INGRID), await world.person(OLA)
    delegation = world.representation(ingrid, kari.kari, "read_messages", "write_messages")
    await world.add(delegation)
    by_ingrid = await world.acting_context(ingrid.id, delegation.key)
    ingrids_for_kari = await attachments.store(by_ingrid, Upload("a.pdf", files.pdf()), NEW)
    olas = await attachments.store(await world.acting_context(ola.id), Upload("b.pdf", files.pdf()), NEW)
    [karis] = await stored(kari)
    for foreign in (new_id(), olas.id, ingrids_for_kari.id):
        sent = await sending.send_new(await kari.acting(), draft(kari, karis, foreign))
        assert sent.errors == {"attachments": "attachment.error.gone"}
    sent = await sending.send_new(by_ingrid, draft(kari, karis))
    assert sent.errors == {"attachments": "attachment.error.gone"}
    assert await world.rows(Message) == []
    assert [row.message_id for row in await world.rows(Attachment)] == [None] * 3


async def test_the_same_send_twice_is_one_message_with_its_file(database: AsyncEngine) -> None:
    kari = await world.world()
    written = draft(kari, *await stored(kari))
    sent = [await sending.send_new(await kari.acting(), written) for _ in range(2)]
    assert sent[0] == sent[1]
    assert len(await world.rows(Message)) == len(await world.rows(Attachment)) == 1


async def test_a_file_goes_with_one_message_alone(database: AsyncEngine) -> None:
    kari = await world.world()
    [file] = await stored(kari)
    await sending.send_new(await kari.acting(), draft(kari, file))
    again = await sending.send_new(await kari.acting(), draft(kari, file))
    assert again.errors == {"attachments": "attachment.error.gone"}


async def test_every_act_is_in_the_log(database: AsyncEngine) -> None:
    kari = await world.world()
    acting, [kept, removed] = await kari.acting(), await stored(kari, 2)
    await attachments.read(acting, kept)
    await attachments.remove(acting, removed)
    done = [(row.action, row.object_id) for row in await world.rows(AccessLogEntry)]
    assert done == [
        (LogAction.ATTACHMENT_UPLOAD, kept),
        (LogAction.ATTACHMENT_UPLOAD, removed),
        (LogAction.ATTACHMENT_READ, kept),
        (LogAction.ATTACHMENT_REMOVE, removed),
    ]


async def test_what_was_never_sent_is_forgotten_after_a_day(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    sent, forgotten = await stored(kari, 2)
    await sending.send_new(await kari.acting(), draft(kari, sent))
    clock.advance(hours=23)
    [fresh] = await stored(kari)
    assert await attachments.purge_unsent() == 0
    clock.advance(hours=2)
    assert await attachments.purge_unsent() == 1
    kept = {sent, fresh}
    assert {row.id for row in await world.rows(Attachment)} == kept
    assert {row.attachment_id for row in await world.rows(AttachmentContent)} == kept
    with pytest.raises(NotFoundError):
        await attachments.read(await kari.acting(), forgotten)


async def test_a_conversation_full_of_files_takes_one_query_for_them(database: AsyncEngine) -> None:
    kari = await world.world()
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    counts = []
    sent = await sending.send_new(await kari.acting(), draft(kari, *await stored(kari)))
    for _ in range(2):
        for _ in range(3):
            reply = Draft("Til.", new_id(), attachments=tuple(await stored(kari, 2)))
            await sending.reply(await kari.acting(), sent.thread_id, reply)
        acting = await kari.acting()
        await inbox.open_thread(acting, sent.thread_id)
        asked.clear()
        event.listen(database.sync_engine, "before_cursor_execute", note)
        await inbox.open_thread(acting, sent.thread_id)
        event.remove(database.sync_engine, "before_cursor_execute", note)
        counts.append((len(asked), sum("attachment" in statement for statement in asked)))
    assert counts[0] == counts[1]
    assert counts[0][1] == 1
    assert [statement for statement in asked if "attachmentcontent" in statement] == []


@pytest.fixture
async def ends(database: AsyncEngine, tmp_path: Path, clock: MovableClock) -> AsyncIterator[BothEnds]:
    async with both_ends(tmp_path, clock) as running:
        yield running


async def test_photo_reaches_the_record_system_and_a_pdf_comes_back(
    ends: BothEnds, clock: MovableClock
) -> None:
    thread_id = await ends.kari_asks()
    acting = await ends.kari()
    photo = await attachments.store(acting, Upload("Såret.jpeg", files.photo()), NEW)
    _, kept = await attachments.read(acting, photo.id)
    with_photo = Draft("Se bildet.", new_id(), attachments=(photo.id,))
    await sending.reply(acting, thread_id, with_photo)
    await ends.dispatcher.dispatch_due()
    page = await ends.staff.get(f"/fagsystem/samtale/{thread_id}")
    assert page.text.count("Såret.jpg") == 1
    downloaded = await ends.staff.get(f"/fagsystem/vedlegg/{photo.id}")
    assert downloaded.content == kept
    clock.advance(minutes=5)
    chosen = {"files": ("Svar.pdf", files.pdf(), "application/pdf")}
    answer = await ends.staff.post(
        f"/fagsystem/samtale/{thread_id}/svar",
        data={"text": "Her er svaret.", "staff": "Marit Haugen"},
        files=chosen,
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == httpx.codes.SEE_OTHER
    await ends.system.deliver()
    opened = await inbox.open_thread(acting, thread_id)
    [came] = opened.attachments[opened.messages[-1].id]
    assert (came.file_name, came.content_type) == ("Svar.pdf", "application/pdf")
    assert (await attachments.read(acting, came.id))[1] == files.pdf()


async def test_a_file_that_was_handed_over_is_not_sent_again_with_the_next_try(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari = await world.world()
    first, second = await stored(kari, 2)
    with receiver() as record_system:
        kari.organisation.fhir_base_url = record_system.base_url
        await world.add(kari.organisation)
        await sending.send_new(await kari.acting(), draft(kari, first, second))
        record_system.answers = [(200, {})] * 3 + [(503, {})]
        async with httpx.AsyncClient(trust_env=False) as client:
            dispatcher = Dispatcher(to_record_systems(FhirRecordSystem(FixedToken(), client)))
            await dispatcher.dispatch_due()
            clock.advance(minutes=1)
            await dispatcher.dispatch_due()
    came = [(body["resourceType"], body["id"]) for _, body in record_system.received]
    [message], [thread] = await world.rows(Message), await world.rows(Thread)
    assert came == [
        ("Binary", first),
        ("DocumentReference", first),
        ("Binary", second),
        ("Binary", second),
        ("DocumentReference", second),
        ("Communication", thread.id),
        ("Communication", message.id),
    ]
    assert message.delivered_at is not None
    keys = [key for key, _ in record_system.received]
    assert keys[2] == keys[3]
