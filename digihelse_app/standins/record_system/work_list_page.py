"""The page with the work list: what waits for an answer, by when, and who has it."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import staff
from digihelse_app.standins.record_system import work_list as lists
from digihelse_app.standins.record_system.frame import WORK_LIST, day, moment, page, table
from digihelse_app.standins.record_system.html import Child, Html, element
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.work_list import Row, Shown

FILTERS = {Shown.ALL: "Alle åpne", Shown.MINE: "Mine", Shown.CLOSED: "Avsluttede"}
NAMES = ("Emne", "Status", "Frist", "Eier", "Pasient", "Gjelder", "Tjeneste")


async def work_list(request: Request) -> Response:
    """The list as the address narrows it."""
    system = system_of(request)
    me = staff.at_work(request)
    asked = request.query_params.get("vis", "")
    shown = Shown(asked) if asked in list(Shown) else Shown.ALL
    return page(
        system,
        WORK_LIST,
        element("p", element("a", "Skriv ny melding", href=system.path("/ny"), class_="button")),
        staff.switcher(system, me),
        _filters(system, shown),
        element("div", await _lists(system, shown, me), id="oppdateres"),
        current=WORK_LIST,
    )


def _filters(system: System, shown: Shown) -> Html:
    links = [
        element("a", name, href=system.path(f"/?vis={kind}"), aria_current="true" if kind is shown else None)
        for kind, name in FILTERS.items()
    ]
    return element("nav", links, aria_label="Utvalg", class_="filters")


async def _lists(system: System, shown: Shown, me: str) -> list[Child]:
    if shown is Shown.CLOSED:
        return [*_list(system, "Avsluttede", "Avsluttet", await lists.closed(system))]
    owner = me if shown is Shown.MINE else ""
    waiting, answered = await lists.waiting(system, owner), await lists.answered(system, owner)
    return [
        *_list(system, f"Venter på svar ({len(waiting)})", "Venter siden", waiting),
        *_list(system, "Besvart", "Siste melding", answered),
    ]


def _list(system: System, heading: str, last_name: str, rows: list[Row]) -> list[Html]:
    today = system.today()
    cells = [_cells(system, row, today) for row in rows]
    return [element("h2", heading), table(heading, (*NAMES, last_name), cells)]


def _cells(system: System, row: Row, today: date) -> list[Child]:
    thread = row.thread
    state = _state(row)
    return [
        element("a", thread.subject, href=system.path(f"/samtale/{thread.id}")),
        element("span", state, class_=f"state {state.lower()}"),
        due(row, today),
        thread.owner or "–",
        row.patient.name,
        thread.category or "–",
        row.service.name,
        moment(thread.closed_at or thread.waiting_since or thread.last_at),
    ]


def due(row: Row, today: date) -> Child:
    """By when the citizen was promised an answer, with a mark when the day has passed."""
    if row.thread.due_on is None:
        return "–"
    late = element("strong", "Over fristen", class_="state late") if row.is_overdue(today) else None
    return [day(row.thread.due_on), " " if late else None, late]


def _state(row: Row) -> str:
    if row.thread.closed_at is not None:
        return "Avsluttet"
    if row.thread.waiting_since is None:
        return "Besvart"
    return "Ny" if row.thread.unopened else "Åpnet"
