"""Signing out everywhere: RP-initiated logout in, front-channel logout out to every client, then back."""

import re
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import Response

from digihelse_app.standins.bankid import sessions
from digihelse_app.standins.bankid.failures import NoRedirectError, OAuthError
from digihelse_app.standins.bankid.forms import form_parameters, query_parameters
from digihelse_app.standins.bankid.frame import Policy, page
from digihelse_app.standins.bankid.keys import ALGORITHM, published_keys
from digihelse_app.standins.bankid.provider import Provider, provider_of
from digihelse_app.standins.bankid.registrations import Client

STATE = re.compile(r"[\x20-\x7E]+")  # ID-porten's rule for the state of a logout
WAIT_SECONDS = 5


@dataclass(frozen=True)
class SignOut:
    """A judged request: whose session, and where the browser continues."""

    sid: str | None
    confirmed: bool
    continue_at: str | None


async def end_session(request: Request) -> Response:
    """OpenID Connect RP-Initiated Logout 1.0, by GET or POST."""
    provider = provider_of(request)
    try:
        parameters = await form_parameters(request) if request.method == "POST" else query_parameters(request)
    except OAuthError as failure:
        raise NoRedirectError("Forespørselen om å logge ut kan ikke leses.") from failure
    wanted = await _judge(request, parameters)
    if wanted.sid is None:
        return _page_without_session(provider, wanted.continue_at)
    if not wanted.confirmed:
        return _page_that_asks(provider)
    ending = await sessions.end(provider, wanted.sid)
    return _page_that_tells(provider, wanted.sid, ending, wanted.continue_at)


async def _judge(request: Request, parameters: dict[str, str]) -> SignOut:
    provider = provider_of(request)
    sso = await sessions.current_session(request)
    if "id_token_hint" not in parameters:
        if "post_logout_redirect_uri" in parameters:
            raise NoRedirectError("Tjenesten ba om å logge ut uten id_token_hint.")
        return SignOut(
            sso.sid if sso else None, confirmed=parameters.get("confirm") == "ja", continue_at=None
        )
    claims = await _hint(provider, parameters["id_token_hint"])
    client = provider.clients.get(str(claims.get("aud")))
    if client is None or parameters.get("client_id", client.client_id) != client.client_id:
        raise NoRedirectError("Tjenesten som ba om å logge ut, er ikke registrert.")
    sid = claims.get("sid") or (sso.sid if sso else None)
    return SignOut(sid, confirmed=True, continue_at=_continuation(client, parameters))


async def _hint(provider: Provider, id_token: str) -> dict[str, Any]:
    """The claims of an id_token of ours; it may have expired, that is what it is for."""
    keys: list[Any] = list(await published_keys(provider))
    try:
        claims = jwt.decode(id_token, KeySet(keys), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError):
        claims = {}
    if claims.get("iss") != provider.issuer:
        raise NoRedirectError("id_token_hint er ikke utstedt her.")
    return claims


def _continuation(client: Client, parameters: dict[str, str]) -> str | None:
    address, state = parameters.get("post_logout_redirect_uri"), parameters.get("state")
    if address is None:
        return None
    if address not in client.post_logout_redirect_uris:
        raise NoRedirectError("Adressen tjenesten vil ha deg sendt til etterpå, er ikke registrert.")
    if state is None:
        return address
    if not STATE.fullmatch(state):
        raise NoRedirectError("state har tegn som ikke er tillatt.")
    return _with_query(address, {"state": state})


def _with_query(address: str, added: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = "&".join(part for part in (parts.query, urlencode(added)) if part)
    return urlunsplit(parts._replace(query=query))


def _page_that_tells(
    provider: Provider, sid: str, ending: sessions.Ending, continue_at: str | None
) -> Response:
    """Tells every client by a frame, the one that asked too. When the session was already gone, ID-porten
    leaves the person here, and so does this.
    """
    clients = [provider.clients[client_id] for client_id in ending.clients if client_id in provider.clients]
    addresses = [(client.name or client.client_id, client.frontchannel_logout_uri) for client in clients]
    listening = [(name, address) for name, address in addresses if address]
    query = {"iss": provider.issuer, "sid": sid}
    parts = [
        "<h1>Du er logget ut</h1>\n<p>Vi sier fra til tjenestene du har brukt.</p>",
        *(_frame(name, _with_query(address, query)) for name, address in listening),
        _onward(continue_at),
    ]
    # A policy's source names an address without its query.
    sources = tuple(sorted({address.partition("?")[0] for _, address in listening}))
    goes_on = ending.was_alive and continue_at is not None
    policy = Policy(frames=sources, script=goes_on)
    response = page(provider, "Du er logget ut", "\n".join(parts), policy)
    if goes_on:
        # For a browser without JavaScript; a header, since a timed meta element fails WCAG 2.2.1.
        response.headers["Refresh"] = f"{WAIT_SECONDS}; url={continue_at}"
    return response


def _frame(name: str, address: str) -> str:
    title = escape(f"Logger ut av {name}")
    return f'<iframe class="offscreen" tabindex="-1" title="{title}" src="{escape(address)}"></iframe>'


def _onward(continue_at: str | None) -> str:
    if continue_at is None:
        return "<p>Du kan lukke vinduet.</p>"
    return f'<p><a class="go" id="onward" href="{escape(continue_at)}">Gå videre</a></p>'


def _page_without_session(provider: Provider, continue_at: str | None) -> Response:
    body = f"<h1>Du er logget ut</h1>\n<p>Innloggingen var allerede avsluttet.</p>\n{_onward(continue_at)}"
    return page(provider, "Du er logget ut", body)


def _page_that_asks(provider: Provider) -> Response:
    body = (
        "<h1>Vil du logge ut?</h1>\n<p>Du logges ut av alle tjenester du har brukt.</p>\n"
        f'<form method="post" action="{escape(provider.path)}/endsession">'
        '<button class="go" name="confirm" value="ja">Logg ut</button></form>'
    )
    return page(provider, "Logg ut", body)
