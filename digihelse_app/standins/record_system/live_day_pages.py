"""Where the operator lets a day go by."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import live_day
from digihelse_app.standins.record_system.frame import (
    back_to,
    form_to,
    moment,
    own_form,
    refused,
    section,
    table,
)
from digihelse_app.standins.record_system.html import Child, Html, element
from digihelse_app.standins.record_system.live_day import Deed, Line
from digihelse_app.standins.record_system.system import System, system_of
from digihelse_app.standins.record_system.visit_pages import clock

DEEDS = {
    Deed.DELAY: "Forsinkes",
    Deed.START: "Starter",
    Deed.COMPLETE: "Fullføres",
    Deed.MISS: "Blir ikke registrert",
}
NAMES = ("Steg", "Besøk", "Pasient", "Tid", "Tatt")


async def played_day(system: System) -> Html:
    """The day as it is laid out, and what makes it go."""
    lines = await live_day.lines(system)
    playing = await live_day.is_playing(system)
    left = sum(line.step.done_at is None for line in lines)
    return section(
        "Lev en dag",
        element(
            "p",
            "Spiller dagens besøk hos dem som er koblet: ett blir forsinket, ett blir aldri registrert. "
            "Hvert steg meldes til Digihelse.",
        ),
        element(
            "div",
            _button(system, "legg-opp", "Legg opp dagen"),
            _button(system, "steg", "Ta neste steg") if left else None,
            _button(system, "spill", "Spill av") if left and not playing else None,
            _button(system, "stopp", "Stopp") if playing else None,
            class_="row",
        ),
        element("div", table("Dagens steg", NAMES, [_line(line) for line in lines]), id="oppdateres"),
    )


def _button(system: System, below: str, words: str) -> Html:
    button = element("button", words, type="submit", class_=None if below == "spill" else "quiet")
    return form_to(system, f"/drift/dag/{below}", button)


def _line(line: Line) -> list[Child]:
    taken: Child = "–" if line.step.done_at is None else moment(line.step.done_at)
    return [
        DEEDS[Deed(line.step.deed)],
        line.visit.title,
        line.patient.name,
        element("span", clock(line.visit), class_="clock"),
        [taken, " (hoppet over)" if line.step.skipped else None],
    ]


async def lay_out(request: Request) -> Response:
    """Lays the day out anew."""
    return await _do(request, live_day.lay_out, "lagt-opp")


async def step(request: Request) -> Response:
    """Takes one step."""
    return await _do(request, live_day.step, "steg")


async def play(request: Request) -> Response:
    """Lets it play by itself."""
    return await _do(request, lambda system: live_day.play(system, True), "spiller")


async def stop(request: Request) -> Response:
    """Stops it where it is."""
    return await _do(request, lambda system: live_day.play(system, False), "stoppet")


async def _do(request: Request, deed: Callable[[System], Awaitable[object]], went: str) -> Response:
    system = system_of(request)
    if await own_form(request) is None:
        return refused(system)
    await deed(system)
    return back_to(system, f"/drift?gikk={went}")
