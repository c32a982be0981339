"""Who begins or ceases to be digitally active by the clock alone, as what others consented to does."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.consent import ActivityChange
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.services import consent
from digihelse_app.services.consent_by_others import STANDS_IN

PAGE = 500


async def announce_by_the_clock() -> int:
    """Tell in the feed for whom a delegation has begun or run out, and who has grown up; how many."""
    announced, after = 0, ""
    while page := await _page(after):
        async with unit_of_work(reading=True) as session:
            differing = await _differing(session, page)
        for person_id in differing:
            async with unit_of_work() as session:
                await session.get_one(Person, person_id, with_for_update={"key_share": True})
                announced += await consent.announce(session, person_id)
        after = page[-1]
    return announced


async def _page(after: str) -> Sequence[str]:
    """The next people for whom others' consent holds, or has."""
    query = select(Representation.represented_id).where(
        col(Representation.origin).in_(STANDS_IN), Representation.represented_id > after
    )
    async with unit_of_work(reading=True) as session:
        found = await session.exec(query.distinct().order_by(Representation.represented_id).limit(PAGE))
        return found.all()


async def _differing(session: AsyncSession, person_ids: Sequence[str]) -> list[str]:
    """Those of whom the feed says otherwise than what is so."""
    newest = (
        select(func.max(ActivityChange.offset))
        .where(col(ActivityChange.person_id).in_(person_ids))
        .group_by(col(ActivityChange.person_id))
    )
    told = await session.exec(
        select(ActivityChange.person_id).where(
            col(ActivityChange.offset).in_(newest), col(ActivityChange.active)
        )
    )
    active = await consent.active_among(session, person_ids)
    return sorted(set(told) ^ active)
