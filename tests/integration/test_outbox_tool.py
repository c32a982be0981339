"""An operator sees what was given up, and has it tried again, from the command line."""

import asyncio
import os
import sys

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.codes import OutboxKind, OutboxStatus
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.outbox import OutboxItem
from tests import world
from tests.conftest import MovableClock
from tests.servers import ROOT


@pytest.fixture
async def dead(database: AsyncEngine, clock: MovableClock) -> OutboxItem:
    """A delivery that was refused."""
    here = await world.world()
    asked = world.thread(here.kari, here.service, own=True)
    question = world.message(asked)
    item = OutboxItem(
        kind=OutboxKind.MESSAGE,
        subject_id=question.id,
        organisation_id=here.service.organisation_id,
        status=OutboxStatus.DEAD,
        attempts=3,
        next_at=clock(),
        created_at=clock(),
        last_error="http-422",
    )
    await world.add(asked, question, item)
    return item


async def operate(database_url: str, *arguments: str) -> tuple[int | None, str]:
    """What the tool says, and its exit code."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tools.outbox", *arguments),
        cwd=ROOT,
        env={**os.environ, "DIGIHELSE_DATABASE_URL": database_url},
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode()


async def test_outbox_tool_lists_what_was_given_up(dead: OutboxItem, database_url: str) -> None:
    assert await operate(database_url) == (
        0,
        f"{dead.id}  message  organisation {dead.organisation_id}  2026-11-23 09:00 UTC  3 tries  http-422\n",
    )


async def test_outbox_tool_has_a_row_tried_again_once(dead: OutboxItem, database_url: str) -> None:
    assert await operate(database_url, "retry", dead.id) == (0, f"{dead.id}  is tried again\n")
    async with unit_of_work(reading=True) as session:
        item = await session.get_one(OutboxItem, dead.id)
    assert (item.status, item.attempts) == (OutboxStatus.PENDING, 0)
    assert await operate(database_url, "retry", dead.id) == (1, "")
    assert await operate(database_url) == (0, "Nothing was given up.\n")
