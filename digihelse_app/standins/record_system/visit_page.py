"""The page of one visit: what is known, what can be done with it, and what was asked about it."""

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import visits
from digihelse_app.standins.record_system.frame import (
    VISITS,
    day,
    field,
    form_to,
    moment,
    not_found,
    notice,
    page,
    section,
    table,
)
from digihelse_app.standins.record_system.html import Html, element
from digihelse_app.standins.record_system.schedule import OSLO
from digihelse_app.standins.record_system.staff_pages import DELIVERY
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.visit_forms import Form, box, carer_choice, hours_fields
from digihelse_app.standins.record_system.visit_pages import clock, state, who
from digihelse_app.standins.record_system.visit_tables import CancelRequest, RequestState, Visit, VisitState
from digihelse_app.standins.record_system.visits import WholeVisit

MAX_WORDS = 1000
TOO_LATE = "Det går ikke lenger. Besøket, eller ønsket, har kommet for langt."
RIGHTS = {
    "": "kan ikke avbestilles på nett",
    "cancel": "kan avbestilles",
    "cancelWithComment": "kan avbestilles",
}
ANSWERS = {
    RequestState.WAITING: "Venter på svar",
    RequestState.TAKEN_BACK: "Trukket tilbake",
    RequestState.ACCEPTED: "Godtatt",
    RequestState.DECLINED: "Avslått",
    RequestState.OVERTAKEN: "Falt bort",
}


async def show(request: Request) -> Response:
    """One visit."""
    return await show_visit(system_of(request), request.path_params["id"])


async def show_visit(system: System, visit_id: str, failure: str = "", status: int = 200) -> Response:
    """The page of a visit, with what went wrong at its top."""
    found = await visits.read(system, visit_id)
    if found is None:
        return not_found(system)
    told = table(
        "Meldt", ("Hva", "Status"), [[row.resource_type, DELIVERY[row.status]] for row in found.told]
    )
    return page(
        system,
        found.visit.title,
        notice(failure, "failed") if failure else None,
        element("div", _about(system, found), id="oppdateres"),
        section("Ønsker om avbestilling", _requests(system, found), element("a", "", id="onsker")),
        _deeds(system, found.visit),
        section("Meldt til Digihelse", told),
        current=VISITS,
        status=status,
    )


def _about(system: System, found: WholeVisit) -> Html:
    visit = found.visit
    on = visit.starts_at.astimezone(OSLO).date()
    facts = [
        RIGHTS[visit.cancel_right],
        *(["viktig besøk"] if visit.essential else []),
        *(["gjentas"] if visit.series_id else []),
    ]
    really = (
        ["Begynt ", moment(visit.begun_at), ", ferdig ", moment(visit.done_at)] if visit.begun_at else None
    )
    return element(
        "div",
        element("p", f"{found.patient.name} · {found.service.name} · {who(visit)}", class_="about"),
        element(
            "p", element("a", day(on), href=system.path(f"/besok?dag={on.isoformat()}")), " ", clock(visit)
        ),
        element("p", element("span", state(visit), class_="state"), " ", ", ".join(facts)),
        element("p", really) if really else None,
        element("p", visit.instruction, class_="text") if visit.instruction else None,
    )


def _requests(system: System, found: WholeVisit) -> Html:
    if not found.requests:
        return element("p", "Ingen.", class_="empty")
    return element("ol", [_request(system, found, one) for one in found.requests], class_="notes")


def _request(system: System, found: WholeVisit, one: CancelRequest) -> Html:
    acting = f" på vegne av {found.patient.name} ({one.representative})" if one.representative else ""
    return element(
        "li",
        element("p", element("strong", one.author + acting), " ", moment(one.received_at), class_="by"),
        element("p", one.comment, class_="text") if one.comment else None,
        element("p", ANSWERS[RequestState(one.status)], class_="state"),
        element("p", f"{one.answered_by}: {one.answer}", class_="hint") if one.answered_by else None,
        _answer_form(system, one) if one.status == RequestState.WAITING else None,
    )


def _answer_form(system: System, one: CancelRequest) -> Html:
    target = f"words-{one.id}"
    words = element("textarea", "", id=target, name="words", rows="3", maxlength=str(MAX_WORDS))
    return form_to(
        system,
        f"/besok/avbestilling/{one.id}/svar",
        field("Svar til pasienten", words, target, "Vises sammen med svaret."),
        element("button", "Godta", type="submit", name="answer", value="yes"),
        element("button", "Avslå", type="submit", name="answer", value="no", class_="quiet"),
    )


def _deeds(system: System, visit: Visit) -> Html | None:
    """The forms. What cannot be done now is not offered."""
    planned, begun = visit.status == VisitState.PLANNED, visit.status == VisitState.BEGUN
    if visit.status == VisitState.IN_ERROR:
        return None
    return section(
        "Hva skjer med besøket",
        _button(system, visit, "start", "Start besøket") if planned else None,
        _button(system, visit, "fullfor", "Fullfør besøket") if planned or begun else None,
        _button(system, visit, "ikke-hjemme", "Ikke hjemme") if planned else None,
        _button(system, visit, "avlys", "Avlys besøket") if planned else None,
        _assigning(system, visit) if planned else None,
        _moving(system, visit) if planned else None,
        _button(system, visit, "feilfort", "Feilført"),
    )


def _button(system: System, visit: Visit, below: str, words: str) -> Html:
    quiet = None if below in ("start", "fullfor") else "quiet"
    return form_to(
        system, f"/besok/{visit.id}/{below}", element("button", words, type="submit", class_=quiet)
    )


def _assigning(system: System, visit: Visit) -> Html:
    form = form_to(
        system,
        f"/besok/{visit.id}/tildel",
        field("Til", carer_choice(visit.carer), "carer"),
        element("button", "Tildel", type="submit"),
    )
    return element("details", element("summary", "Tildel besøket"), form)


def _moving(system: System, visit: Visit) -> Html:
    start, end = (at.astimezone(OSLO) for at in (visit.starts_at, visit.ends_at))
    now: Form = {"day": start.date().isoformat(), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}"}
    now["kind"] = "window" if visit.is_window else "sharp"
    form = form_to(
        system,
        f"/besok/{visit.id}/flytt",
        field("Dag", box("day", now, kind="date", required=True), "day"),
        *hours_fields(now),
        element("button", "Flytt", type="submit"),
    )
    return element("details", element("summary", "Flytt besøket"), form)
