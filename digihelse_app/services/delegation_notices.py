"""Telling people of delegations: the one who acts, or the one who is acted for, whoever did not decide it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import DelegationOrigin, EndReason, NoticeKind
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock
from digihelse_app.services import notices


async def tell(session: AsyncSession, row: Representation, kind: NoticeKind) -> None:
    """Have the other party told that a delegation is new, changed or ended, in the same transaction.

    It is told whatever notices that one has chosen (`notice_rules.MANDATORY`). Of what follows from the
    population register nobody is told: they know.
    """
    if row.origin is DelegationOrigin.REGISTER:
        return
    renounced = row.end_reason is EndReason.RENOUNCED
    recipient_id = row.represented_id if renounced else row.actor_id
    notices.add(session, kind, recipient_id, row.represented_id, row.id, clock.now())
