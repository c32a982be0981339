"""An authorization request, read and judged: by PAR or in the address, always with PKCE."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from digihelse_app.standins.bankid.failures import NoRedirectError, OAuthError
from digihelse_app.standins.bankid.provider import CODE_GRANT, HIGH, LOCALES, SUBSTANTIAL, Provider
from digihelse_app.standins.bankid.registrations import Client

ACR_VALUES = (SUBSTANTIAL, HIGH, "eidas-loa-low", "eidas-loa-substantial", "eidas-loa-high")
PROMPTS = ("login", "none", "consent", "select_account")
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class AuthorizationRequest:
    """A request that may be served. `acr` is the lowest level that satisfies it, `locale` the language."""

    client_id: str
    redirect_uri: str
    scope: str
    code_challenge: str
    acr: str
    locale: str
    prompt: str = ""
    state: str | None = None
    nonce: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the store; `AuthorizationRequest(**row)` reads it back."""
        return asdict(self)


@dataclass(frozen=True)
class ReturnAddress:
    """Where an answer may be sent: client and redirect URI have been compared with the registration."""

    redirect_uri: str
    state: str | None


def return_address(provider: Provider, parameters: Mapping[str, str]) -> tuple[Client, ReturnAddress]:
    """Raises NoRedirectError for an unknown client, or a redirect_uri that is not a registered one."""
    client = provider.clients.get(parameters.get("client_id", ""))
    if client is None or CODE_GRANT not in client.grant_types:
        raise NoRedirectError("Tjenesten som sendte deg hit, er ikke registrert.")
    redirect_uri = parameters.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise NoRedirectError("Adressen tjenesten vil ha deg sendt tilbake til, er ikke registrert.")
    return client, ReturnAddress(redirect_uri, parameters.get("state"))


def judge(client: Client, parameters: Mapping[str, str]) -> AuthorizationRequest:
    """The request of a client whose return address is known to be good. Raises OAuthError."""
    _refuse_what_is_not_offered(parameters)
    scopes = parameters.get("scope", "").split()
    if "openid" not in scopes or not set(scopes) <= set(client.scopes):
        raise OAuthError(
            "invalid_scope", "scope must hold openid, and only what the client is registered for."
        )
    prompt = parameters.get("prompt", "")
    prompts = set(prompt.split())
    if not prompts <= set(PROMPTS) or ("none" in prompts and len(prompts) > 1):
        raise OAuthError("invalid_request", "prompt has an unknown value.")
    return AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=parameters["redirect_uri"],
        scope=" ".join(scopes),
        code_challenge=_challenge(parameters),
        acr=_level(parameters.get("acr_values", "")),
        locale=_locale(parameters.get("ui_locales", "")),
        prompt=prompt,
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
    )


def _refuse_what_is_not_offered(parameters: Mapping[str, str]) -> None:
    if "request" in parameters:
        raise OAuthError("request_not_supported", "Signed request objects are not offered.")
    if "request_uri" in parameters:
        raise OAuthError("request_uri_not_supported", "request_uri must come from the PAR endpoint.")
    if parameters.get("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be code.")
    if parameters.get("response_mode", "query") != "query":
        raise OAuthError("invalid_request", "response_mode must be query.")


def _challenge(parameters: Mapping[str, str]) -> str:
    challenge = parameters.get("code_challenge", "")
    if parameters.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "PKCE with S256 is required.")
    return challenge


def _level(acr_values: str) -> str:
    """The lowest level asked for; substantial when none is, as at ID-porten."""
    asked = acr_values.split()
    if not set(asked) <= set(ACR_VALUES):
        raise OAuthError("invalid_request", "acr_values has an unknown value.")
    national = [value for value in asked if value in (SUBSTANTIAL, HIGH)]
    return HIGH if national == [HIGH] else SUBSTANTIAL


def _locale(ui_locales: str) -> str:
    wanted = (tag.partition("-")[0].lower() for tag in ui_locales.split())
    return next((tag for tag in wanted if tag in LOCALES), LOCALES[0])
