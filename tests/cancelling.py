"""One who leaves in the middle: what she asked for is cancelled while the database ends it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine


async def cancelled_at(moment: str, database: AsyncEngine, work: Coroutine[Any, Any, Any]) -> None:
    """Do `work`, and cancel it at the first `commit`, or as its connection goes back (`reset`)."""
    begun = asyncio.create_task(work)

    def leave(*_: Any) -> None:
        asyncio.get_running_loop().call_soon(begun.cancel)

    event.listen(database.sync_engine, moment, leave)
    try:
        await asyncio.wait([begun])
    finally:
        event.remove(database.sync_engine, moment, leave)
    assert begun.cancelled()
