"""The frame of every page, the headers that guard it, and the check that a form was sent from here."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from digihelse_app.standins.record_system.html import Child, Html, element, fragment
from digihelse_app.standins.record_system.schedule import OSLO
from digihelse_app.standins.record_system.system import System, system_of

STATIC = Path(__file__).parent / "static"
WORK_LIST = "Arbeidsliste"
VISITS = "Besøk"
PAPERS = "Fullmakter"
OPERATION = "Drift"
MONTHS = ["jan.", "feb.", "mars", "april", "mai", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "des."]
MAX_FORM = 100_000
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def page(system: System, title: str, *content: Child, current: str = "", status: int = 200) -> HTMLResponse:
    """A whole page with `title` as its heading. `current` is the one of the links that is open."""
    document = fragment(
        Html("<!doctype html>\n"),
        element("html", _head(system, title), _body(system, title, current, content), lang="nb"),
    )
    return HTMLResponse(document, status, HEADERS)


def _head(system: System, title: str) -> Html:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"{title} – Fagsystem"),
        element("link", rel="stylesheet", href=system.path("/fagsystem.css")),
        element("script", src=system.path("/oppdater.js"), defer=True),
    )


def _body(system: System, title: str, current: str, content: Child) -> Html:
    links = [
        (WORK_LIST, system.path("/")),
        (VISITS, system.path("/besok")),
        (PAPERS, system.path("/fullmakter")),
        (OPERATION, system.path("/drift")),
    ]
    return element(
        "body",
        element("a", "Hopp til innholdet", href="#innhold", class_="skip"),
        element(
            "header",
            element("p", element("strong", "Fagsystem – TESTMILJØ"), class_="banner"),
            element("p", system.organisation.name, " · alle personene er oppdiktet", class_="owner"),
            element(
                "nav",
                [
                    element("a", name, href=path, aria_current="page" if name == current else None)
                    for name, path in links
                ],
                aria_label="Hovedmeny",
            ),
        ),
        element("main", element("h1", title), content, id="innhold", tabindex="-1"),
    )


def notice(text: str, kind: str = "done") -> Html:
    """A line that tells how it went: `done` or `failed`."""
    return element("p", text, role="alert" if kind == "failed" else "status", class_=f"notice {kind}")


def moment(value: datetime | None) -> Html:
    """A moment as one reads it in Norway."""
    if value is None:
        return element("span", "–")
    local = value.astimezone(OSLO)
    words = f"{local.day}. {MONTHS[local.month - 1]} {local.year} kl. {local:%H.%M}"
    return element("time", words, datetime=local.isoformat(timespec="seconds"))


def day(value: date) -> Html:
    """A day as one reads it in Norway."""
    return element("time", f"{value.day}. {MONTHS[value.month - 1]} {value.year}", datetime=value.isoformat())


def section(heading: str, *content: Child) -> Html:
    """A part of a page."""
    return element("section", element("h2", heading), content)


def form_to(system: System, below: str, *content: Child) -> Html:
    """A form that goes to the own page `below`."""
    return element("form", content, method="post", action=system.path(below))


def field(label: str, control: Html, target: str, hint: str = "") -> Html:
    """A labelled control; `target` is the control's id, `hint` is shown below the label."""
    return element(
        "div",
        element("label", label, for_=target),
        element("p", hint, class_="hint", id=f"{target}-hint") if hint else None,
        control,
        class_="field",
    )


def table(caption: str, names: Sequence[str], rows: Sequence[Sequence[Child]]) -> Html:
    """A table that scrolls sideways by itself where it does not fit; the first cell names its row."""
    if not rows:
        return element("p", "Ingen ennå.", class_="empty")
    content = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", [element("th", name, scope="col") for name in names])),
        element("tbody", [_row(row) for row in rows]),
    )
    return element("div", content, class_="wide", tabindex="0", role="region", aria_label=caption)


def _row(cells: Sequence[Child]) -> Html:
    first, *others = cells
    return element("tr", element("th", first, scope="row"), [element("td", cell) for cell in others])


def not_found(system: System) -> Response:
    """The page for an address that leads nowhere."""
    return page(system, "Finner ikke siden", element("p", "Det du leter etter, finnes ikke her."), status=404)


def back_to(system: System, below: str) -> Response:
    """Show another page after a form."""
    return RedirectResponse(system.path(below), 303)


def sent_from_here(request: Request) -> bool:
    """Whether an own page sent the form.

    A browser says by itself where a form comes from (Fetch Metadata); an older one by Origin.
    """
    site = request.headers.get("sec-fetch-site")
    return site == "same-origin" if site else request.headers.get("origin") == system_of(request).origin


async def own_form(request: Request) -> dict[str, str] | None:
    """The form's fields, stripped; None unless the form was sent from an own page."""
    body = await request.body()
    if not sent_from_here(request) or len(body) > MAX_FORM:
        return None
    fields = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return {name: value.strip() for name, value in fields}


def refused(system: System) -> Response:
    """The answer to a form that was sent from elsewhere."""
    return page(
        system, "Skjemaet ble avvist", element("p", "Det ble ikke sendt fra denne siden."), status=403
    )


async def static_file(request: Request) -> Response:
    """The style sheet and the one small script; the routes admit no other name."""
    name = request.url.path.rpartition("/")[2]
    return FileResponse(STATIC / name, headers={"Cache-Control": "max-age=300"})
