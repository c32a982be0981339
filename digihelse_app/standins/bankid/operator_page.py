"""The operator's page: which keys are published, and a switch that rotates them."""

from html import escape

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digihelse_app.standins.bankid.frame import page
from digihelse_app.standins.bankid.keys import published_keys, rotate
from digihelse_app.standins.bankid.provider import provider_of


async def operator(request: Request) -> Response:
    """Lists the published keys."""
    provider = provider_of(request)
    uses = ("signerer nå", "publiseres fortsatt")
    keys = "\n".join(
        f"<li><code>{escape(key.kid or '')}</code> – {use}</li>"
        for key, use in zip(await published_keys(provider), uses, strict=False)
    )
    body = (
        f'<h1>Drift</h1>\n<h2>Signeringsnøkler</h2>\n<ul class="plain">\n{keys}\n</ul>\n'
        f'<form method="post" action="{escape(provider.path)}/drift">'
        '<button class="go">Bytt signeringsnøkkel</button></form>\n'
        f'<p><a href="{escape(provider.path)}/annen-tjeneste">Annen tjeneste</a></p>'
    )
    return page(provider, "Drift", body)


async def rotate_keys(request: Request) -> Response:
    """Rotates, and shows the page again."""
    provider = provider_of(request)
    await rotate(provider)
    return RedirectResponse(provider.address("/drift"), 303)
