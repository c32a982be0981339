"""The addresses of signing in and out, and what each does."""

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from digihelse_app import routes as addresses
from digihelse_app.outside import log
from digihelse_app.outside.identity_provider.failures import Failure, SignInError
from digihelse_app.outside.identity_provider.relying_party import RelyingParty
from digihelse_app.outside.identity_provider.requests import SignOut, new_question
from digihelse_app.outside.registers.answers import Registers
from digihelse_app.services import devices, logins, sessions
from digihelse_app.services.sign_in import sign_in
from digihelse_app.settings import Settings
from digihelse_app.web.auth import cookies
from digihelse_app.web.auth.failure_page import failure_page
from digihelse_app.web.auth.onward_page import ONWARD_SCRIPT, ONWARD_SCRIPT_PATH, onward_page
from digihelse_app.web.auth.request_checks import is_from_our_pages, language_of, return_path

logger = logging.getLogger(__name__)

_NOT_STORED = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
Endpoint = Callable[[Request], Awaitable[Response]]


def routes(
    party: RelyingParty, registers: Registers, settings: Settings, *, stylesheet: str = "/app.css"
) -> list[Route]:
    """The routes to mount beside the app; `stylesheet` is the address of its styles."""
    auth = _Auth(party, registers, settings, stylesheet)
    sessions.configure(timedelta(minutes=settings.idle_minutes), timedelta(minutes=settings.absolute_minutes))
    table: list[tuple[str, Endpoint, str]] = [
        (addresses.LOGIN, auth.friendly(auth.login), "GET"),
        (addresses.CALLBACK, auth.friendly(auth.callback), "GET"),
        (addresses.LOGOUT, auth.logout, "POST"),
        (addresses.LOGOUT_CALLBACK, auth.logged_out, "GET"),
        (addresses.FRONTCHANNEL_LOGOUT, auth.logged_out_elsewhere, "GET"),
        (addresses.EXTEND, auth.extend, "POST"),
        (ONWARD_SCRIPT_PATH, auth.onward_script, "GET"),
    ]
    return [Route(path, _careful(endpoint), methods=[method]) for path, endpoint, method in table]


def _careful(endpoint: Endpoint) -> Endpoint:
    """Each request with its correlation id, and no answer kept in any cache or told to another site."""

    async def handle(request: Request) -> Response:
        if request.method == "HEAD":  # somebody's link checker, which may not use a login up
            return Response(status_code=405)
        with log.correlated():
            response = await endpoint(request)
        response.headers.update(_NOT_STORED)
        return response

    return handle


