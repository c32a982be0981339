"""Pages for the staff: work list, conversation, answer."""

import uuid

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import conversations, outbox
from digihelse_app.standins.record_system.conversations import STAFF, Conversation, Row
from digihelse_app.standins.record_system.frame import (
    WORK_LIST,
    back_to,
    field,
    moment,
    not_found,
    notice,
    own_form,
    page,
    refused,
    table,
)
from digihelse_app.standins.record_system.html import Child, Html, element
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.tables import Message, Outgoing

MAX_TEXT = 4000
DELIVERY = {
    outbox.PENDING: "Sendes …",
    outbox.DELIVERED: "Levert til Digihelse",
    outbox.REFUSED: "Ikke levert: Digihelse tok ikke imot",
}


async def work_list(request: Request) -> Response:
    """What waits for an answer, the longest wait first, and what has been answered."""
    system = system_of(request)
    waiting = await conversations.work_list(system, waiting=True)
    answered = await conversations.work_list(system, waiting=False)
    lists = element(
        "div",
        element("h2", f"Venter på svar ({len(waiting)})"),
        _table(system, waiting, "Venter på svar", "Venter siden"),
        element("h2", "Besvart"),
        _table(system, answered, "Besvart", "Siste melding"),
        id="oppdateres",
    )
    write = element("p", element("a", "Skriv ny melding", href=system.path("/ny"), class_="button"))
    return page(system, WORK_LIST, write, lists, current=WORK_LIST)


def _table(system: System, rows: list[Row], caption: str, since: str) -> Html:
    cells = [_cells(system, row) for row in rows]
    return table(caption, ("Emne", "Pasient", "Status", "Tjeneste", since), cells)


def _cells(system: System, row: Row) -> list[Child]:
    state = _state(row)
    return [
        element("a", row.thread.subject, href=system.path(f"/samtale/{row.thread.id}")),
        row.patient.name,
        element("span", state, class_=f"state {state.lower()}"),
        row.service.name,
        moment(row.thread.waiting_since or row.thread.last_at),
    ]


def _state(row: Row) -> str:
    if row.thread.waiting_since is None:
        return "Besvart"
    return "Ny" if row.thread.unopened else "Åpnet"


async def conversation(request: Request) -> Response:
    """One conversation. Showing it opens what has come in."""
    system = system_of(request)
    found = await conversations.read(system, request.path_params["id"])
    if found is None:
        return not_found(system)
    await conversations.open_thread(system, found.thread.id, STAFF[0])
    return _show(system, found)


def _show(system: System, found: Conversation, failure: str = "", text: str = "") -> Response:
    messages = element(
        "ol",
        [_message(found, message) for message in found.messages],
        class_="messages",
        id="oppdateres",
        aria_live="polite",
    )
    about = element(
        "p",
        found.patient.name,
        " · ",
        found.service.name,
        " · ",
        element("a", "Svar", href="#text"),
        class_="about",
    )
    return page(
        system,
        found.thread.subject,
        notice(failure, "failed") if failure else None,
        about,
        messages,
        _reply_form(system, found.thread.id, text, bool(failure)),
        current=WORK_LIST,
        status=422 if failure else 200,
    )


def _message(found: Conversation, message: Message) -> Html:
    who = message.author if message.incoming else found.service.name
    if message.representative:
        who = f"{who} på vegne av {found.patient.name} ({message.representative})"
    return element(
        "li",
        element("p", element("strong", who), " ", moment(message.sent_at), class_="by"),
        element("p", message.text, class_="text"),
        element("p", _fate(message, found.outgoing.get(message.id)), class_="hint"),
        class_="incoming" if message.incoming else "outgoing",
    )


def _fate(message: Message, outgoing: Outgoing | None) -> str:
    if message.incoming:
        return f"Åpnet av {message.opened_by}" if message.opened_by else "Ny"
    delivery = DELIVERY[outgoing.status] if outgoing else "–"
    return f"Skrevet av {message.author} (navnet blir her) · {delivery}"


def _reply_form(system: System, thread_id: str, text: str, invalid: bool) -> Html:
    return element(
        "form",
        element("h2", "Svar"),
        element("input", type="hidden", name="message_id", value=str(uuid.uuid4())),
        staff_field(),
        text_field("Melding", text, invalid),
        element("button", "Send svar", type="submit"),
        method="post",
        action=system.path(f"/samtale/{thread_id}/svar"),
    )


def staff_field() -> Html:
    """Who writes."""
    options = [element("option", name, value=name) for name in STAFF]
    control = element("select", options, id="staff", name="staff", aria_describedby="staff-hint")
    return field("Du svarer som", control, "staff", "Navnet sendes ikke. Innbyggeren ser tjenestens navn.")


def text_field(label: str, text: str, invalid: bool) -> Html:
    """What is written."""
    control = element(
        "textarea",
        text,
        id="text",
        name="text",
        rows="6",
        maxlength=str(MAX_TEXT),
        required=True,
        aria_invalid="true" if invalid else None,
    )
    return field(label, control, "text")


async def reply(request: Request) -> Response:
    """Takes an answer and puts it on its way."""
    system = system_of(request)
    form = await own_form(request)
    if form is None:
        return refused(system)
    found = await conversations.read(system, request.path_params["id"])
    if found is None:
        return not_found(system)
    text = form.get("text", "")
    if not 0 < len(text) <= MAX_TEXT:
        return _show(system, found, f"Skriv en melding på inntil {MAX_TEXT} tegn.", text)
    await conversations.reply(
        system, found.thread.id, text, staff=chosen_staff(form), message_id=own_id(form.get("message_id", ""))
    )
    return back_to(system, f"/samtale/{found.thread.id}")


def chosen_staff(form: dict[str, str]) -> str:
    """The employee who was chosen; never anyone else."""
    return form["staff"] if form.get("staff") in STAFF else STAFF[0]


def own_id(value: str) -> str | None:
    """The id that a form carries so that sending it twice is sending it once."""
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return None
