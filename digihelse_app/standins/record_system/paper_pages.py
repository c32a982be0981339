"""The page where the municipality registers delegations from paper, and ends them."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import outbox, papers
from digihelse_app.standins.record_system.frame import (
    PAPERS,
    back_to,
    day,
    field,
    form_to,
    not_found,
    notice,
    own_form,
    page,
    refused,
    section,
    table,
)
from digihelse_app.standins.record_system.html import Child, Html, element
from digihelse_app.standins.record_system.papers import Line, NewPaper
from digihelse_app.standins.record_system.system import System, system_of

ROLES = {
    papers.ON_PAPER: "Fullmakt på papir (FU)",
    papers.ASSIGNED: "Tildelt fullmakt, kan ikke samtykke (TD)",
}
TOLD = {
    outbox.PENDING: "På vei til Digihelse",
    outbox.DELIVERED: "Registrert i Digihelse",
    outbox.REFUSED: "Avvist av Digihelse",
}
NAMES = ("Pasient", "Fullmektig", "Slag", "Bevis", "Gjelder til", "Status", "Avslutt")
MAX_TEXT = 200
Form = dict[str, str]


async def show(request: Request) -> Response:
    """What is registered, and the form for one more."""
    return await _show(system_of(request), {})


async def _show(system: System, form: Form, failure: str = "") -> Response:
    registered = table(
        "Registrerte fullmakter", NAMES, [_cells(system, one) for one in await papers.lines(system)]
    )
    told = notice(failure, "failed") if failure else None
    return page(
        system,
        PAPERS,
        element("p", "Fullmakter som er gitt på papir, eller tildelt for en som ikke kan samtykke selv."),
        section("Registrerte", registered),
        section("Registrer fullmakt", told, await _form(system, form)),
        current=PAPERS,
        status=422 if failure else 200,
    )


def _cells(system: System, one: Line) -> list[Child]:
    paper = one.paper
    ends = form_to(
        system,
        f"/fullmakter/{paper.id}/avslutt",
        element("button", "Avslutt", type="submit", aria_label=f"Avslutt for {paper.proxy_name}"),
    )
    return [
        one.patient.name,
        paper.proxy_name,
        ROLES[paper.role],
        paper.evidence or "–",
        day(paper.until) if paper.until else "Ingen slutt",
        [f"Avsluttet. {TOLD[one.told]}" if paper.ended_at else TOLD[one.told]],
        ends if paper.ended_at is None else "–",
    ]


async def _form(system: System, form: Form) -> Html:
    whom = [
        element("option", each.name, value=each.id, selected=form.get("patient") == each.id)
        for each in await papers.patients(system)
    ]
    roles = [
        element("option", name, value=role, selected=form.get("role") == role) for role, name in ROLES.items()
    ]
    return form_to(
        system,
        "/fullmakter",
        field("Pasient", element("select", whom, id="patient", name="patient"), "patient"),
        field("Slag", element("select", roles, id="role", name="role"), "role"),
        field("Fullmektigens navn", _input("proxy_name", form, required=True), "proxy_name"),
        field("Fullmektigens fødselsnummer", _input("proxy_number", form, required=True), "proxy_number"),
        field(
            "Referanse til papiret",
            _input("evidence", form),
            "evidence",
            "Må fylles ut for tildelt fullmakt.",
        ),
        field(
            "Gjelder til og med",
            _input("until", form, type="date"),
            "until",
            "Tildelt fullmakt: høyst fem år fra i dag.",
        ),
        element("button", "Registrer", type="submit"),
    )


def _input(name: str, form: Form, **attributes: str | bool) -> Html:
    extra: dict[str, str | bool] = {"maxlength": str(MAX_TEXT), "autocomplete": "off"} | attributes
    return element("input", id=name, name=name, value=form.get(name, ""), **extra)


async def register(request: Request) -> Response:
    """Takes a new one and puts it on its way. What Digihelse refuses is seen in the list."""
    system = system_of(request)
    form = await own_form(request)
    if form is None:
        return refused(system)
    known = {each.id for each in await papers.patients(system)}
    until = _day(form.get("until", ""))
    told = [form.get(name, "") for name in ("patient", "role", "proxy_name", "proxy_number", "evidence")]
    patient, role, name, number, evidence = told
    if patient not in known or role not in ROLES or any(len(each) > MAX_TEXT for each in told):
        return await _show(system, form, "Velg pasient og slag.")
    if not name or len(number) != len("08863815151") or not number.isdigit():
        return await _show(system, form, "Skriv fullmektigens navn, og fødselsnummeret med 11 siffer.")
    if role == papers.ASSIGNED and (not evidence or until is None):
        return await _show(system, form, "En tildelt fullmakt må ha referanse til papiret og en sluttdato.")
    await papers.register(system, NewPaper(patient, number, name, role, evidence, until))
    return back_to(system, "/fullmakter")


async def end(request: Request) -> Response:
    """Ends one."""
    system = system_of(request)
    if await own_form(request) is None:
        return refused(system)
    try:
        await papers.end(system, request.path_params["id"])
    except LookupError:
        return not_found(system)
    return back_to(system, "/fullmakter")


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
