"""A worker in a process of its own, for a test to kill: `python -m tests.outbox_worker DATABASE_URL`."""

import asyncio
import sys

import httpx

from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.jobs.schedule import Schedule
from digihelse_app.jobs.worker import work_until_stopped
from digihelse_app.models import database
from digihelse_app.models.vault import hold
from digihelse_app.outside.record_system import FhirRecordSystem
from tests.vault import TEST_VAULT


class FixedToken:
    """Access to a receiver that does not look."""

    async def authorization(self, scope: str, method: str, url: str) -> dict[str, str]:
        """Any token will do."""
        return {"Authorization": f"Bearer {scope} {method} {url}"}

    def forget(self, scope: str) -> None:
        """There is nothing else to offer."""


async def main(database_url: str) -> None:
    """Deliver until stopped."""
    hold(TEST_VAULT)
    database.connect(database_url)
    async with httpx.AsyncClient() as client:
        record_system = FhirRecordSystem(FixedToken(), client)
        await work_until_stopped(Dispatcher(to_record_systems(record_system)), Schedule([]))
    await database.disconnect()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
