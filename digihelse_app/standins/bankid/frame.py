"""The frame of every page the provider shows, and the headers that guard it."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from digihelse_app.standins.bankid.provider import Provider, provider_of

STATIC = Path(__file__).parent / "static"
DOCUMENT = """<!doctype html>
<html lang="nb">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title} – TestID</title>
<link rel="stylesheet" href="{path}/look.css">
{script}</head>
<body>
<a class="skip" href="#innhold">Hopp til innholdet</a>
<header class="banner">
<p><strong>TESTMILJØ</strong> Dette er ikke BankID. Alle personene er oppdiktet.</p>
</header>
<main id="innhold" tabindex="-1">
{body}
</main>
</body>
</html>
"""


@dataclass(frozen=True)
class Policy:
    """What a page may do beyond showing itself: submit to, and frame, these addresses."""

    form_targets: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    script: bool = False

    def header(self) -> str:
        """The Content-Security-Policy header's value."""
        directives = {
            "default-src": "'none'",
            "style-src": "'self'",
            "script-src": "'self'" if self.script else "'none'",
            "frame-src": " ".join(self.frames) or "'none'",
            "form-action": " ".join(("'self'", *self.form_targets)),
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }
        return "; ".join(f"{name} {value}" for name, value in directives.items())


def origins(addresses: Iterable[str]) -> tuple[str, ...]:
    """The origins of some addresses: a policy also governs where a form's answer redirects."""
    parts = (urlsplit(address) for address in addresses)
    return tuple(sorted({f"{part.scheme}://{part.netloc}" for part in parts}))


def page(
    provider: Provider, title: str, body: str, policy: Policy | None = None, status: int = 200
) -> HTMLResponse:
    """A whole page; `body` is HTML, whoever made it has escaped what is in it."""
    policy = policy or Policy()
    path = escape(provider.path)
    script = f'<script src="{path}/sign_out.js" defer></script>\n' if policy.script else ""
    document = DOCUMENT.format(title=escape(title), path=path, script=script, body=body)
    headers = {
        "Content-Security-Policy": policy.header(),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(document, status, headers)


async def answer_no_redirect(request: Request, failure: Exception) -> Response:
    """A request that cannot be answered where it asks to be: say so here."""
    body = (
        "<h1>Dette gikk ikke</h1>\n"
        f"<p>{escape(str(failure))}</p>\n"
        "<p>Gå tilbake til tjenesten du kom fra, og prøv på nytt.</p>"
    )
    return page(provider_of(request), "Dette gikk ikke", body, status=400)


async def static_file(request: Request) -> Response:
    """The style sheet and the one small script; the route admits no other name."""
    return FileResponse(
        STATIC / request.url.path.rpartition("/")[2], headers={"Cache-Control": "max-age=300"}
    )
