"""What became of telling a record system of a delegation: decided by its outbox row, told in the access log.

One that is given up changes nothing for anybody: rights are decided here. An operator finds it among what was
given up.
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import LogAction, OutboxKind, OutboxStatus
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.representation import Representation
from digihelse_app.services import access_log


async def follow(session: AsyncSession, item: OutboxItem) -> None:
    """Log that an organisation was told."""
    if item.kind is not OutboxKind.DELEGATION or item.organisation_id is None:
        return
    if item.status is OutboxStatus.DONE:
        row = await session.get_one(Representation, item.subject_id)
        access_log.record_organisation(
            session,
            item.organisation_id,
            LogAction.DELEGATION_DELIVER,
            represented_id=row.represented_id,
            object_type="Representation",
            object_id=row.id,
        )
