"""Deliveries as the operator sees them: ours to Digihelse, and those to us that Digihelse has given up."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import outbox
from digihelse_app.standins.record_system.digihelse import RefusedError, UnavailableError
from digihelse_app.standins.record_system.frame import (
    back_to,
    form_to,
    moment,
    own_form,
    refused,
    section,
    table,
)
from digihelse_app.standins.record_system.html import Child, Html, element
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.tables import Outgoing

NAMES = ("Melding", "Skrevet", "Stoppet", "Forsøk", "Feil", "Prøv igjen")


async def outgoing(system: System) -> Html:
    """How much of ours waits."""
    query = select(Outgoing.status, func.count()).group_by(Outgoing.status)
    async with system.store.transaction() as session:
        counts: dict[str, int] = dict((await session.execute(query)).all())
    return section(
        "På vei til Digihelse",
        element(
            "p",
            f"Venter: {counts.get(outbox.PENDING, 0)}. Avvist: {counts.get(outbox.REFUSED, 0)}. "
            f"Levert: {counts.get(outbox.DELIVERED, 0)}.",
        ),
        form_to(system, "/drift/lever", element("button", "Prøv igjen nå", type="submit", class_="quiet")),
    )


async def deliver_again(request: Request) -> Response:
    """Makes everything of ours due."""
    system = system_of(request)
    if await own_form(request) is None:
        return refused(system)
    await outbox.try_again(system)
    return back_to(system, "/drift?gikk=sendes")


async def stopped(system: System) -> Html:
    """Citizens' messages that never came, by ids and times alone: that is all Digihelse tells of them."""
    try:
        found = await system.digihelse.stopped()
        content = table("Meldinger som stoppet", NAMES, [_line(system, one) for one in found])
    except (UnavailableError, RefusedError):
        content = element("p", "Får ikke vite det av Digihelse nå.", class_="empty")
    return section("Meldinger hit som Digihelse har gitt opp", content)


def _line(system: System, one: dict[str, Any]) -> list[Child]:
    what = one.get("melding") or one.get("avbestilling")
    button = element("button", "Prøv igjen", type="submit", class_="quiet", aria_label=f"Prøv igjen {what}")
    return [
        str(what),
        moment(datetime.fromisoformat(one["skrevet"])),
        moment(datetime.fromisoformat(one["stoppet"])),
        str(one["forsok"]),
        str(one["feilkode"]),
        form_to(system, f"/drift/stoppet/{one['id']}", button),
    ]


async def send_again(request: Request) -> Response:
    """Asks Digihelse to deliver one of them anew."""
    system = system_of(request)
    if await own_form(request) is None:
        return refused(system)
    try:
        await system.digihelse.send_again(request.path_params["id"])
    except (UnavailableError, RefusedError):
        return back_to(system, "/drift?gikk=ikke-bedt")
    return back_to(system, "/drift?gikk=bedt")
