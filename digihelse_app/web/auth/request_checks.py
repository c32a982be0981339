"""What a request must be: from our own pages when it changes something, never a way out to another site."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request

from digihelse_app import routes
from digihelse_app.text.catalogue import FALLBACK, LANGUAGES

_MAX_RETURN_PATH = 300
_LANGUAGE_OF = {"no": "nb", "nb": "nb", "nn": "nn", "en": "en", "se": "se"}


def is_from_our_pages(request: Request, base_url: str) -> bool:
    """Whether a page of ours sent this POST: by the browser's own word, which no page can change.

    A browser that sends neither Sec-Fetch-Site nor Origin is refused.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    # A page with a strict referrer policy sends "null"; then Sec-Fetch-Site has spoken.
    if origin is None or origin == "null":
        return site == "same-origin"
    return origin == base_url


def return_path(wanted: str) -> str:
    """The page to come to after signing in: a page of ours with its query, or the home page."""
    if len(wanted) > _MAX_RETURN_PATH or not wanted.startswith("/") or not wanted.isprintable():
        return routes.HOME
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return routes.HOME
    path = parts.path.rstrip("/") or routes.FRONT
    if parts.scheme or parts.netloc or path not in routes.PAGES - {routes.FRONT, routes.SIGNED_OUT}:
        return routes.HOME
    query = urlencode(parse_qsl(parts.query))
    return f"{path}?{query}" if query else path


def language_of(request: Request) -> str:
    """The language before anyone is signed in: chosen in the address, or the browser's first of ours."""
    chosen = request.query_params.get("language", "")
    if chosen in LANGUAGES:
        return chosen
    for entry in request.headers.get("accept-language", "")[:200].split(","):
        tag = entry.partition(";")[0].strip().partition("-")[0].lower()
        if tag in _LANGUAGE_OF:
            return _LANGUAGE_OF[tag]
    return FALLBACK
