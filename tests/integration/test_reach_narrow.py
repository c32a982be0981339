"""Rights that are not the same for all services, or that change while something of one's own is there."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.attachment import Attachment, AttachmentContent
from digihelse_app.models.codes import (
    AccessTag,
    AgentKind,
    CancellationStatus,
    LogAction,
    RepresentationRole,
    SenderKind,
)
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id, unit_of_work
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.models.visit import Cancellation
from digihelse_app.services import (
    access_log_reading,
    attachments,
    cancellation,
    connection,
    drafts,
    hiding,
    inbox,
    notice_recipients,
    sending,
    visits,
)
from digihelse_app.services.cancellation import CancelRequest
from digihelse_app.services.drafts import DraftContent
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft
from tests import world
from tests.conftest import MovableClock
from tests.reach_world import AFTER, BEFORE, CHILD, SINCE, Reach, moved_and_asked, reach
from tests.visit_world import NOW

READ, WRITE, SEE, CANCEL = "read_messages", "write_messages", "see_visits", "cancel_visits"


@pytest.fixture
async def made(database: AsyncEngine, clock: MovableClock) -> Reach:
    """Kari's world."""
    return await reach()


async def own_message(made: Reach, word: str, at: datetime = AFTER) -> Message:
    """Kari has written in a conversation, and it was given up."""
    thread = made.threads[word]
    message = Message(
        thread_id=thread.id,
        person_id=made.kari.id,
        sender=SenderKind.CITIZEN,
        author_id=made.kari.id,
        author_role=RepresentationRole.SELF,
        author_name=made.kari.name,
        body="Fra Kari",
        sent_at=at,
        failed_at=at,
    )
    await world.add(message)
    async with unit_of_work() as session:
        row = await session.get_one(Thread, thread.id)
        row.last_from_citizen_at = message.sent_at
    return message


async def test_writing_and_reading_are_each_for_its_own_services(made: Reach) -> None:
    failed = {word: await own_message(made, word) for word in ("hjem", "fysio")}
    acting = await made.may({READ: [made.home], WRITE: [made.physio]})
    assert [one.name for one in await inbox.list_recipients(acting)] == [made.physio.name]
    before = len(await world.rows(Message)), len(await world.rows(OutboxItem))
    closed = await sending.reply(acting, made.threads["hjem"].id, Draft("Hei", new_id()))
    assert closed.errors == {"body": "compose.error.closed_thread"}
    with pytest.raises(NotFoundError):
        await sending.reply(acting, made.threads["fysio"].id, Draft("Hei", new_id()))
    new = Draft("Hei", new_id(), recipient=made.home.id, subject="Nytt")
    assert (await sending.send_new(acting, new)).errors == {"recipient": "compose.error.closed_recipient"}
    for message in failed.values():
        with pytest.raises(NotFoundError):
            await sending.send_again(acting, message.id)
    assert (len(await world.rows(Message)), len(await world.rows(OutboxItem))) == before
    opened = await inbox.open_thread(acting, made.threads["hjem"].id)
    assert opened.may_reply is False
    # What she begins with the service she may write to she may not read afterwards.
    sent = await sending.send_new(acting, Draft("Hei", new_id(), recipient=made.physio.id, subject="Nytt"))
    with pytest.raises(NotFoundError):
        await inbox.open_thread(acting, sent.thread_id)


async def test_cancelling_takes_both_rights_for_the_service_of_the_visit(made: Reach) -> None:
    acting = await made.may({SEE: [made.physio], CANCEL: [made.home]})
    for word in ("hjem", "fysio"):
        with pytest.raises(NotFoundError):
            await cancellation.request(acting, CancelRequest(made.visits[word].id, new_id()))
    assert (await visits.open_visit(acting, made.visits["fysio"].id)).may_cancel is False
    assert await world.rows(Cancellation) == []


async def test_a_request_is_taken_back_only_by_who_may_cancel_that_visit(made: Reach) -> None:
    kari = await acting_context(made.kari.id)
    asked = await cancellation.request(kari, CancelRequest(made.visits["hjem"].id, new_id()))
    elsewhere = await made.may({SEE: [made.physio], CANCEL: [made.physio]})
    with pytest.raises(NotFoundError):
        await cancellation.take_back(elsewhere, asked.cancellation_id)
    await hiding.hide_visit(kari, made.visits["hjem"].id)
    everywhere = await made.may({SEE: None, CANCEL: None})
    with pytest.raises(NotFoundError):
        await cancellation.take_back(everywhere, asked.cancellation_id)
    await hiding.show_visit(kari, made.visits["hjem"].id)
    assert await cancellation.take_back(everywhere, asked.cancellation_id) is CancellationStatus.TAKEN_BACK


@pytest.mark.parametrize("status", [CancellationStatus.REQUESTED, CancellationStatus.DECLINED])
async def test_of_older_requests_and_moves_only_how_it_stands_now_is_told(
    made: Reach, status: CancellationStatus
) -> None:
    await moved_and_asked(made, at=BEFORE, status=status)
    acting, whole = await made.may({SEE: None, CANCEL: None}, since=SINCE), await acting_context(made.kari.id)
    opened = await visits.open_visit(acting, made.visits["hjem"].id)
    waits = status is CancellationStatus.REQUESTED
    assert [(one.comment, one.answer) for one in opened.cancellations] == [("", "")] * waits
    assert (opened.changes, opened.verdict.allowed) == ([], not waits)
    [moved] = [
        one.moved_from for one in (await visits.list_coming(acting)).visits if "hjem" in one.visit.title
    ]
    assert moved is None
    hers = await visits.open_visit(whole, made.visits["hjem"].id)
    assert [(one.comment, one.answer) for one in hers.cancellations] == [("på sykehus", "god bedring")]
    assert len(hers.changes) == 1


