"""Home visits to begin a test with, in the connected database."""

from datetime import datetime, timedelta
from typing import Any

from digihelse_app.models.codes import CancelRight, VisitStatus
from digihelse_app.models.database import new_id
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.visit import Visit
from digihelse_app.services.cancellation import CancelRequest
from tests import world


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
