"""Pages for the staff: a conversation that the service begins."""

import uuid

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import conversations, staff
from digihelse_app.standins.record_system.frame import (
    WORK_LIST,
    back_to,
    field,
    notice,
    own_form,
    page,
    refused,
)
from digihelse_app.standins.record_system.html import element
from digihelse_app.standins.record_system.staff_pages import (
    MAX_TEXT,
    own_id,
    staff_field,
    text_field,
)
from digihelse_app.standins.record_system.system import System, system_of

MAX_SUBJECT = 120


async def compose(request: Request) -> Response:
    """The form for a conversation that the service begins."""
    return await _compose(system_of(request), staff.at_work(request), {})


async def _compose(system: System, me: str, form: dict[str, str], failure: str = "") -> Response:
    choices = [
        element(
            "option",
            f"{patient.name} – {service.name}",
            value=f"{patient.id}/{service.id}",
            selected=form.get("to") == f"{patient.id}/{service.id}",
        )
        for patient, service in await conversations.addressees(system)
    ]
    if not choices:
        content = element("p", "Ingen pasienter er koblet til Digihelse ennå. Nattjobben kobler dem.")
        return page(system, "Skriv ny melding", content, current=WORK_LIST)
    subject = element(
        "input",
        id="subject",
        name="subject",
        maxlength=str(MAX_SUBJECT),
        required=True,
        value=form.get("subject", ""),
    )
    fields = element(
        "form",
        element("input", type="hidden", name="thread_id", value=str(uuid.uuid4())),
        field("Pasient og tjeneste", element("select", choices, id="to", name="to"), "to"),
        staff_field(me),
        field("Emne", subject, "subject"),
        text_field("Melding", form.get("text", ""), bool(failure)),
        element("button", "Send melding", type="submit"),
        method="post",
        action=system.path("/ny"),
    )
    told = notice(failure, "failed") if failure else None
    return page(system, "Skriv ny melding", told, fields, current=WORK_LIST, status=422 if failure else 200)


async def begin(request: Request) -> Response:
    """Takes a new conversation and puts it on its way."""
    system = system_of(request)
    form = await own_form(request)
    if form is None:
        return refused(system)
    me = staff.named(form, staff.at_work(request))
    reachable = {f"{patient.id}/{service.id}" for patient, service in await conversations.addressees(system)}
    if form.get("to") not in reachable:
        return await _compose(system, me, form, "Velg hvem meldingen skal til.")
    subject, text = form.get("subject", ""), form.get("text", "")
    if not (0 < len(subject) <= MAX_SUBJECT and 0 < len(text) <= MAX_TEXT):
        return await _compose(system, me, form, "Skriv både emne og melding.")
    patient_id, _, service_id = form["to"].partition("/")
    thread_id = await conversations.write_first(
        system,
        patient_id,
        service_id,
        subject,
        text,
        staff=me,
        thread_id=own_id(form.get("thread_id", "")),
    )
    return back_to(system, f"/samtale/{thread_id}")
