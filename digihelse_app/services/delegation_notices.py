"""Telling people of delegations: the one who acts, or the one who is acted for, whoever did not decide it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import DelegationOrigin, EndReason, NoticeKind
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock
from digihelse_app.services import consent, notices


async def tell(session: AsyncSession, row: Representation, kind: NoticeKind) -> None:
    """Have those told who did not decide that a delegation is new, changed or ended, in the same transaction.

    They are told whatever notices they have chosen (`notice_rules.MANDATORY`). Of what follows from the
    population register nobody is told: they know.
    """
    if row.origin is DelegationOrigin.REGISTER:
        return
    for recipient_id in await _concerned(session, row):
        notices.add(session, kind, recipient_id, row.represented_id, row.id, clock.now())


async def _concerned(session: AsyncSession, row: Representation) -> list[str]:
    if row.end_reason is EndReason.RENOUNCED:
        return [row.represented_id]
    herself = [row.represented_id] if await _learns_of_it(session, row) else []
    return [row.actor_id, *herself]


async def _learns_of_it(session: AsyncSession, row: Representation) -> bool:
    """Whether the represented person has to be told what the municipality did: a paper may not be hers.

    One who cannot consent hears of it from the municipality, unless she uses Digihelse herself.
    """
    by_municipality = row.end_reason in (None, EndReason.BY_MUNICIPALITY)
    if row.organisation_id is None or not by_municipality:
        return False
    person = await session.get_one(Person, row.represented_id)
    return row.origin is DelegationOrigin.PAPER or await consent.is_active_herself(session, person)
