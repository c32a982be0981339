"""A home visit that a record system has told of, and what came of what it told after."""

from typing import Any

from digihelse_app.models.codes import (
    NoticeKind,
    VisitChangeKind,
)
from digihelse_app.models.notice import Notice
from digihelse_app.models.visit import Visit, VisitChange
from tests.fhir_visits import (
    appointment,
    visit,
)
from tests.fhir_world import (
    World,
    episode,
    rows,
    service,
)
from tests.people import KARI


async def plan(api: World, **changes: Any) -> Visit:
    """Kari has a visit tomorrow."""
    await api.alvdal.put(service())
    await api.alvdal.put(episode(KARI))
    put = await api.alvdal.put(appointment(KARI, **changes))
    assert put.status_code == 201, put.text
    return await visit()


async def changes() -> list[tuple[VisitChangeKind, str]]:
    """What happened, and when the visit was to begin before it."""
    found = sorted(await rows(VisitChange), key=lambda change: change.at)
    return [(change.kind, change.starts_at.isoformat()[11:16]) for change in found]


async def told() -> list[NoticeKind]:
    """What notices were written of, but that she may begin."""
    found = sorted(await rows(Notice), key=lambda notice: notice.created_at)
    return [notice.kind for notice in found if notice.kind is not NoticeKind.READY]
