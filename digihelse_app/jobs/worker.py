"""The worker: dispatcher, schedule and exports together, inside the web process or in one of its own."""

import asyncio
import contextlib
import signal

from digihelse_app.jobs import exports
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.jobs.schedule import Schedule


async def work(dispatcher: Dispatcher, schedule: Schedule) -> None:
    """Deliver and keep the schedule until cancelled; ends when what was under way has ended."""
    async with asyncio.TaskGroup() as group:
        group.create_task(dispatcher.run(), name="outbox")
        group.create_task(schedule.run(), name="schedule")
        group.create_task(exports.run(), name="exports")


async def work_until_stopped(dispatcher: Dispatcher, schedule: Schedule) -> None:
    """The same in a process of its own: SIGTERM and SIGINT (Ctrl-C) end it in order."""
    working = asyncio.create_task(work(dispatcher, schedule))
    for kind in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(kind, working.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await working
