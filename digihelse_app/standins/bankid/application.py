"""Puts the provider together: the addresses, and what answers at each."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.routing import Route

from digihelse_app.standins.bankid import authorize, other_service, sign_out
from digihelse_app.standins.bankid.discovery import configuration
from digihelse_app.standins.bankid.failures import NoRedirectError, OAuthError, answer_oauth_error
from digihelse_app.standins.bankid.frame import answer_no_redirect, static_file
from digihelse_app.standins.bankid.keys import jwks
from digihelse_app.standins.bankid.operator_page import operator, rotate_keys
from digihelse_app.standins.bankid.provider import Provider, require_loopback
from digihelse_app.standins.bankid.pushed_requests import par
from digihelse_app.standins.bankid.registrations import Client, TestPerson, by_key
from digihelse_app.standins.bankid.store import Store
from digihelse_app.standins.bankid.tokens import token
from digihelse_app.standins.bankid.userinfo import userinfo

ROUTES = [
    Route("/.well-known/openid-configuration", configuration),
    Route("/jwks", jwks),
    Route("/par", par, methods=["POST"]),
    Route("/authorize", authorize.authorize),
    Route("/authorize/login", authorize.login),
    Route("/authorize/decision", authorize.decide, methods=["POST"]),
    Route("/token", token, methods=["POST"]),
    Route("/userinfo", userinfo, methods=["GET", "POST"]),
    Route("/endsession", sign_out.end_session, methods=["GET", "POST"]),
    Route("/look.css", static_file),
    Route("/sign_out.js", static_file),
    Route("/drift", operator),
    Route("/drift", rotate_keys, methods=["POST"]),
    Route("/annen-tjeneste", other_service.home),
    Route("/annen-tjeneste/logg-inn", other_service.sign_in),
    Route("/annen-tjeneste/tilbake", other_service.callback),
    Route("/annen-tjeneste/logget-ut-utenfra", other_service.told_from_outside),
]


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create(
    *,
    issuer: str,
    database_url: str,
    clients: Sequence[Client],
    people: Sequence[TestPerson],
    clock: Callable[[], datetime] = _utc_now,
) -> Starlette:
    """The provider as an ASGI app, to be mounted at the issuer's path.

    `issuer` is the exact address without a trailing slash; ValueError unless it is loopback. `database_url`
    is an async SQLAlchemy URL, of a file or server that every worker shares; tables are made on first use.
    `clock` gives the time with its zone.
    """
    require_loopback(issuer)
    registered = {
        client.client_id: client for client in (*clients, other_service.other_service_client(issuer))
    }
    app = Starlette(
        routes=ROUTES,
        exception_handlers={OAuthError: answer_oauth_error, NoRedirectError: answer_no_redirect},
    )
    app.state.provider = Provider(issuer, registered, by_key(people), Store(database_url), clock)
    return app
