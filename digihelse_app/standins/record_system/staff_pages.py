"""Pages for the staff: a conversation and the answer to it."""

import uuid

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import (
    conversations,
    delegation_pages,
    file_pages,
    handling,
    handling_pages,
    outbox,
    staff,
)
from digihelse_app.standins.record_system.conversations import Conversation
from digihelse_app.standins.record_system.frame import (
    WORK_LIST,
    back_to,
    day,
    field,
    moment,
    not_found,
    notice,
    page,
    refused,
)
from digihelse_app.standins.record_system.html import Html, element
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.tables import Message, Outgoing, Thread

MAX_TEXT = 4000
DELIVERY = {
    outbox.PENDING: "Sendes …",
    outbox.DELIVERED: "Levert til Digihelse",
    outbox.REFUSED: "Ikke levert: Digihelse tok ikke imot",
}


async def conversation(request: Request) -> Response:
    """One conversation. Showing it opens what has come in."""
    system = system_of(request)
    found = await conversations.read(system, request.path_params["id"])
    if found is None:
        return not_found(system)
    me = staff.at_work(request)
    await handling.open_thread(system, found.thread.id, me)
    return await _show(system, found, me)


async def _show(system: System, found: Conversation, me: str, failure: str = "", text: str = "") -> Response:
    thread = found.thread
    messages = element(
        "ol",
        [_message(system, found, message) for message in found.messages],
        class_="messages",
        id="oppdateres",
        aria_live="polite",
    )
    return page(
        system,
        thread.subject,
        notice(failure, "failed") if failure else None,
        notice("Samtalen er avsluttet. Skriver du her, åpnes den igjen.") if thread.closed_at else None,
        _about(found),
        messages,
        _reply_form(system, thread, me, text, bool(failure)),
        handling_pages.controls(system, thread, me),
        await delegation_pages.of_patient(system, found.patient.id),
        handling_pages.history(await handling.notes(system, thread.id)),
        current=WORK_LIST,
        status=422 if failure else 200,
    )


def _about(found: Conversation) -> Html:
    thread = found.thread
    return element(
        "p",
        f"{found.patient.name} · {found.service.name}",
        f" · Gjelder: {thread.category}" if thread.category else None,
        [" · Svarfrist: ", day(thread.due_on)] if thread.due_on else None,
        " · ",
        element("a", "Svar", href="#text"),
        class_="about",
    )


def _message(system: System, found: Conversation, message: Message) -> Html:
    who = message.author if message.incoming else found.service.name
    if message.representative:
        who = f"{who} på vegne av {found.patient.name} ({message.representative})"
    return element(
        "li",
        element("p", element("strong", who), " ", moment(message.sent_at), class_="by"),
        element("p", message.text, class_="text"),
        file_pages.listed(system, found.files.get(message.id, [])),
        element("p", _fate(message, found.outgoing.get(message.id)), class_="hint"),
        class_="incoming" if message.incoming else "outgoing",
    )


def _fate(message: Message, outgoing: Outgoing | None) -> str:
    if message.incoming:
        return f"Åpnet av {message.opened_by}" if message.opened_by else "Ny"
    delivery = DELIVERY[outgoing.status] if outgoing else "–"
    return f"Skrevet av {message.author} (navnet blir her) · {delivery}"


def _reply_form(system: System, thread: Thread, me: str, text: str, invalid: bool) -> Html:
    return element(
        "form",
        element("h2", "Svar"),
        element("input", type="hidden", name="message_id", value=str(uuid.uuid4())),
        staff_field(me),
        text_field("Melding", text, invalid),
        file_pages.file_field(),
        element("button", "Send svar", type="submit"),
        method="post",
        enctype="multipart/form-data",
        action=system.path(f"/samtale/{thread.id}/svar"),
    )


def staff_field(me: str) -> Html:
    """Who writes."""
    control = staff.select("staff", staff.STAFF, me, "staff-hint")
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
    form, chosen = await file_pages.own_form_with_files(request)
    if form is None:
        return refused(system)
    found = await conversations.read(system, request.path_params["id"])
    if found is None:
        return not_found(system)
    text, me = form.get("text", ""), staff.named(form, staff.at_work(request))
    if not 0 < len(text) <= MAX_TEXT:
        return await _show(system, found, me, f"Skriv en melding på inntil {MAX_TEXT} tegn.", text)
    if chosen is None:
        return await _show(system, found, me, file_pages.FAILURE, text)
    message_id = own_id(form.get("message_id", ""))
    await conversations.reply(system, found.thread.id, text, staff=me, message_id=message_id, chosen=chosen)
    return back_to(system, f"/samtale/{found.thread.id}")


def own_id(value: str) -> str | None:
    """The id that a form carries so that sending it twice is sending it once."""
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return None
