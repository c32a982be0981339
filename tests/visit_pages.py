"""The states behind the pages of visits, as Kari has them open."""

from datetime import UTC, datetime
from typing import Any

from digihelse_app import routes
from digihelse_app.models.codes import (
    CancellationStatus,
)
from digihelse_app.models.database import new_id
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.state.cancelling import CancellingState
from digihelse_app.state.visit import VisitState
from digihelse_app.state.visits import VisitsState
from digihelse_app.text.visit_times import WORD_JOINER
from tests import world
from tests.answers import plain
from tests.visit_world import visit
from tests.world import World

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Monday, 10:00 in Oslo."""
THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def words(text: str) -> str:
    """As read."""
    return plain(text).replace(WORD_JOINER, "")


async def showing() -> World:
    """Kari, whose service shows its visits."""
    kari = await world.world()
    kari.service.shows_visits, kari.service.phone = True, "62 48 90 00"
    await world.add(kari.service)
    return kari


async def planned(of: World, at: datetime = THURSDAY, **told: Any) -> Visit:
    """A visit of Kari's."""
    one = visit(of.kari, of.service, at, **told)
    await world.add(one)
    return one


async def agenda(of: World, **query: str) -> VisitsState:
    """Kari's agenda, read."""
    page = await world.state(VisitsState, of.kari, path=routes.VISITS, **query)
    await page.load()
    return page


def ids(page: VisitsState) -> list[str]:
    """The visits shown, in order."""
    return [row.id for day in page.days for row in day.visits]


async def answered(status: CancellationStatus, words_of_service: str = "") -> None:
    """The service answers the request that waits."""
    for row in await world.rows(Cancellation):
        row.status, row.answered_at, row.answer = status, NOW, words_of_service
        await world.add(row)


async def opened(of: World, one: Visit) -> tuple[VisitState, CancellingState]:
    """The visit's page, read, and what can be done on it."""
    page = await world.state(VisitState, of.kari, path=routes.VISITS, **{routes.VISIT_QUERY: one.id})
    await page.load()
    return page, await page.get_state(CancellingState)


def form(one: Visit, **written: str) -> dict[str, Any]:
    """The confirmation as the page sends it."""
    return {"person": "", "visit": one.id, "key": new_id(), "comment": "", **written}
