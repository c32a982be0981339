"""Whatever dies and whenever: each message is at the record system once, and each notice went out once."""

import asyncio
import random
import secrets
from collections import Counter as Tally
from pathlib import Path

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction, NoticeKind, NoticeStatus, SenderKind
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import new_id
from digihelse_app.models.notice import Notice
from tests.attacked import consent, sign_in
from tests.mortal import Mortal, answers_come_twice_and_out_of_order
from tests.power_cuts import everyone_acts, everything_arrives, in_standin, mortal_app, shown_once, told_once
from tests.servers import begin_with
from tests.world import rows
from tests.writers import Writer

WRITERS = ("kari", "kari", "ola", "nils")
FIRST_TIMERS = ("ola", "nils")
PATIENCE_SECONDS = 420


async def test_two_hundred_sends_survive_kills_on_sqlite(tmp_path: Path, story: Path) -> None:
    address = f"sqlite+aiosqlite:///{begin_with(story, tmp_path)}/var/digihelse.db"
    async with mortal_app(tmp_path, address) as mortal:
        await send_through_power_cuts(mortal, sends=200, cuts=6)


async def test_forty_sends_survive_kills_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    async with mortal_app(tmp_path, postgres_url) as mortal:
        await send_through_power_cuts(mortal, sends=40, cuts=2)


async def send_through_power_cuts(mortal: Mortal, *, sends: int, cuts: int) -> None:
    seed = secrets.randbits(32)
    chance = random.Random(seed)  # noqa: S311 - no secret, but one that can be repeated
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            writers = await people(mortal, sends // len(WRITERS), chance)
            await everyone_acts(mortal, writers, sends, cuts, chance)
            await staff_answers([thread for writer in writers for thread in writer.threads], mortal)
            await everything_arrives(mortal)
        await all_is_once(mortal, writers)
    except BaseException as failure:
        failure.add_note(f"seed {seed}; the app's log:\n{mortal.tail()}")
        raise


async def people(mortal: Mortal, each: int, chance: random.Random) -> list[Writer]:
    """Signed in, and known to the municipality."""
    signed_in = [await sign_in(mortal.base_url, who) for who in WRITERS]
    for who, secret in zip(WRITERS, signed_in, strict=True):
        if who in FIRST_TIMERS:
            await consent(mortal.base_url, secret)
    await mortal.insist("/fagsystem/drift/nattjobb", {})
    named = zip(WRITERS, signed_in, strict=True)
    return [Writer(f"{who} {number}", secret, each, chance) for number, (who, secret) in enumerate(named)]


async def staff_answers(threads: list[str], mortal: Mortal) -> None:
    """Each conversation is answered twice, the second while unread: that is one notice."""
    await answers_come_twice_and_out_of_order(mortal)
    for number, thread in enumerate(threads):
        for _ in range(2):
            answer = {"text": "Takk, det er notert.", "message_id": new_id()}
            await mortal.insist(f"/fagsystem/samtale/{thread}/svar", answer)
        if number == len(threads) // 2:
            await mortal.cut()


async def all_is_once(mortal: Mortal, writers: list[Writer]) -> None:
    """Nothing lost, nothing twice, nothing changed."""
    texts = {key: text for writer in writers for key, text in writer.texts.items()}
    kept = [message for message in await rows(Message) if message.idempotency_key in texts]
    assert Tally(message.idempotency_key for message in kept) == Tally(list(texts))
    assert [message.id for message in kept if message.delivered_at is None or message.failed_at] == []
    told = "SELECT id, text FROM fagsystem_message WHERE incoming"
    own = {message.id for message in kept}
    arrived = [row for row in in_standin(mortal, "fagsystem", told) if row[0] in own]
    assert sorted(arrived) == sorted((row.id, texts[row.idempotency_key or ""]) for row in kept)
    begun = {thread for writer in writers for thread in writer.threads}
    assert {message.thread_id for message in kept} == begun
    answers = [row.thread_id for row in await rows(Message) if row.sender is SenderKind.SERVICE]
    assert Tally(thread for thread in answers if thread in begun) == Tally([*begun, *begun])
    await logged_once(own)
    await noticed_once(mortal, begun)


async def logged_once(messages: set[str]) -> None:
    """Each was written once and handed over once, as a person who reads the log sees it."""
    entries = [entry for entry in await rows(AccessLogEntry) if entry.object_id in messages]
    for action in (LogAction.MESSAGE_SEND, LogAction.MESSAGE_DELIVER):
        assert Tally(entry.object_id for entry in entries if entry.action is action) == Tally(messages)


async def noticed_once(mortal: Mortal, threads: set[str]) -> None:
    """One notice for each conversation and for each who began, each sent once."""
    await told_once(NoticeKind.NEW_MESSAGE, threads)
    ready = [notice.status for notice in await rows(Notice) if notice.kind is NoticeKind.READY]
    assert ready == [NoticeStatus.SENT] * len(FIRST_TIMERS)
    await shown_once(mortal)
