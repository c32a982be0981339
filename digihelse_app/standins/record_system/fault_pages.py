"""Where the operator makes things go wrong on purpose."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.record_system import faults
from digihelse_app.standins.record_system.frame import (
    back_to,
    field,
    form_to,
    own_form,
    refused,
    section,
)
from digihelse_app.standins.record_system.html import Html, element
from digihelse_app.standins.record_system.system import System, system_of


async def switches(system: System) -> Html:
    """All the switches, as they are."""
    on = await faults.switched_on(system)
    number = element(
        "input",
        type="number",
        id="die-after",
        name=faults.DIE_AFTER,
        min="0",
        value=str(on[faults.DIE_AFTER]) if faults.DIE_AFTER in on else "",
        aria_describedby="die-after-hint",
    )
    return section(
        "Feil med vilje",
        form_to(
            system,
            "/drift/feil",
            _boxes("Når Digihelse leverer meldinger hit", faults.INBOUND, on),
            _boxes("Når vi sender til Digihelse", faults.OUTBOUND, on),
            field(
                "Nattjobben dør etter så mange treff",
                number,
                "die-after",
                "Tomt: den dør ikke. Gjelder én kjøring.",
            ),
            element("button", "Lagre feil", type="submit", class_="quiet"),
        ),
    )


def _boxes(legend: str, offered: Mapping[str, str], on: Mapping[str, int]) -> Html:
    boxes = [
        element(
            "label",
            element("input", type="checkbox", name=name, value="on", checked=name in on),
            " ",
            text,
            class_="choice",
        )
        for name, text in offered.items()
    ]
    return element("fieldset", element("legend", legend), boxes)


async def save(request: Request) -> Response:
    """Switches faults on and off."""
    system = system_of(request)
    form = await own_form(request)
    if form is None:
        return refused(system)
    for name in (*faults.INBOUND, *faults.OUTBOUND):
        await faults.switch(system, name, on=form.get(name) == "on")
    lives = form.get(faults.DIE_AFTER, "")
    await faults.switch(
        system, faults.DIE_AFTER, on=lives.isdecimal(), number=int(lives) if lives.isdecimal() else 0
    )
    return back_to(system, "/drift?gikk=feil")
