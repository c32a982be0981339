"""Words that are kept while their send is received: the send ends the draft, whichever comes first."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import new_id
from digihelse_app.models.draft import Draft
from digihelse_app.services import drafts, sending
from digihelse_app.services.drafts import NEW, DraftContent
from tests import world

pytestmark = pytest.mark.usefixtures("database", "clock")

BODY = "Kan dere komme litt"


def begun() -> DraftContent:
    """A sentence that was begun, with a key of its own."""
    return DraftContent(body=BODY, idempotency_key=new_id())


async def test_saves_at_the_same_moment_are_one_draft() -> None:
    acting = await (await world.world()).acting()
    await asyncio.gather(*(drafts.save(acting, NEW, begun()) for _ in range(8)))
    assert [row.body for row in await world.rows(Draft)] == [BODY]
    logged = [
        row.object_id for row in await world.rows(AccessLogEntry) if row.action is LogAction.DRAFT_BEGIN
    ]
    assert logged == [NEW]


async def test_sends_and_saves_side_by_side_leave_no_draft() -> None:
    kari = await world.world()
    acting = await kari.acting()
    for _ in range(6):
        written = begun()
        send = sending.Draft(BODY, written.idempotency_key, kari.service.id, "Torsdag")
        saves = [drafts.save(acting, NEW, written) for _ in range(4)]
        await asyncio.gather(sending.send_new(acting, send), *saves)
        assert (await drafts.take_up(acting, NEW)).draft is None


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_send_received_while_the_last_words_are_kept_ends_the_draft(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # On SQLite who writes waits for who writes: there is no moment between the look and the writing.
    kari = await world.world()
    acting, written = await kari.acting(), begun()
    await drafts.save(acting, NEW, written)
    look = drafts._was_sent

    async def look_and_be_overtaken(*looking: Any) -> bool:
        monkeypatch.setattr(drafts, "_was_sent", look)
        was_sent = await look(*looking)
        send = sending.Draft(BODY, written.idempotency_key, kari.service.id, "Torsdag")
        await sending.send_new(acting, send)
        return was_sent

    monkeypatch.setattr(drafts, "_was_sent", look_and_be_overtaken)
    await drafts.save(acting, NEW, replace(written, body="Kan dere"))
    assert await world.rows(Draft) == []


async def test_words_of_a_send_that_was_refused_go_with_the_one_that_was_mended() -> None:
    kari = await world.world()
    acting = await kari.acting()
    refused, mended = begun(), replace(begun(), subject="Torsdag")
    await drafts.save(acting, NEW, refused)
    assert (await sending.send_new(acting, to_send(refused, kari))).errors
    assert not (await sending.send_new(acting, to_send(mended, kari))).errors
    assert await world.rows(Draft) == []
    # And when they come after it
    await drafts.save(acting, NEW, refused)
    assert not await drafts.save(acting, NEW, mended)
    assert await world.rows(Draft) == []


async def test_another_message_that_was_begun_stays_when_one_is_sent() -> None:
    kari = await world.world()
    acting = await kari.acting()
    await drafts.save(acting, NEW, replace(begun(), subject="Fredag"))
    await sending.send_new(acting, to_send(replace(begun(), subject="Torsdag"), kari))
    assert [row.subject for row in await world.rows(Draft)] == ["Fredag"]


def to_send(words: DraftContent, kari: world.World) -> sending.Draft:
    """The words as the form sends them."""
    return sending.Draft(words.body, words.idempotency_key, kari.service.id, words.subject)
