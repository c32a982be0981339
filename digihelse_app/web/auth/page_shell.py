"""What the few pages beside the app have in common: the head, and the way back to the front page."""

from html import escape

from digihelse_app import routes
from digihelse_app.text.catalogue import lookup


def page(language: str, title: str, content: str, stylesheet: str, script: str = "") -> str:
    """A whole HTML page. `title` is plain text, `content` is HTML, escaped already; `script` an address."""
    brand = escape(lookup(language, "frame.brand"))
    loads = f'<script src="{escape(script)}" defer></script>' if script else ""
    return f"""<!doctype html>
<html lang="{language}" data-color-scheme="auto">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
    <title>{escape(title)} – {brand}</title>
    <link rel="icon" href="/icons/mark.svg">
    <link rel="stylesheet" href="{escape(stylesheet)}">
    {loads}
  </head>
  <body>
    <div class="frame" data-color="accent">
      <header class="bar">
        <div class="top">
        <a class="brand" href="{routes.FRONT}">
          <img src="/icons/mark.svg" alt="" width="36" height="36">{brand}
        </a>
        </div>
      </header>
      <main class="page" id="main">
        <h1 class="ds-heading" data-size="lg">{escape(title)}</h1>
{content}
      </main>
    </div>
  </body>
</html>
"""
