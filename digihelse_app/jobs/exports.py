"""Makes what people have asked to have gathered about themselves, one at a time in each worker."""

import asyncio
import logging

from digihelse_app.services import export_job

logger = logging.getLogger(__name__)

POLL_SECONDS = 2.0


async def run() -> None:
    """Make what waits, until cancelled. What fails is left to its lease, and tried again by the clock."""
    while True:
        try:
            while await export_job.make_next():
                pass
        except Exception as failure:
            logger.warning("an export is left to its lease: %s", type(failure).__name__)
        await asyncio.sleep(POLL_SECONDS)
