"""The checks of an ID token: OpenID Connect Core 3.1.3.7, made as strict as ID-porten asks for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from digihelse_app.models import national_id
from digihelse_app.outside import clock
from digihelse_app.outside.identity_provider.failures import Failure, SignInError
from digihelse_app.outside.identity_provider.profile import TEST_METHOD, OidcProfile

ALGORITHMS = ("RS256", "PS256", "ES256")
_MAX_SID = 200


class UnknownKeyError(Exception):
    """No published key verifies the signature: they may have been changed since they were fetched."""


@dataclass(frozen=True)
class Expected:
    """What this login must be answered with. `asked_at` (UTC) is when the person was sent to the provider."""

    nonce: str = field(repr=False)
    asked_at: datetime
    prompt_login: bool = False


@dataclass(frozen=True)
class Identity:
    """Who signed in, how, and when (UTC). `national_id` is valid under the settings' rules."""

    national_id: str = field(repr=False)
    issuer: str
    acr: str
    amr: tuple[str, ...]
    auth_time: datetime
    provider_sid: str | None
    locale: str
    id_token: str = field(repr=False)


def verified_claims(id_token: str, keys: KeySet, profile: OidcProfile, expected: Expected) -> dict[str, Any]:
    """The claims of a token that the provider signed for us, for this login, just now.

    Raises UnknownKeyError when the keys may be too old, SignInError for every other fault.
    """
    try:
        claims = jwt.decode(id_token, keys, algorithms=list(ALGORITHMS)).claims
        _registry(profile, expected).validate(claims)
    except (BadSignatureError, InvalidKeyIdError):
        raise UnknownKeyError from None
    except JoseError as error:
        raise SignInError(Failure.INVALID_TOKEN, error.error) from None
    except (ValueError, TypeError, KeyError):
        raise SignInError(Failure.INVALID_TOKEN, "unreadable") from None
    _check_party(claims, profile.client_id)
    _check_times(claims, profile, expected)
    return claims


def _registry(profile: OidcProfile, expected: Expected) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(clock.now().timestamp()),
        leeway=profile.leeway,
        iss={"essential": True, "value": profile.issuer},
        aud={"essential": True, "value": profile.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": expected.nonce},
    )


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != client_id:
        raise SignInError(Failure.INVALID_TOKEN, "azp")
    if not isinstance(claims["nonce"], str):  # the registry would accept a list that holds the nonce
        raise SignInError(Failure.INVALID_TOKEN, "nonce")


def _check_times(claims: Mapping[str, Any], profile: OidcProfile, expected: Expected) -> None:
    # The code was made after we asked for it, so the token was too: an older one is somebody else's.
    earliest = int(expected.asked_at.timestamp()) - profile.leeway
    if claims["iat"] < earliest:
        raise SignInError(Failure.INVALID_TOKEN, "iat")
    auth_time = claims.get("auth_time")
    if auth_time is None and not expected.prompt_login:
        return
    if not isinstance(auth_time, int) or isinstance(auth_time, bool):
        raise SignInError(Failure.INVALID_TOKEN, "auth_time")
    latest = int(clock.now().timestamp()) + profile.leeway
    if auth_time > latest or (expected.prompt_login and auth_time < earliest):
        raise SignInError(Failure.INVALID_TOKEN, "auth_time")


def identity_of(
    claims: Mapping[str, Any],
    personal: Mapping[str, Any],
    profile: OidcProfile,
    id_token: str,
    synthetic_offsets: Collection[int],
) -> Identity:
    """The person in verified `claims`; `personal` holds the identity number (the same claims, or userinfo).

    Raises SignInError for a level that is not accepted, a test identity, and no usable identity number.
    """
    level = claims.get(profile.level_claim, personal.get(profile.level_claim))
    if not isinstance(level, str) or level not in profile.accepted_acr:
        raise SignInError(Failure.LEVEL_TOO_LOW)
    amr = _methods(claims.get("amr"))
    if TEST_METHOD in amr and not profile.accepts_test_identities:
        raise SignInError(Failure.TEST_IDENTITY)
    pid = personal.get(profile.pid_claim)
    if not isinstance(pid, str) or not national_id.is_valid(pid, synthetic_offsets):
        raise SignInError(Failure.NO_PID)
    sid = claims.get("sid")
    locale = claims.get("locale")
    return Identity(
        national_id=pid,
        issuer=profile.issuer,
        acr=level,
        amr=amr,
        auth_time=datetime.fromtimestamp(claims.get("auth_time", claims["iat"]), UTC),
        provider_sid=sid if isinstance(sid, str) and 0 < len(sid) <= _MAX_SID else None,
        locale=locale if isinstance(locale, str) else "",
        id_token=id_token,
    )


def _methods(amr: object) -> tuple[str, ...]:
    """`amr` is an array, but a plain string at some providers (BankID's first API)."""
    if isinstance(amr, str):
        return (amr,)
    return tuple(method for method in amr if isinstance(method, str)) if isinstance(amr, list) else ()
