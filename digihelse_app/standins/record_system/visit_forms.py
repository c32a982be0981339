"""The page that plans visits, and what all forms about visits share: days, hours, employees."""

from collections.abc import Sequence
from datetime import date, time

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import visit_planning
from digihelse_app.standins.record_system.carers import BY_NUMBER, CARERS, ROLES
from digihelse_app.standins.record_system.frame import (
    VISITS,
    back_to,
    field,
    form_to,
    notice,
    own_form,
    page,
    refused,
)
from digihelse_app.standins.record_system.html import Html, element
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.visit_pages import WEEKDAYS
from digihelse_app.standins.record_system.visit_planning import LONGEST_WEEKS, Hours, Plan
from digihelse_app.standins.record_system.visit_resources import CANCEL, CANCEL_WITH_COMMENT

MAX_TITLE = 200
MAX_INSTRUCTION = 1000
RIGHTS = {CANCEL_WITH_COMMENT: "Ja, med begrunnelse", CANCEL: "Ja, uten begrunnelse", "": "Nei, må ringe"}
EMPTY = {"start": "12:00", "end": "14:00", "kind": "window", "right": CANCEL_WITH_COMMENT, "weeks": ""}
Form = dict[str, str]


async def compose(request: Request) -> Response:
    """The form for a new visit or series."""
    system = system_of(request)
    return await _compose(system, EMPTY | {"day": system.today().isoformat()})


async def _compose(system: System, form: Form, failure: str = "") -> Response:
    receivers = await visit_planning.receivers(system)
    to = {f"{patient.id}/{service.id}": f"{patient.name} – {service.name}" for patient, service in receivers}
    fields = form_to(
        system,
        "/besok/nytt",
        field("Pasient og tjeneste", choice("to", to, form.get("to", "")), "to"),
        field("Hva besøket gjelder", box("title", form, maxlength=str(MAX_TITLE), required=True), "title"),
        field("Dag", box("day", form, kind="date", required=True), "day", "Første dag når det er flere."),
        *hours_fields(form),
        _weekdays(form),
        field(
            "Antall uker",
            box("weeks", form, kind="number", min="1", max=str(LONGEST_WEEKS)),
            "weeks",
            "Tomt: bare den ene dagen.",
        ),
        field(
            "Hvem skal komme",
            choice("role", {"": "–"} | {role: role for role in ROLES}, form.get("role", "")),
            "role",
        ),
        field("Tildelt", carer_choice(form.get("carer", "")), "carer"),
        field("Kan avbestilles på nett", choice("right", RIGHTS, form.get("right", "")), "right"),
        tick("essential", "Viktig besøk, for eksempel medisiner", form),
        field(
            "Beskjed til pasienten", box("instruction", form, maxlength=str(MAX_INSTRUCTION)), "instruction"
        ),
        element("button", "Planlegg", type="submit"),
    )
    told = notice(failure, "failed") if failure else None
    return page(system, "Planlegg besøk", told, fields, current=VISITS, status=422 if failure else 200)


def _weekdays(form: Form) -> Html:
    boxes = [tick(f"weekday-{number}", name, form) for number, name in enumerate(WEEKDAYS)]
    return element("fieldset", element("legend", "Gjentas på"), boxes)


async def plan(request: Request) -> Response:
    """Takes a new visit or series and puts it on its way."""
    system = system_of(request)
    form = await own_form(request)
    if form is None:
        return refused(system)
    reachable = {f"{patient.id}/{service.id}" for patient, service in await visit_planning.receivers(system)}
    if form.get("to") not in reachable:
        return await _compose(system, form, "Velg hvem besøket er hos.")
    title, instruction = form.get("title", ""), form.get("instruction", "")
    if not (0 < len(title) <= MAX_TITLE and len(instruction) <= MAX_INSTRUCTION):
        return await _compose(system, form, "Skriv hva besøket gjelder.")
    try:
        first, hours = date.fromisoformat(form.get("day", "")), hours_in(form)
    except ValueError:
        return await _compose(system, form, "Velg dag og klokkeslett.")
    patient_id, _, service_id = form["to"].partition("/")
    planned = Plan(
        patient_id,
        service_id,
        title,
        hours,
        instruction,
        role=form["role"] if form.get("role") in ROLES else "",
        carer=form["carer"] if form.get("carer") in BY_NUMBER else "",
        essential=form.get("essential") == "on",
        cancel_right=form["right"] if form.get("right") in RIGHTS else "",
    )
    weekdays = [number for number in range(7) if form.get(f"weekday-{number}") == "on"]
    weeks = int(form["weeks"]) if form.get("weeks", "").isdecimal() else 0
    days = visit_planning.occurrences(first, weekdays, weeks)
    if not days:
        return await _compose(system, form, "Ingen av ukedagene er i de ukene.")
    await visit_planning.plan(system, planned, days)
    return back_to(system, f"/besok?dag={days[0].isoformat()}")


def hours_fields(form: Form) -> Sequence[Html]:
    """From when to when, and whether that is a window."""
    kinds = {"window": "Tidsvindu: vi kommer en gang imellom", "sharp": "Klokkeslett: vi kommer da"}
    return (
        field("Fra", box("start", form, kind="time", required=True), "start"),
        field("Til", box("end", form, kind="time", required=True), "end"),
        field("Slags tid", choice("kind", kinds, form.get("kind", "")), "kind"),
    )


def hours_in(form: Form) -> Hours:
    """The hours a form names. Raises ValueError."""
    start, end = (time.fromisoformat(form.get(name, "")) for name in ("start", "end"))
    return Hours(start.replace(tzinfo=None), end.replace(tzinfo=None), form.get("kind") != "sharp")


def carer_choice(chosen: str) -> Html:
    """A choice between the employees who visit, and nobody."""
    people = {carer.number: f"{carer.name}, {carer.role.lower()}" for carer in CARERS}
    return choice("carer", {"": "Ingen ennå"} | people, chosen)


def choice(name: str, offered: dict[str, str], chosen: str) -> Html:
    """A choice; `name` is the control's id as well."""
    options = [
        element("option", words, value=value, selected=value == chosen) for value, words in offered.items()
    ]
    return element("select", options, id=name, name=name)


def box(name: str, form: Form, kind: str = "text", **attributes: str | bool) -> Html:
    """A box to write in, with what the form had."""
    return element("input", type=kind, id=name, name=name, value=form.get(name, ""), **attributes)


def tick(name: str, words: str, form: Form) -> Html:
    """A box to tick."""
    control = element("input", type="checkbox", name=name, value="on", checked=form.get(name) == "on")
    return element("label", control, " ", words, class_="choice")
