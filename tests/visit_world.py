"""Home visits to begin a test with, in the connected database."""

from datetime import UTC, datetime, timedelta
from typing import Any

from digihelse_app.access.context import ActingContext
from digihelse_app.models.codes import (
    CancellationStatus,
    CancelReason,
    CancelRight,
    RepresentationRole,
    VisitStatus,
)
from digihelse_app.models.database import new_id
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.services.cancellation import CancelRequest
from digihelse_app.services.representation import acting_context
from digihelse_app.services.visit_list import VisitPage, VisitSummary
from tests import world
from tests.people import INGRID

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The tests' clock: Monday 10:00 in Oslo."""


def visit(of: Person, service: CareService, starts_at: datetime, **told: Any) -> Visit:
    """A visit of two hours' window that can be cancelled with a comment, unless told otherwise."""
    ends_at = told.pop("ends_at", starts_at + timedelta(hours=2))
    given = {
        "external_id": new_id(),
        "status": VisitStatus.PROPOSED,
        "is_window": True,
        "title": "Medisiner og tilsyn",
        "cancel_right": CancelRight.WITH_COMMENT,
        "created_at": world.START,
    } | told
    return Visit(
        person_id=of.id,
        service_id=service.id,
        organisation_id=service.organisation_id,
        starts_at=starts_at,
        ends_at=ends_at,
        **given,
    )


def asking(of: Visit, comment: str = "", key: str = "") -> CancelRequest:
    """A request to cancel the visit, under a key of its own unless told."""
    return CancelRequest(of.id, key or new_id(), comment)


async def planned(of: world.World, at: datetime, service: CareService | None = None, **told: Any) -> Visit:
    """A visit of Kari's."""
    one = visit(of.kari, service or of.service, at, **told)
    await world.add(one)
    return one


async def proxy(
    of: world.World, role: RepresentationRole = RepresentationRole.FU, **told: object
) -> ActingContext:
    """Ingrid acting for Kari with the right to see visits; `told` changes what was given."""
    ingrid = await world.person(INGRID)
    given = world.representation(ingrid, of.kari, "see_visits", role=role)
    for name, value in told.items():
        setattr(given, name, value)
    await world.add(given)
    return await acting_context(ingrid.id, given.key)


def requested(of: Visit, by: Person, status: CancellationStatus, at: datetime = NOW) -> Cancellation:
    """A request to cancel, and what became of it."""
    return Cancellation(
        visit_id=of.id,
        person_id=of.person_id,
        actor_id=by.id,
        actor_name="Kari Nordmann",
        role=RepresentationRole.SELF,
        reason=CancelReason.BY_CITIZEN,
        idempotency_key=new_id(),
        status=status,
        visit_starts_at=of.starts_at,
        requested_at=at,
    )


def ids(shown: VisitPage | list[VisitSummary]) -> list[str]:
    """Which visits, in their order."""
    summaries = shown.visits if isinstance(shown, VisitPage) else shown
    return [summary.visit.id for summary in summaries]
