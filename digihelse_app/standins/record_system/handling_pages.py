"""What the staff does with a conversation beside answering: take it, pass it on, end it."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import handling, staff
from digihelse_app.standins.record_system.frame import back_to, field, moment, not_found, own_form, refused
from digihelse_app.standins.record_system.html import Html, element
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.tables import Note, Thread

MAX_NOTE = 500
Form = dict[str, str]


def controls(system: System, thread: Thread, me: str) -> Html:
    """The forms. What cannot be done now is not offered."""
    taking = _form(system, thread, "ta", element("button", "Ta samtalen", type="submit", class_="quiet"))
    ending = _form(
        system, thread, "avslutt", element("button", "Avslutt samtalen", type="submit", class_="quiet")
    )
    return element(
        "section",
        element("h2", "Behandling"),
        element("p", "Eier: ", thread.owner or "ingen ennå"),
        taking if thread.owner != me else None,
        element("details", element("summary", "Send videre"), _pass_on(system, thread, me)),
        ending if thread.closed_at is None else None,
    )


def _pass_on(system: System, thread: Thread, me: str) -> Html:
    others = tuple(name for name in staff.STAFF if name not in (thread.owner, me))
    note = element(
        "textarea",
        "",
        id="note",
        name="note",
        rows="3",
        maxlength=str(MAX_NOTE),
        aria_describedby="note-hint",
    )
    return _form(
        system,
        thread,
        "send-videre",
        field("Til", staff.select("receiver", others), "receiver"),
        field("Internt notat", note, "note", "Blir her i huset. Innbyggeren ser det ikke."),
        element("button", "Send videre", type="submit"),
    )


def _form(system: System, thread: Thread, below: str, *content: Html) -> Html:
    return element("form", content, method="post", action=system.path(f"/samtale/{thread.id}/{below}"))


def history(notes: list[Note]) -> Html | None:
    """Who did what in the house, and what they noted."""
    if not notes:
        return None
    return element(
        "section",
        element("h2", "Internt"),
        element("p", "Dette sendes aldri til Digihelse.", class_="hint"),
        element("ol", [_note(note) for note in notes], class_="notes"),
    )


def _note(note: Note) -> Html:
    return element(
        "li",
        element("p", element("strong", note.author), " ", moment(note.at), class_="by"),
        element("p", f"{note.deed}: {note.text}" if note.text else note.deed, class_="text"),
    )


async def take(request: Request) -> Response:
    """Makes the conversation one's own."""
    return await _do(request, lambda system, thread, me, _form: handling.take(system, thread, me))


async def pass_on(request: Request) -> Response:
    """Gives it to a colleague."""

    async def give(system: System, thread: str, me: str, form: Form) -> None:
        receiver = staff.named(form, me, "receiver")
        await handling.pass_on(system, thread, me, receiver, form.get("note", "")[:MAX_NOTE])

    return await _do(request, give)


async def close(request: Request) -> Response:
    """Ends it."""
    return await _do(request, lambda system, thread, me, _form: handling.close(system, thread, me))


async def _do(request: Request, deed: Callable[[System, str, str, Form], Awaitable[None]]) -> Response:
    system = system_of(request)
    form = await own_form(request)
    if form is None:
        return refused(system)
    thread_id = request.path_params["id"]
    try:
        await deed(system, thread_id, staff.at_work(request), form)
    except LookupError:
        return not_found(system)
    return back_to(system, f"/samtale/{thread_id}")
