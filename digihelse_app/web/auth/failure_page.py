"""The page one meets when signing in stopped: what happened, what to do, whom to call."""

from html import escape
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from digihelse_app import routes
from digihelse_app.outside.identity_provider.failures import Failure
from digihelse_app.text.catalogue import lookup
from digihelse_app.web.auth.page_shell import page

_STATUS = {
    Failure.CANCELLED: 200,
    Failure.PROVIDER_DOWN: 503,
    Failure.REGISTER_DOWN: 503,
    Failure.UNEXPECTED: 500,
    Failure.LEVEL_TOO_LOW: 403,
    Failure.NO_PID: 403,
    Failure.NOT_REGISTERED: 403,
    Failure.DECEASED: 403,
    Failure.TEST_IDENTITY: 403,
}
_AGAIN_AS_NEW = frozenset({Failure.LEVEL_TOO_LOW, Failure.NO_PID, Failure.TEST_IDENTITY})
"""Failures where single sign-on would only give the same answer again."""


def failure_page(
    failure: Failure, language: str, *, correlation_id: str, return_path: str, helpline: str, stylesheet: str
) -> HTMLResponse:
    """A whole page in `language`, without script. `correlation_id` is shown, to be read out on the phone."""
    again = {"next": return_path, "language": language}
    if failure in _AGAIN_AS_NEW:
        again["prompt"] = "login"
    title = lookup(language, f"signin.failure.{failure}.title")
    texts = {
        "text": lookup(language, f"signin.failure.{failure}.text"),
        "retry": lookup(language, "signin.retry"),
        "front": lookup(language, "signin.front"),
        "help": lookup(language, "signin.help"),
        "code": lookup(language, "signin.code", code=correlation_id),
        "again": f"{routes.LOGIN}?{urlencode(again)}",
        "home": routes.FRONT,
        "phone": helpline.replace(" ", "\u00a0"),  # a number is read in one go, on one line
        "dial": "tel:+47" + helpline.replace(" ", ""),
    }
    content = _CONTENT.format(**{name: escape(text) for name, text in texts.items()})
    return HTMLResponse(page(language, title, content, stylesheet), _STATUS.get(failure, 400))


_CONTENT = """\
        <p class="ds-paragraph">{text}</p>
        <a class="ds-button" data-variant="primary" data-size="lg" href="{again}">{retry}</a>
        <a class="ds-button" data-variant="secondary" data-size="lg" href="{home}">{front}</a>
        <p class="ds-paragraph">{help} <a class="ds-link" href="{dial}">{phone}</a></p>
        <p class="ds-paragraph muted">{code}</p>"""
