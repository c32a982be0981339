"""The page between signing out here and signing out at the provider.

It posts the ID token, which holds the identity number and so may stand in no address. And it lets our own
pages keep `form-action 'self'`, which would otherwise have to name where the sign-out form ends up.
"""

from html import escape
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from digihelse_app.outside.identity_provider.requests import SignOut
from digihelse_app.text.catalogue import lookup

ONWARD_SCRIPT_PATH = "/auth/videre.js"
ONWARD_SCRIPT = "document.forms[0].submit();\n"


def onward_page(sign_out: SignOut, language: str, stylesheet: str) -> HTMLResponse:
    """Posts by itself; without script there is a button. Its policy allows this one form its way out."""
    inputs = "\n".join(
        f'          <input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in sign_out.fields.items()
    )
    content = _PAGE.format(
        language=language,
        title=escape(lookup(language, "signin.onward.title")),
        text=escape(lookup(language, "signin.onward.text")),
        button=escape(lookup(language, "signin.onward.button")),
        address=escape(sign_out.address),
        inputs=inputs,
        stylesheet=escape(stylesheet),
        script=ONWARD_SCRIPT_PATH,
    )
    parts = urlsplit(sign_out.address)
    policy = (
        "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action {parts.scheme}://{parts.netloc} 'self'"
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": policy})


_PAGE = """<!doctype html>
<html lang="{language}" data-color-scheme="auto">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
    <title>{title} – Digihelse</title>
    <link rel="stylesheet" href="{stylesheet}">
    <script src="{script}" defer></script>
  </head>
  <body>
    <div class="frame" data-color="accent">
      <main class="page" id="main">
        <h1 class="ds-heading" data-size="lg">{title}</h1>
        <p class="ds-paragraph">{text}</p>
        <form method="post" action="{address}">
{inputs}
          <button class="ds-button" data-variant="primary" data-size="lg" type="submit">{button}</button>
        </form>
      </main>
    </div>
  </body>
</html>
"""
