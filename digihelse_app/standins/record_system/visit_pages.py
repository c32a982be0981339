"""The plan of a day, and what citizens ask to have cancelled."""

from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import cancel_requests, visits
from digihelse_app.standins.record_system.cancel_requests import Waiting
from digihelse_app.standins.record_system.carers import BY_NUMBER
from digihelse_app.standins.record_system.frame import VISITS, day, moment, page, table
from digihelse_app.standins.record_system.html import Child, Html, element
from digihelse_app.standins.record_system.schedule import OSLO
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.visit_resources import NOT_AT_HOME
from digihelse_app.standins.record_system.visit_tables import Visit, VisitState
from digihelse_app.standins.record_system.visits import DayLine

STATES = {
    VisitState.PLANNED: "Planlagt",
    VisitState.BEGUN: "I gang",
    VisitState.DONE: "Utført",
    VisitState.CANCELLED: "Avlyst",
    VisitState.IN_ERROR: "Feilført",
}
WEEKDAYS = ["mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag"]
NAMES = ("Tid", "Hva", "Pasient", "Tjeneste", "Hvem", "Status")
ASKED_NAMES = ("Besøk", "Når", "Pasient", "Spurt av", "Begrunnelse", "Mottatt")


async def day_plan(request: Request) -> Response:
    """One day, today unless the address names another."""
    system = system_of(request)
    chosen = _chosen(request, system)
    lines = await visits.of_day(system, chosen)
    name = f"Besøk {WEEKDAYS[chosen.weekday()]}"
    heading = element("h2", WEEKDAYS[chosen.weekday()].capitalize(), " ", day(chosen))
    plan = table(name, NAMES, [_line(system, line) for line in lines])
    return page(
        system,
        "Besøk",
        element("p", element("a", "Planlegg besøk", href=system.path("/besok/nytt"), class_="button")),
        _days(system, chosen),
        element("div", await _asked(system), heading, plan, id="oppdateres"),
        current=VISITS,
    )


def _chosen(request: Request, system: System) -> date:
    try:
        return date.fromisoformat(request.query_params.get("dag", ""))
    except ValueError:
        return system.today()


def _days(system: System, chosen: date) -> Html:
    offered = [("Dagen før", chosen - timedelta(days=1)), ("I dag", system.today())]
    offered.append(("Dagen etter", chosen + timedelta(days=1)))
    links = [
        element(
            "a",
            name,
            href=system.path(f"/besok?dag={each.isoformat()}"),
            aria_current="true" if each == chosen else None,
        )
        for name, each in offered
    ]
    return element("nav", links, aria_label="Dag", class_="filters")


def _line(system: System, line: DayLine) -> list[Child]:
    visit = line.visit
    marks: list[Child] = [element("span", state(visit), class_="state")]
    if line.asked:
        marks.append([" ", element("strong", "Ønskes avbestilt", class_="state late")])
    return [
        element("a", clock(visit), href=system.path(f"/besok/{visit.id}"), class_="clock"),
        [visit.title, " (viktig)" if visit.essential else None],
        line.patient.name,
        line.service.name,
        who(visit),
        marks,
    ]


async def _asked(system: System) -> list[Html]:
    found = await cancel_requests.waiting(system)
    heading = element("h2", f"Ønsker om avbestilling ({len(found)})")
    return [heading, table("Ønsker om avbestilling", ASKED_NAMES, [_request(system, one) for one in found])]


def _request(system: System, one: Waiting) -> list[Child]:
    request = one.request
    return [
        element("a", one.visit.title, href=system.path(f"/besok/{one.visit.id}#onsker")),
        [moment(one.visit.starts_at)],
        one.patient.name,
        f"{request.author} ({request.representative})" if request.representative else request.author,
        request.comment or "–",
        moment(request.received_at),
    ]


def state(visit: Visit) -> str:
    """Where the visit stands, in words."""
    words = STATES[VisitState(visit.status)]
    return "Ikke hjemme" if visit.cancel_reason == NOT_AT_HOME else words


def who(visit: Visit) -> str:
    """Who has the visit, or who it is for."""
    carer = BY_NUMBER.get(visit.carer)
    return f"{carer.name}, {carer.role.lower()}" if carer else visit.role or "–"


def clock(visit: Visit) -> str:
    """When the visit is, by the clock on a Norwegian wall."""
    start, end = (_local(at) for at in (visit.starts_at, visit.ends_at))
    return f"mellom {start:%H.%M} og {end:%H.%M}" if visit.is_window else f"{start:%H.%M}–{end:%H.%M}"


def _local(at: datetime) -> datetime:
    return at.astimezone(OSLO)
