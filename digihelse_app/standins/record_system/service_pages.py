"""The services as the operator sets them: when they open for dialogue, and what holds for their visits."""

from datetime import date, time

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import offered_services
from digihelse_app.standins.record_system.frame import (
    back_to,
    field,
    form_to,
    moment,
    not_found,
    own_form,
    refused,
    section,
)
from digihelse_app.standins.record_system.html import Html, element
from digihelse_app.standins.record_system.offered_services import MOST_DAYS, MOST_MINUTES, VisitRules
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.tables import Service


async def offered(system: System) -> Html:
    """All services, each with its form."""
    forms = [_service(system, service) for service in await offered_services.list_services(system)]
    return section("Tjenester", element("div", forms, class_="services"))


def _service(system: System, service: Service) -> Html:
    told = (
        element("span", f"ikke meldt ({service.put_failure})")
        if service.put_failure
        else moment(service.put_at)
    )
    return element(
        "div",
        element("h3", service.name),
        element("p", "Telefon ", service.phone, ". Meldt til Digihelse: ", told, "."),
        form_to(
            system,
            f"/drift/tjeneste/{service.id}",
            _opening(service),
            *(_visit_rules(service) if service.shows_visits else ()),
            element("button", "Lagre", type="submit", aria_label=f"Lagre {service.name}"),
        ),
    )


def _opening(service: Service) -> Html:
    value = service.opens_on.isoformat() if service.opens_on else ""
    hint = "Uten dato tar tjenesten ikke imot meldinger."
    return _box(service, "opens_on", "Åpner for dialog", value, "date", hint)


def _visit_rules(service: Service) -> list[Html]:
    days, minutes = str(service.cancel_working_days), str(service.missed_after_minutes)
    names = element("input", type="checkbox", name="shares_names", value="on", checked=service.shares_names)
    return [
        _box(service, "cancel_days", "Avbestilles så mange virkedager før", days, "number"),
        _box(
            service,
            "cancel_before",
            "Innen klokka",
            service.cancel_before,
            "time",
            "Tomt: samme klokkeslett som besøket.",
        ),
        _box(service, "missed_minutes", "Meldes uteblitt så mange minutter etter slutt", minutes, "number"),
        element("label", names, " Viser navn på den som kommer", class_="choice"),
    ]


def _box(service: Service, name: str, label: str, value: str, kind: str, hint: str = "") -> Html:
    target = f"{name}-{service.id}"
    described = f"{target}-hint" if hint else None
    control = element("input", type=kind, id=target, name=name, value=value, aria_describedby=described)
    return field(label, control, target, hint)


async def save(request: Request) -> Response:
    """Takes what was set and tells Digihelse."""
    system = system_of(request)
    form = await own_form(request)
    if form is None:
        return refused(system)
    try:
        opens_on = date.fromisoformat(form["opens_on"]) if form.get("opens_on") else None
        told = await offered_services.change(system, request.path_params["id"], opens_on, _rules_in(form))
    except (LookupError, ValueError):
        return not_found(system)
    return back_to(system, f"/drift?gikk={'lagret' if told else 'ikke-meldt'}")


def _rules_in(form: dict[str, str]) -> VisitRules | None:
    """What holds for visits; None when the form has nothing of it. Raises ValueError."""
    if "cancel_days" not in form:
        return None
    before = form.get("cancel_before", "")
    days, minutes = int(form["cancel_days"]), int(form.get("missed_minutes", ""))
    if not (0 <= days <= MOST_DAYS and 1 <= minutes <= MOST_MINUTES):
        raise ValueError("out of range")
    return VisitRules(
        shares_names=form.get("shares_names") == "on",
        cancel_working_days=days,
        cancel_before=time.fromisoformat(before).strftime("%H:%M") if before else "",
        missed_after_minutes=minutes,
    )
