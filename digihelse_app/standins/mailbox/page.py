"""The page that shows what was sent."""

from collections.abc import Sequence
from datetime import datetime

from starlette.responses import HTMLResponse

from digihelse_app.standins.mailbox.tables import Sent
from digihelse_app.standins.record_system.html import Html, element, fragment
from digihelse_app.standins.record_system.schedule import OSLO

FAULTS = {
    "down": "Nede: svarer 503 og tar ikke imot noe",
    "slow": "Treg: svarer etter fem sekunder",
    "lost": "500: tar imot, men svarer 500, så kvitteringen blir borte",
}
KINDS = {"sms": "SMS", "mail": "E-post"}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def show(root: str, sent: Sequence[Sent], faults: set[str]) -> HTMLResponse:
    """The whole page; `root` is the path it is mounted at."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", "Varsler som er sendt – TESTMILJØ"),
        element("link", rel="stylesheet", href=f"{root}/varsler.css"),
        element("script", src=f"{root}/oppdater.js", defer=True),
    )
    body = element(
        "body",
        element("a", "Hopp til innholdet", href="#innhold", class_="skip"),
        element(
            "header",
            element("p", element("strong", "Varsler – TESTMILJØ"), class_="banner"),
        ),
        element(
            "main",
            element("h1", "Varsler som er sendt"),
            element(
                "p", "Her ser du SMS og e-post fra Digihelse. Ingenting blir sendt til noen.", class_="about"
            ),
            element("div", _list(sent), id="oppdateres"),
            _switches(root, faults),
            id="innhold",
            tabindex="-1",
        ),
    )
    document = fragment(Html("<!doctype html>\n"), element("html", head, body, lang="nb"))
    return HTMLResponse(document, headers=HEADERS)


def _list(sent: Sequence[Sent]) -> Html:
    if not sent:
        return element("p", "Ingen varsler er sendt ennå.", class_="empty")
    return element("ol", [_item(one) for one in sent], class_="sent")


def _item(one: Sent) -> Html:
    times = f"Overlevert {one.handed_over} ganger, sendt én gang." if one.handed_over > 1 else ""
    return element(
        "li",
        element(
            "p",
            element("strong", KINDS[one.kind]),
            " til ",
            element("span", one.recipient, class_="to"),
            " · ",
            _moment(one.at),
            class_="by",
        ),
        element("p", element("strong", one.subject)) if one.subject else None,
        element("p", one.text, class_="text"),
        element("p", times, class_="about") if times else None,
    )


def _moment(value: datetime) -> Html:
    local = value.astimezone(OSLO)
    words = f"{local:%d.%m.%Y} kl. {local:%H.%M.%S}"
    return element("time", words, datetime=local.isoformat(timespec="seconds"))


def _switches(root: str, faults: set[str]) -> Html:
    boxes = [
        element(
            "label",
            element("input", type="checkbox", name=name, value="on", checked=name in faults),
            text,
            class_="choice",
        )
        for name, text in FAULTS.items()
    ]
    return element(
        "section",
        element("h2", "Feil med vilje"),
        element(
            "form",
            element("fieldset", element("legend", "Når Digihelse leverer varsler hit"), boxes),
            element("button", "Lagre feilbrytere", type="submit"),
            method="post",
            action=f"{root}/feil",
        ),
    )
