"""A dummy service with its own client, so that single sign-on and sign-out by another service can be staged.

It knows the provider by the wire alone, like any other client.
"""

import base64
import hashlib
from html import escape
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import delete
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digihelse_app.standins.bankid.failures import NoRedirectError
from digihelse_app.standins.bankid.frame import page
from digihelse_app.standins.bankid.keys import ALGORITHM
from digihelse_app.standins.bankid.provider import Provider, provider_of
from digihelse_app.standins.bankid.registrations import Client
from digihelse_app.standins.bankid.store import OtherServiceSession, digest, new_secret

CLIENT_ID = "annen-tjeneste"
COOKIE = "annen_tjeneste"
PENDING_COOKIE = "annen_tjeneste_innlogging"
PENDING_SECONDS = 600


def other_service_client(issuer: str) -> Client:
    """The dummy's registration. Its secret guards nothing, but differs from one address to the next."""
    place = f"{issuer}/annen-tjeneste"
    return Client(
        client_id=CLIENT_ID,
        name="Annen tjeneste",
        redirect_uris=(f"{place}/tilbake",),
        post_logout_redirect_uris=(place,),
        frontchannel_logout_uri=f"{place}/logget-ut-utenfra",
        client_secret=digest(place),
    )


async def home(request: Request) -> Response:
    """Says whether one is signed in, and offers the other."""
    provider = provider_of(request)
    own = await _session(request)
    body = (
        "<h1>Annen tjeneste</h1>\n<p>En tjeneste ved siden av, med egen innlogging.</p>\n"
        f"<p>Du er {'ikke ' if own is None else ''}logget inn.</p>\n"
        f"{_sign_in_link(provider) if own is None else _sign_out_form(provider, own)}"
    )
    return page(provider, "Annen tjeneste", body)


def _sign_in_link(provider: Provider) -> str:
    return f'<p><a class="go" href="{escape(provider.path)}/annen-tjeneste/logg-inn">Logg inn</a></p>'


def _sign_out_form(provider: Provider, own: OtherServiceSession) -> str:
    """Asks the provider by POST: an id_token holds the identity number, and must not stand in an address."""
    fields = {
        "id_token_hint": own.id_token,
        "post_logout_redirect_uri": provider.clients[CLIENT_ID].post_logout_redirect_uris[0],
        "state": new_secret(),
    }
    inputs = "\n".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items()
    )
    return (
        f'<form method="post" action="{escape(provider.path)}/endsession">\n{inputs}\n'
        '<button class="go">Logg ut</button></form>'
    )


async def sign_in(request: Request) -> Response:
    """Sends the browser to the provider; what must be remembered waits in a cookie."""
    provider = provider_of(request)
    state, nonce, verifier = new_secret(), new_secret(), new_secret()
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    client = provider.clients[CLIENT_ID]
    query = {
        "client_id": CLIENT_ID,
        "redirect_uri": client.redirect_uris[0],
        "response_type": "code",
        "scope": "openid profile",
        "state": state,
        "nonce": nonce,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    response = RedirectResponse(provider.address("/authorize?") + urlencode(query), 303)
    _set_cookie(provider, response, PENDING_COOKIE, f"{state}.{nonce}.{verifier}", PENDING_SECONDS)
    return response


async def callback(request: Request) -> Response:
    """Takes the code, fetches and checks the id_token, and opens an own session."""
    provider = provider_of(request)
    state, _, rest = request.cookies.get(PENDING_COOKIE, "").partition(".")
    nonce, _, verifier = rest.partition(".")
    answer = request.query_params
    if not state or answer.get("state") != state or answer.get("iss") != provider.issuer:
        raise NoRedirectError("Svaret hører ikke til en innlogging herfra.")
    if "code" not in answer:
        return RedirectResponse(provider.address("/annen-tjeneste"), 303)
    id_token, claims = await _exchange(provider, answer["code"], verifier)
    if claims.get("nonce") != nonce:
        raise NoRedirectError("Svaret hører ikke til denne innloggingen.")
    cookie = new_secret()
    row = OtherServiceSession(cookie_hash=digest(cookie), sid=claims["sid"], id_token=id_token)
    async with provider.store.transaction() as session:
        session.add(row)
    response = RedirectResponse(provider.address("/annen-tjeneste"), 303)
    _set_cookie(provider, response, COOKIE, cookie)
    return response


async def _exchange(provider: Provider, code: str, verifier: str) -> tuple[str, dict[str, Any]]:
    client = provider.clients[CLIENT_ID]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": verifier,
        "redirect_uri": client.redirect_uris[0],
    }
    async with httpx.AsyncClient(trust_env=False) as http:
        keys = (await http.get(provider.address("/jwks"))).raise_for_status().json()
        basic = httpx.BasicAuth(CLIENT_ID, client.client_secret or "")
        answer = await http.post(provider.address("/token"), data=form, auth=basic)
    id_token: str = answer.raise_for_status().json()["id_token"]
    claims = jwt.decode(id_token, KeySet.import_key_set(keys), algorithms=[ALGORITHM]).claims
    jwt.JWTClaimsRegistry(
        provider.now,
        leeway=10,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": CLIENT_ID},
        exp={"essential": True},
    ).validate(claims)
    return id_token, claims


async def told_from_outside(request: Request) -> Response:
    """Front-channel logout, also of a sign-out begun here: found by sid, since a frame sends no cookie."""
    provider = provider_of(request)
    if request.query_params.get("iss") != provider.issuer:
        raise NoRedirectError("Ukjent avsender.")
    sid = request.query_params.get("sid", "")
    async with provider.store.transaction() as session:
        await session.execute(delete(OtherServiceSession).where(OtherServiceSession.sid == sid))
    policy = f"default-src 'none'; frame-ancestors {_origin(provider)}"
    return Response("", headers={"Cache-Control": "no-store", "Content-Security-Policy": policy})


def _origin(provider: Provider) -> str:
    return provider.issuer.removesuffix(provider.path)


async def _session(request: Request) -> OtherServiceSession | None:
    async with provider_of(request).store.transaction() as session:
        return await session.get(OtherServiceSession, digest(request.cookies.get(COOKIE, "")))


def _set_cookie(
    provider: Provider, response: Response, name: str, value: str, seconds: int | None = None
) -> None:
    path = f"{provider.path}/annen-tjeneste"
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite="lax")
