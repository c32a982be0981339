"""An installation that is killed while people act, and what must hold when all has come to rest."""

import asyncio
from collections import Counter as Tally
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

from digihelse_app.models import database
from digihelse_app.models.codes import NoticeKind, NoticeStatus, OutboxKind
from digihelse_app.models.notice import Notice
from digihelse_app.models.outbox import OutboxItem
from tests.mortal import (
    RECORD_SYSTEM_FAULTS,
    Counter,
    Mortal,
    fair_weather,
    outbox_is_empty,
    power_cuts,
    until,
    weather,
)
from tests.persistent import Persistent
from tests.servers import installed
from tests.visit_sides import rows_of
from tests.world import rows

FAULTS_CHANGE_EVERY = 12
BY_DAY_AND_NIGHT = {"DIGIHELSE_READY_FROM": "00:00"}
"""So that a notice is due whatever the clock says when the tests run."""


@asynccontextmanager
async def mortal_app(folder: Path, address: str) -> AsyncIterator[Mortal]:
    """An installation that runs on the database at `address`, which the test reads beside it."""
    settings = {**BY_DAY_AND_NIGHT, "DIGIHELSE_DATABASE_URL": address}
    mortal = Mortal(await asyncio.to_thread(installed, folder, settings))
    database.connect(address)
    try:
        await mortal.start()
        yield mortal
    finally:
        await database.disconnect()
        await asyncio.to_thread(mortal.stop)


async def everyone_acts(
    mortal: Mortal,
    people: Sequence[Persistent],
    acts: int,
    cuts: int,
    chance: Random,
    at_record_system: tuple[str, ...] = RECORD_SYSTEM_FAULTS,
) -> None:
    """All act at once, and the power goes at random among the acts; then a last time."""
    received = Counter()
    at = sorted(chance.sample(range(1, acts - 1), cuts))
    sky = weather(mortal, received, FAULTS_CHANGE_EVERY, chance, at_record_system)
    changing = asyncio.create_task(sky)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(power_cuts(mortal, received, at, chance))
            for one in people:
                group.create_task(one.keep_at_it(mortal, received))
    finally:
        changing.cancel()
        with suppress(asyncio.CancelledError):
            await changing
    assert received.count == acts
    await fair_weather(mortal)
    await mortal.cut()


async def everything_arrives(mortal: Mortal) -> None:
    """Return when nothing waits any more, on either side."""
    await mortal.insist("/fagsystem/drift/lever", {})
    await until(
        lambda: (
            not in_standin(mortal, "fagsystem", "SELECT 1 FROM fagsystem_outgoing WHERE status='pending'")
        ),
        "every answer has come to Digihelse",
    )
    await outbox_is_empty()


async def told_once(kind: NoticeKind, subjects: Iterable[str]) -> None:
    """There is one notice of the kind for each of the subjects, and it is sent; none of them comes twice.

    Those who act for a person may be told beside her.
    """
    of_kind, wanted = [notice for notice in await rows(Notice) if notice.kind is kind], set(subjects)
    told = [notice for notice in of_kind if notice.subject_id in wanted]
    assert max(Tally((one.recipient_id, one.subject_id) for one in told).values(), default=0) <= 1
    due = [notice for notice in told if notice.recipient_id == notice.person_id]
    assert Tally(notice.subject_id for notice in due) == Tally(wanted)
    assert [notice.reason for notice in due if notice.status is not NoticeStatus.SENT] == []


async def shown_once(mortal: Mortal) -> None:
    """Every notice that is sent has come once, and nothing else has."""
    items = {item.subject_id: item for item in await rows(OutboxItem) if item.kind is OutboxKind.NOTICE}
    sent = [items[notice.id].id for notice in await rows(Notice) if notice.status is NoticeStatus.SENT]
    shown = [row[0] for row in in_standin(mortal, "varsler", "SELECT reference FROM mailbox_sent")]
    assert Tally(shown) == Tally(set(sent))


def in_standin(mortal: Mortal, name: str, query: str) -> list[tuple[Any, ...]]:
    """Rows of a stand-in's own database."""
    return rows_of(mortal.installation.folder / "var" / "standins" / f"{name}.db", query)