class _Auth:
    """The endpoints, with what they need."""

    def __init__(
        self, party: RelyingParty, registers: Registers, settings: Settings, stylesheet: str
    ) -> None:
        self._party = party
        self._registers = registers
        self._settings = settings
        self._stylesheet = stylesheet
        self._cookies = cookies.for_settings(settings)

    def friendly(self, endpoint: Endpoint) -> Endpoint:
        """`endpoint`, with a page to read also when the fault is our own."""

        async def handle(request: Request) -> Response:
            try:
                return await endpoint(request)
            except Exception as error:
                logger.exception("signing in failed: %s", type(error).__name__)
                unexpected = SignInError(Failure.UNEXPECTED, type(error).__name__)
                return self._failed(unexpected, language_of(request), addresses.HOME)

        return handle

    async def login(self, request: Request) -> Response:
        """Sends the browser to the provider. `next` is where to come back to, `prompt=login` defeats SSO."""
        language = language_of(request)
        back_to = return_path(request.query_params.get("next", ""))
        again = request.query_params.get("prompt") == "login"
        question = new_question(language, prompt_login=again or self._party.profile.prompt == "login")
        browser = self._cookies.browser_secret(request)
        try:
            address = await self._party.authorization_url(question)
            await logins.begin_login(question, browser, back_to)
        except SignInError as error:
            return self._failed(error, language, back_to)
        response = RedirectResponse(address, 303)
        self._cookies.remember_browser(response, browser)
        return response

    async def callback(self, request: Request) -> Response:
        """Takes the provider's answer, checks all of it, and opens a session."""
        answer = dict(request.query_params)
        language, back_to = language_of(request), addresses.HOME
        try:
            login = await logins.take_login(answer.get("state", ""), self._cookies.browser_secret(request))
            language, back_to = login.language, login.return_path
            identity = await self._party.identify(answer, login.code_verifier, login.expected)
            replaced = self._cookies.session_secret(request)
            opened = await sign_in(identity, self._registers, language, replaced)
            device = self._cookies.device_secret(request)
            await devices.recognise(opened.person_id, device, request.headers.get("user-agent", ""))
        except SignInError as error:
            return self._failed(error, language, back_to)
        response = RedirectResponse(back_to, 303)
        self._cookies.open_session(response, opened.secret)
        self._cookies.remember_device(response, device)
        return response

    def _failed(self, error: SignInError, language: str, back_to: str) -> Response:
        level = logging.INFO if error.failure is Failure.CANCELLED else logging.WARNING
        logger.log(level, "signing in stopped: %s", error)
        return failure_page(
            error.failure,
            language,
            correlation_id=log.correlation_id(),
            return_path=back_to,
            helpline=self._settings.helpline,
            stylesheet=self._stylesheet,
        )

    async def logout(self, request: Request) -> Response:
        """Signs out here, and then at the provider."""
        if not is_from_our_pages(request, self._settings.base_url):
            return Response(status_code=403)
        ended = await sessions.end_for_browser(self._cookies.session_secret(request))
        way_out = await self._way_out(ended)
        if way_out is None:
            response: Response = RedirectResponse(addresses.SIGNED_OUT, 303)
        else:
            response = onward_page(way_out, language_of(request), self._stylesheet)
        self._cookies.close_session(response)
        return response

    async def _way_out(self, ended: sessions.EndedSession | None) -> SignOut | None:
        if ended is None or ended.id_token is None or ended.issuer != self._party.profile.issuer:
            return None
        try:
            return await self._party.end_session(ended.id_token)
        except SignInError as error:  # signed out here at least: that was the promise
            logger.warning("signing out at the provider failed: %s", error)
            return None

    async def onward_script(self, _request: Request) -> Response:
        """Posts the form of `onward_page`; a file of its own, since no page may run inline script."""
        return Response(ONWARD_SCRIPT, media_type="text/javascript")

    async def logged_out(self, _request: Request) -> Response:
        """Where the provider sends the browser after signing out there."""
        return RedirectResponse(addresses.SIGNED_OUT, 303)

    async def logged_out_elsewhere(self, request: Request) -> Response:
        """Front-channel logout: a frame on the provider's page, without cookies, that names the session.

        The answer is the same whether there was one. ID-porten's own example ends `iss` with a slash.
        """
        issuer, sid = request.query_params.get("iss", ""), request.query_params.get("sid", "")
        ours = self._party.profile.issuer
        if self._party.profile.logout == "front-channel" and issuer in (ours, f"{ours}/"):
            ended = await sessions.end_by_provider_sid(ours, sid)
            logger.info("front-channel logout ended %d sessions", ended)
        ancestors = " ".join(self._party.profile.frame_ancestors) or "'none'"
        policy = f"default-src 'none'; frame-ancestors {ancestors}"
        page = "<!doctype html><html lang=en><title>Signed out</title></html>"
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    async def extend(self, request: Request) -> Response:
        """Stay signed in. 204 when the session goes on, 401 when it is over."""
        if not is_from_our_pages(request, self._settings.base_url):
            return Response(status_code=403)
        live = await sessions.find(self._cookies.session_secret(request))
        if live is None or await sessions.touch(live.id) is None:
            return Response(status_code=401)
        return Response(status_code=204)
