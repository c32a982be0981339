"""The page between signing out here and signing out at the provider.

It posts the ID token, which holds the identity number and so may stand in no address. And it lets our own
pages keep `form-action 'self'`, which would otherwise have to name where the sign-out form ends up.
"""

from html import escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from digihelse_app.outside.identity_provider.requests import SignOut
from digihelse_app.text.catalogue import lookup
from digihelse_app.web.auth.page_shell import page

ONWARD_SCRIPT_PATH = "/auth/videre.js"
ONWARD_SCRIPT = "document.forms[0].submit();\n"


def onward_page(sign_out: SignOut, language: str, stylesheet: str) -> HTMLResponse:
    """Posts by itself; without script there is a button. Its policy allows this one form its way out."""
    inputs = "\n".join(
        f'          <input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in sign_out.fields.items()
    )
    content = _CONTENT.format(
        text=escape(lookup(language, "signin.onward.text")),
        button=escape(lookup(language, "signin.onward.button")),
        address=escape(sign_out.address),
        inputs=inputs,
    )
    title = lookup(language, "signin.onward.title")
    parts = urlsplit(sign_out.address)
    policy = (
        "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; script-src 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'; form-action {parts.scheme}://{parts.netloc} 'self'"
    )
    whole = page(language, title, content, stylesheet, ONWARD_SCRIPT_PATH)
    return HTMLResponse(whole, headers={"Content-Security-Policy": policy})


_CONTENT = """\
        <p class="ds-paragraph">{text}</p>
        <form method="post" action="{address}">
{inputs}
          <button class="ds-button" data-variant="primary" data-size="lg" type="submit">{button}</button>
        </form>"""
