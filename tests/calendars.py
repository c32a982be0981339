"""Calendars as others read them, and what the log says of who read."""

from datetime import UTC, datetime

import icalendar

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import (
    LogAction,
)
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.models.visit import Visit
from tests import world
from tests.people import INGRID
from tests.visit_world import visit
from tests.world import World

THURSDAY = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


async def planned(of: World, at: datetime = THURSDAY, **told: object) -> Visit:
    """A visit of Kari's."""
    one = visit(of.kari, of.service, at, **told)
    await world.add(one)
    return one


async def proxy(of: World, *scopes: str, services: list[str] | None = None) -> tuple[Person, Representation]:
    """Ingrid, and what Kari lets her do."""
    ingrid = await world.person(INGRID)
    given = world.representation(ingrid, of.kari, *scopes)
    if services is not None:
        given.scopes["see_visits"] = services
    await world.add(given)
    return ingrid, given


def uids(document: str) -> list[str]:
    """Which visits a document holds, in its order."""
    events = icalendar.Calendar.from_ical(document).walk("VEVENT")
    return [str(event["UID"]).removesuffix("@digihelse") for event in events]


async def logged() -> list[tuple[LogAction, str]]:
    """What the access log says was done, without the sessions."""
    entries = await world.rows(AccessLogEntry)
    return [(one.action, one.object_id) for one in entries if one.action is not LogAction.SIGN_IN]
