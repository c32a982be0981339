"""The relying party: sends a person to the provider, and makes an identity of what comes back."""

import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from digihelse_app import routes
from digihelse_app.outside import clock, oauth_client
from digihelse_app.outside.dpop import ProofKey
from digihelse_app.outside.identity_provider import validation
from digihelse_app.outside.identity_provider.failures import Failure, SignInError
from digihelse_app.outside.identity_provider.metadata import MetadataError, PublishedMetadata
from digihelse_app.outside.identity_provider.profile import OidcProfile
from digihelse_app.outside.identity_provider.requests import Question, SignOut
from digihelse_app.outside.identity_provider.validation import Expected, Identity, UnknownKeyError
from digihelse_app.outside.signing_keys import Assertion, SigningKeys

_METHODS = {"basic": "client_secret_basic", "post": "client_secret_post"}


class RelyingParty:
    """This app at one provider. `base_url` is the app's own address, without a trailing slash.

    Every method raises SignInError, and nothing else, when the provider does not do its part.
    """

    def __init__(
        self, profile: OidcProfile, keys: SigningKeys, base_url: str, synthetic_offsets: Collection[int]
    ) -> None:
        self.profile = profile
        self._keys = keys
        self._base_url = base_url
        self._synthetic_offsets = synthetic_offsets
        self._metadata = PublishedMetadata(profile.issuer, oauth_client.http_client)
        self._proof_key = ProofKey() if profile.dpop else None

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends a person back to; to be registered there."""
        return self._base_url + routes.CALLBACK

    @property
    def post_logout_redirect_uri(self) -> str:
        """Where the provider sends a person back to after signing out; to be registered there."""
        return self._base_url + routes.LOGOUT_CALLBACK

    async def authorization_url(self, question: Question) -> str:
        """Where to send the browser. The request itself goes by the back channel (PAR) when offered."""
        parameters = self._parameters(question)
        async with _provider_faults(), self._oauth_client() as client:
            document = await self._metadata.document()
            endpoint = document.get("pushed_authorization_request_endpoint")
            if self.profile.par == "required" and not endpoint:
                raise SignInError(Failure.PROVIDER_DOWN, "no PAR endpoint")
            if endpoint and self.profile.par != "off":
                request_uri = await self._push(client, endpoint, parameters)
                parameters = {"client_id": self.profile.client_id, "request_uri": request_uri}
            return _with_query(_endpoint(document, "authorization_endpoint"), parameters)

    def _parameters(self, question: Question) -> dict[str, str]:
        profile = self.profile
        optional = {
            "acr_values": profile.acr_values,
            "ui_locales": profile.ui_locales.get(question.language, ""),
            "prompt": "login" if question.prompt_login else profile.prompt,
        }
        return {
            "client_id": profile.client_id,
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "scope": profile.scopes,
            "state": question.state,
            "nonce": question.nonce,
            "code_challenge": create_s256_code_challenge(question.code_verifier),
            "code_challenge_method": "S256",
            **{name: value for name, value in optional.items() if value},
        }

    async def _push(self, client: Any, endpoint: str, parameters: dict[str, str]) -> str:
        answer = await client.request(
            "POST",
            endpoint,
            data=parameters,
            withhold_token=True,
            auth=client.client_auth(client.token_endpoint_auth_method),
            headers=self._proof(endpoint),
        )
        if answer.status_code >= 500:
            answer.raise_for_status()
        content = answer.json()
        if answer.status_code >= 400:
            raise SignInError(Failure.REFUSED, f"par {_error_code(content)}")
        return content["request_uri"]

    async def identify(self, answer: Mapping[str, str], code_verifier: str, expected: Expected) -> Identity:
        """The person the provider's `answer` (the callback's query) stands for.

        `code_verifier` and `expected` are what was kept of the question.
        """
        async with _provider_faults():
            code = await self._code(answer)
            tokens = await self._redeem(code, code_verifier)
            id_token = tokens.get("id_token")
            if not isinstance(id_token, str):
                raise SignInError(Failure.INVALID_TOKEN, "no id_token")
            claims = await self._verified(id_token, expected)
            personal = claims
            if self.profile.pid_source == "userinfo":
                personal = await self._userinfo(tokens, claims["sub"])
        return validation.identity_of(claims, personal, self.profile, id_token, self._synthetic_offsets)

    async def _code(self, answer: Mapping[str, str]) -> str:
        document = await self._metadata.document()
        demanded = self.profile.require_iss or document.get("authorization_response_iss_parameter_supported")
        if (demanded or "iss" in answer) and answer.get("iss") != self.profile.issuer:  # RFC 9207
            raise SignInError(Failure.WRONG_ISS)
        if error := answer.get("error"):
            cancelled = error == "access_denied"
            raise SignInError(Failure.CANCELLED if cancelled else Failure.REFUSED, _error_code(answer))
        if not answer.get("code"):
            raise SignInError(Failure.REFUSED, "no code")
        return answer["code"]

    async def _redeem(self, code: str, code_verifier: str) -> Mapping[str, Any]:
        endpoint = _endpoint(await self._metadata.document(), "token_endpoint")
        async with self._oauth_client() as client:
            return await client.fetch_token(
                endpoint,
                grant_type="authorization_code",
                code=code,
                redirect_uri=self.redirect_uri,
                code_verifier=code_verifier,
                client_id=self.profile.client_id,  # ID-porten wants it beside the assertion
                headers={"Accept": "application/json", **self._proof(endpoint)},
            )

    async def _verified(self, id_token: str, expected: Expected) -> dict[str, Any]:
        started = clock.now()
        keys = await self._metadata.keys()
        try:
            return validation.verified_claims(id_token, keys, self.profile, expected)
        except UnknownKeyError:
            keys = await self._metadata.keys(not_older_than=started)
        try:
            return validation.verified_claims(id_token, keys, self.profile, expected)
        except UnknownKeyError:
            raise SignInError(Failure.INVALID_TOKEN, "signature") from None

    async def _userinfo(self, tokens: Mapping[str, Any], subject: str) -> Mapping[str, Any]:
        endpoint = _endpoint(await self._metadata.document(), "userinfo_endpoint")
        async with oauth_client.http_client() as client:
            answer = await client.get(
                endpoint, headers={"Authorization": f"Bearer {tokens.get('access_token', '')}"}
            )
        answer.raise_for_status()
        content = answer.json()
        if not isinstance(content, dict) or content.get("sub") != subject:  # OpenID Connect Core 5.3.2
            raise SignInError(Failure.INVALID_TOKEN, "userinfo sub")
        return content

    async def end_session(self, id_token: str) -> SignOut | None:
        """How to sign the browser out at the provider too; None when it offers no such thing."""
        async with _provider_faults():
            endpoint = (await self._metadata.document()).get("end_session_endpoint")
        if not endpoint:
            return None
        fields = {
            "id_token_hint": id_token,
            "post_logout_redirect_uri": self.post_logout_redirect_uri,
            "state": secrets.token_urlsafe(16),
        }
        return SignOut(endpoint, fields)

    def _oauth_client(self) -> Any:  # an AsyncOAuth2Client, which types do not know for an httpx.AsyncClient
        profile = self.profile
        if profile.client_auth != "private_key_jwt":
            method = _METHODS[profile.client_auth]
            return oauth_client.by_secret(profile.client_id, profile.client_secret, method)
        assertion = Assertion(
            profile.client_id, profile.assertion_is_for, self._keys, profile.assertion_lifetime
        )
        return oauth_client.by_assertion(profile.client_id, assertion)

    def _proof(self, endpoint: str) -> dict[str, str]:
        return {"DPoP": self._proof_key.proof("POST", endpoint)} if self._proof_key else {}


@asynccontextmanager
async def _provider_faults() -> AsyncIterator[None]:
    """Turns whatever a failing provider makes the libraries raise into SignInError."""
    try:
        yield
    except oauth_client.OAuthError as error:
        # A code that is used up or too old is the person's own doing: going back, or waiting too long.
        expired = error.error == "invalid_grant"
        raise SignInError(
            Failure.EXPIRED if expired else Failure.REFUSED, _error_code({"error": error.error})
        ) from None
    except httpx.HTTPError as error:
        raise SignInError(Failure.PROVIDER_DOWN, type(error).__name__) from None
    except MetadataError as error:
        raise SignInError(Failure.PROVIDER_DOWN, f"metadata {error}") from None
    except (ValueError, TypeError, KeyError):
        raise SignInError(Failure.PROVIDER_DOWN, "unreadable answer") from None


def _endpoint(document: Mapping[str, Any], name: str) -> str:
    address = document.get(name)
    if not address:
        raise SignInError(Failure.PROVIDER_DOWN, f"no {name}")
    return address


def _error_code(answer: Mapping[str, Any]) -> str:
    """The protocol's error code, if it is one; what else a provider may have written stays out of the log."""
    code = str(answer.get("error", ""))
    return code if code.isascii() and code.replace("_", "").isalpha() and len(code) <= 40 else "unknown"


def _with_query(address: str, parameters: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parameters)}"
