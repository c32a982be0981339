"""What may not be sent: by its form, its recipient, its conversation, or who writes."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.database import new_id
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.services import sending
from digihelse_app.services.representation import acting_context
from digihelse_app.services.sending import Draft, Sent
from tests import world
from tests.people import INGRID, OLA
from tests.world import World, later

pytestmark = pytest.mark.usefixtures("clock")


def draft(to: World, **changes: str) -> Draft:
    """A first message, with a key of its own."""
    written = Draft("  Kan dere komme klokken ti?\n", new_id(), to.service.id, " Senere besøk ")
    return replace(written, **changes)


async def counts() -> tuple[int, int, int, int]:
    """How many threads, messages, outbox rows and log rows there are."""
    tables = (Thread, Message, OutboxItem, AccessLogEntry)
    threads, messages, outbox, log = [len(await world.rows(table)) for table in tables]
    return threads, messages, outbox, log


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"recipient": ""}, {"recipient": "compose.error.no_recipient"}),
        ({"subject": " \n"}, {"subject": "compose.error.no_subject"}),
        ({"subject": "x" * 101}, {"subject": "compose.error.long_subject"}),
        ({"body": " \n"}, {"body": "compose.error.no_body"}),
        ({"body": "x" * 4001}, {"body": "compose.error.long_body"}),
        ({"idempotency_key": ""}, {"body": "compose.error.no_key"}),
        ({"idempotency_key": "short"}, {"body": "compose.error.no_key"}),
        ({"idempotency_key": "key with spaces"}, {"body": "compose.error.no_key"}),
        ({"idempotency_key": "k" * 65}, {"body": "compose.error.no_key"}),
        ({"idempotency_key": "12345678\n"}, {"body": "compose.error.no_key"}),
        ({"recipient": "no-such-service"}, {"recipient": "compose.error.closed_recipient"}),
        (
            {"recipient": "", "subject": "", "body": ""},
            {
                "recipient": "compose.error.no_recipient",
                "subject": "compose.error.no_subject",
                "body": "compose.error.no_body",
            },
        ),
    ],
)
async def test_what_cannot_be_sent_is_told_by_field_in_the_order_of_the_form(
    sqlite_database: AsyncEngine, changes: dict[str, str], errors: dict[str, str]
) -> None:
    kari = await world.world()
    sent = await sending.send_new(await kari.acting(), draft(kari, **changes))
    assert (list(sent.errors.items()), sent.thread_id) == (list(errors.items()), "")
    assert await counts() == (0, 0, 0, 0)


async def test_what_just_fits_is_sent(sqlite_database: AsyncEngine) -> None:
    kari = await world.world()
    sent = await sending.send_new(await kari.acting(), draft(kari, subject="x" * 100, body="y" * 4000))
    (thread,) = await world.rows(Thread)
    assert (sent.errors, len(thread.preview)) == ({}, 160)


async def test_one_may_only_write_to_what_one_receives_and_what_is_open(sqlite_database: AsyncEngine) -> None:
    kari = await world.world()
    at = kari.organisation
    not_received = world.service(at, "Dagsenter")
    unopened = world.service(at, "Bolig", opens_on=None)
    opens_tomorrow = world.service(at, "Aktivitetssenter", opens_on=datetime(2026, 11, 24).date())  # noqa: DTZ001
    inactive = world.service(at, "Ergoterapi")
    inactive.active = False
    await world.add(not_received, unopened, opens_tomorrow, inactive)
    await world.add(*(world.relation(kari.kari, one) for one in (unopened, opens_tomorrow, inactive)))
    for one in (not_received, unopened, opens_tomorrow, inactive):
        sent = await sending.send_new(await kari.acting(), draft(kari, recipient=one.id))
        assert sent == Sent(errors={"recipient": "compose.error.closed_recipient"})
    assert await counts() == (0, 0, 0, 0)


async def test_a_reply_goes_into_its_conversation_and_always_after_what_it_answers(
    database: AsyncEngine,
) -> None:
    kari = await world.world()
    from_the_future, after_it = later(days=60), later(days=60, microseconds=1)
    (thread,) = await kari.threads([from_the_future])
    sent = await sending.reply(await kari.acting(), thread.id, Draft("Takk!", new_id()))
    (answered,) = await world.rows(Thread)
    (own,) = [row for row in await world.rows(Message) if row.sender is SenderKind.CITIZEN]
    assert (sent, own.body, own.sent_at) == (Sent(thread.id), "Takk!", after_it)
    assert (answered.last_message_at, answered.last_from_citizen_at, answered.last_from_service_at) == (
        after_it,
        after_it,
        from_the_future,
    )


async def test_one_cannot_reply_in_what_is_closed_or_no_longer_received(sqlite_database: AsyncEngine) -> None:
    kari = await world.world()
    closed = world.thread(kari.kari, kari.service)
    closed.closed_at = later(days=1)
    not_received = world.service(kari.organisation, "Dagsenter")
    left = world.thread(kari.kari, not_received)
    await world.add(not_received, closed, left)
    for thread in (closed, left):
        sent = await sending.reply(await kari.acting(), thread.id, Draft("Takk!", new_id()))
        assert sent == Sent(errors={"body": "compose.error.closed_thread"})
    assert await counts() == (2, 0, 0, 0)


async def test_one_cannot_reply_in_another_persons_conversation(database: AsyncEngine) -> None:
    kari = await world.world()
    ola = await world.person(OLA)
    others = world.thread(ola, kari.service)
    await world.add(others)
    for thread_id in (others.id, "", "no-such-thread", "\x00"):
        with pytest.raises(NotFoundError):
            await sending.reply(await kari.acting(), thread_id, Draft("Takk!", new_id(), kari.service.id))
    assert await counts() == (1, 0, 0, 0)


async def test_only_who_may_write_writes(database: AsyncEngine) -> None:
    kari = await world.world()
    ingrid = await world.person(INGRID)
    right = world.representation(ingrid, kari.kari, "read_messages")
    await world.add(right)
    (thread,) = await kari.threads([later(hours=1)])
    acting = await acting_context(ingrid.id, right.key)
    for refused in (
        sending.send_new(acting, draft(kari)),
        sending.reply(acting, thread.id, Draft("Takk!", new_id())),
    ):
        with pytest.raises(AccessDeniedError):
            await refused
    assert await counts() == (1, 1, 0, 0)
