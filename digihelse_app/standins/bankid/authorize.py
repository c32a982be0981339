"""The front door: an authorization request in, a choice by the person, an answer back to the client."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from sqlalchemy import delete, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from digihelse_app.standins.bankid import sessions
from digihelse_app.standins.bankid.authorization_request import (
    AuthorizationRequest,
    ReturnAddress,
    judge,
    return_address,
)
from digihelse_app.standins.bankid.failures import NoRedirectError, OAuthError
from digihelse_app.standins.bankid.faults import FAULTS, WRONG_ISSUER_PARAMETER, foreign_issuer
from digihelse_app.standins.bankid.forms import form_parameters, query_parameters
from digihelse_app.standins.bankid.login_page import login_page
from digihelse_app.standins.bankid.provider import HIGH, SUBSTANTIAL, Provider, provider_of
from digihelse_app.standins.bankid.pushed_requests import take
from digihelse_app.standins.bankid.store import (
    AuthorizationCode,
    Interaction,
    SsoSession,
    digest,
    new_secret,
    sweep,
)

CODE_LIFETIME = 60
INTERACTION_LIFETIME = 10 * 60


async def authorize(request: Request) -> Response:
    """Answers at once by single sign-on, or sends the browser to the login page."""
    provider = provider_of(request)
    try:
        parameters = query_parameters(request)
    except OAuthError as failure:
        raise NoRedirectError("Forespørselen kan ikke leses.") from failure
    if "request_uri" in parameters:
        parameters = await take(provider, parameters["request_uri"], parameters.get("client_id", ""))
    client, back = return_address(provider, parameters)
    try:
        wanted = judge(client, parameters)
        sso = await _usable_session(request, wanted)
    except OAuthError as failure:
        return _failed(provider, back, failure.error, failure.description)
    if sso is not None:
        return await _signed_in(provider, wanted, sso)
    interaction = await _remember(provider, wanted)
    return RedirectResponse(provider.address(f"/authorize/login?interaction={interaction}"), 303)


async def _usable_session(request: Request, wanted: AuthorizationRequest) -> SsoSession | None:
    sso = await sessions.current_session(request)
    if "login" in wanted.prompt.split() or "select_account" in wanted.prompt.split():
        return None
    if sso is not None and (sso.acr == HIGH or wanted.acr == SUBSTANTIAL):
        return sso
    if wanted.prompt == "none":
        raise OAuthError("login_required", "There is no session that can be used.")
    return None


async def _remember(provider: Provider, wanted: AuthorizationRequest) -> str:
    now = provider.now()
    row = Interaction(id=new_secret(), parameters=wanted.as_dict(), expires_at=now + INTERACTION_LIFETIME)
    async with provider.store.transaction() as session:
        await sweep(session, now)
        session.add(row)
    return row.id


async def login(request: Request) -> Response:
    """The login page; it can be reloaded."""
    provider = provider_of(request)
    interaction = request.query_params.get("interaction", "")
    async with provider.store.transaction() as session:
        row = await session.get(Interaction, interaction)
    wanted = _still_waiting(provider, row)
    return login_page(provider, interaction, wanted)


async def decide(request: Request) -> Response:
    """What the person pressed: someone's name, or Avbryt. Each interaction is answered once."""
    provider = provider_of(request)
    form = await form_parameters(request)
    interaction = Interaction.id == form.get("interaction", "")
    async with provider.store.transaction() as session:
        row = await session.scalar(select(Interaction).where(interaction))
        await session.execute(delete(Interaction).where(interaction))
    wanted = _still_waiting(provider, row)
    if "cancel" in form:
        back = ReturnAddress(wanted.redirect_uri, wanted.state)
        return _failed(provider, back, "access_denied", "The person cancelled.")
    person, level, fault = form.get("person", ""), form.get("level", HIGH), form.get("fault", "")
    if person not in provider.people or level not in (HIGH, SUBSTANTIAL) or fault not in ("", *FAULTS):
        raise NoRedirectError("Valget finnes ikke.")
    sso, cookie = await sessions.begin(provider, person, level, await sessions.current_session(request))
    response = await _signed_in(provider, wanted, sso, fault)
    sessions.set_cookie(provider, response, cookie)
    return response


def _still_waiting(provider: Provider, row: Interaction | None) -> AuthorizationRequest:
    if row is None or row.expires_at < provider.now():
        raise NoRedirectError("Innloggingen har ventet for lenge, eller er brukt før.")
    return AuthorizationRequest(**row.parameters)


async def _signed_in(
    provider: Provider, wanted: AuthorizationRequest, sso: SsoSession, fault: str = ""
) -> Response:
    now, code = provider.now(), new_secret()
    row = AuthorizationCode(
        code_hash=digest(code),
        client_id=wanted.client_id,
        request=wanted.as_dict(),
        sid=sso.sid,
        person=sso.person,
        acr=sso.acr,
        auth_time=sso.auth_time,
        fault=fault,
        expires_at=now + CODE_LIFETIME,
        used=False,
    )
    async with provider.store.transaction() as session:
        session.add(row)
        await sessions.touch(session, sso, wanted.client_id, now)
    issuer = foreign_issuer(provider) if fault == WRONG_ISSUER_PARAMETER else provider.issuer
    return _back(ReturnAddress(wanted.redirect_uri, wanted.state), {"code": code, "iss": issuer})


def _failed(provider: Provider, back: ReturnAddress, error: str, description: str) -> Response:
    return _back(back, {"error": error, "error_description": description, "iss": provider.issuer})


def _back(back: ReturnAddress, answer: dict[str, str]) -> Response:
    parts = urlsplit(back.redirect_uri)
    state = {"state": back.state} if back.state is not None else {}
    query = urlencode([*parse_qsl(parts.query), *answer.items(), *state.items()])
    response = RedirectResponse(urlunsplit(parts._replace(query=query)), 303)
    response.headers["Cache-Control"] = "no-store"
    return response
