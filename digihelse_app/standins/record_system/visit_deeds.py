"""What the staff does with a visit, and with what was asked about it: the forms of the visit's page."""

from collections.abc import Awaitable, Callable
from datetime import date

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import cancel_requests, staff, visit_page, visits
from digihelse_app.standins.record_system.carers import BY_NUMBER
from digihelse_app.standins.record_system.frame import back_to, not_found, own_form, refused
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.visit_forms import Form, hours_in
from digihelse_app.standins.record_system.visit_page import MAX_WORDS
from digihelse_app.standins.record_system.visit_resources import NOT_AT_HOME
from digihelse_app.standins.record_system.visits import NotNowError

TOO_LATE = "Det går ikke lenger. Besøket, eller ønsket, har kommet for langt."


async def assign(request: Request) -> Response:
    """Gives the visit to an employee."""

    async def give(system: System, visit_id: str, form: Form) -> None:
        carer = form.get("carer", "")
        await visits.assign(system, visit_id, carer if carer in BY_NUMBER else "")

    return await _do(request, give)


async def move(request: Request) -> Response:
    """Moves the visit."""

    async def shift(system: System, visit_id: str, form: Form) -> None:
        hours = hours_in(form)
        starts_at, ends_at = hours.on(date.fromisoformat(form.get("day", "")))
        await visits.move(system, visit_id, starts_at, ends_at, is_window=hours.is_window)

    return await _do(request, shift)


async def start(request: Request) -> Response:
    """The employee is there."""
    return await _do(request, lambda system, visit_id, _form: visits.start(system, visit_id))


async def complete(request: Request) -> Response:
    """The visit is done."""
    return await _do(request, lambda system, visit_id, _form: visits.complete(system, visit_id))


async def not_at_home(request: Request) -> Response:
    """Nobody opened."""
    return await _do(request, lambda system, visit_id, _form: visits.cancel(system, visit_id, NOT_AT_HOME))


async def cancel(request: Request) -> Response:
    """We cancel it."""
    return await _do(request, lambda system, visit_id, _form: visits.cancel(system, visit_id))


async def retract(request: Request) -> Response:
    """It was written in by mistake."""
    return await _do(request, lambda system, visit_id, _form: visits.retract(system, visit_id))


async def _do(request: Request, deed: Callable[[System, str, Form], Awaitable[None]]) -> Response:
    system, visit_id = system_of(request), request.path_params["id"]
    form = await own_form(request)
    if form is None:
        return refused(system)
    try:
        await deed(system, visit_id, form)
    except LookupError:
        return not_found(system)
    except NotNowError:
        return await visit_page.show_visit(system, visit_id, TOO_LATE, 409)
    except ValueError:
        return await visit_page.show_visit(system, visit_id, "Velg dag og klokkeslett.", 422)
    return back_to(system, f"/besok/{visit_id}")


async def answer(request: Request) -> Response:
    """Takes the answer to a request."""
    system, request_id = system_of(request), request.path_params["id"]
    form = await own_form(request)
    if form is None:
        return refused(system)
    known = await cancel_requests.read(system, request_id)
    if known is None or form.get("answer") not in ("yes", "no"):
        return not_found(system)
    words = form.get("words", "")[:MAX_WORDS]
    try:
        await cancel_requests.answer(
            system, request_id, form["answer"] == "yes", words, staff.at_work(request)
        )
    except NotNowError:
        return await visit_page.show_visit(system, known.visit_id, TOO_LATE, 409)
    return back_to(system, f"/besok/{known.visit_id}")