async def test_who_wrote_before_the_delegation_is_not_told_by_the_list(made: Reach) -> None:
    await own_message(made, "blandet", BEFORE)
    for since, told in ((SINCE, (False, "")), (None, (True, made.kari.name))):
        row = await made.row({READ: None}, since=since)
        page = await inbox.list_threads(await acting_context(made.ingrid.id, row.key))
        [mixed] = [one for one in page.threads if one.thread.id == made.threads["blandet"].id]
        assert (mixed.failed, mixed.by_other) == told


async def test_only_services_that_concern_the_proxy_are_named(made: Reach) -> None:
    acting = await made.may({SEE: [made.physio]})
    assert (await connection.status(acting)).services == (made.physio.name,)
    listed = await visits.list_services(acting)
    assert [one.name for one in [*listed.showing, *listed.silent]] == [made.physio.name]


async def test_a_draft_is_not_given_while_its_conversation_is_hidden(made: Reach) -> None:
    acting, kari = await made.may({READ: None, WRITE: None}), await acting_context(made.kari.id)
    for place in (made.threads["hjem"].id, made.threads["fysio"].id, drafts.NEW):
        await drafts.save(acting, place, DraftContent(body="Angående hofta"))
    await hiding.hide_thread(kari, made.threads["hjem"].id)
    narrow = await made.may({READ: [made.home], WRITE: None})
    assert await drafts.places(acting) == {made.threads["fysio"].id, drafts.NEW}
    assert await drafts.places(narrow) == {drafts.NEW}
    for reader in (acting, narrow):
        assert (await drafts.take_up(reader, made.threads["hjem"].id)).draft is None
    await hiding.show_thread(kari, made.threads["hjem"].id)
    again = (await drafts.take_up(acting, made.threads["hjem"].id)).draft
    assert again is not None
    assert again.body == "Angående hofta"


async def test_a_file_that_is_not_sent_is_its_uploaders_alone(made: Reach) -> None:
    file = Attachment(
        person_id=made.kari.id,
        uploader_id=made.kari.id,
        draft_place=drafts.NEW,
        file_name="sår.pdf",
        content_type="application/pdf",
        size=3,
        digest="0" * 64,
        created_at=NOW,
    )
    await world.add(file, AttachmentContent(attachment_id=file.id, content=b"pdf"))
    acting = await made.may({READ: None, WRITE: None})
    assert (await drafts.take_up(acting, drafts.NEW)).files == []
    for use_case in (attachments.read, attachments.remove):
        with pytest.raises(NotFoundError):
            await use_case(acting, file.id)
    sent = await sending.send_new(
        acting, Draft("Hei", new_id(), recipient=made.home.id, subject="x", attachments=(file.id,))
    )
    assert sent.errors == {"attachments": "attachment.error.gone"}
    assert (await attachments.read(await acting_context(made.kari.id), file.id))[1] == b"pdf"


async def test_a_proxys_log_is_her_own_and_names_nothing_she_may_not_read(made: Reach) -> None:
    acting, kari = await made.may({READ: None, SEE: None}), await acting_context(made.kari.id)
    await inbox.open_thread(acting, made.threads["hjem"].id)
    await inbox.open_thread(acting, made.threads["fysio"].id)
    await visits.open_visit(acting, made.visits["hjem"].id)
    await inbox.open_thread(kari, made.threads["merket"].id)
    await hiding.hide_thread(kari, made.threads["hjem"].id)
    await hiding.hide_visit(kari, made.visits["hjem"].id)
    rows = (await access_log_reading.read_log(acting)).rows
    told = [(row.action, row.count, row.thing.subject, row.thing.visit_at) for row in rows]
    assert sorted(told) == [
        (LogAction.LOG_READ, 1, "", None),
        (LogAction.THREAD_READ, 1, "", None),
        (LogAction.THREAD_READ, 1, "fysio emne", None),
        (LogAction.VISIT_READ, 1, "", None),
    ]
    assert {row.by_reader for row in rows} == {True}


async def test_a_download_of_the_log_ends_with_the_right(made: Reach) -> None:
    row = await made.row({READ: None})
    acting = await acting_context(made.ingrid.id, row.key)
    await world.add(
        *(
            AccessLogEntry(
                at=NOW - timedelta(minutes=minutes),
                agent=AgentKind.PERSON,
                actor_id=made.ingrid.id,
                represented_id=made.kari.id,
                role=RepresentationRole.FU,
                representation_id=row.id,
                action=LogAction.THREADS_READ,
            )
            for minutes in range(300)
        )
    )
    taken = await access_log_reading.open_download(acting)
    assert (await anext(taken)).by_reader
    async with unit_of_work() as session:
        (await session.get_one(Representation, row.id)).ended_at = NOW
    with pytest.raises(AccessDeniedError):
        _ = [one async for one in taken]


@pytest.mark.parametrize("tag", [AccessTag.NOBODY, AccessTag.NOT_YOUNG])
async def test_the_young_are_not_told_of_a_conversation_kept_from_them(made: Reach, tag: AccessTag) -> None:
    async with unit_of_work() as session:
        (await session.get_one(Person, made.kari.id)).birth_date = CHILD
        thread = await session.get_one(Thread, made.threads["hjem"].id)
        thread.access_tag = tag
    async with unit_of_work(reading=True) as session:
        told = await notice_recipients.of_thread(session, thread)
    assert told == ([made.kari.id] if tag is AccessTag.NOBODY else [])
