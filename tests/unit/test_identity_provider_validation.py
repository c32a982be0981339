"""ID tokens that must be refused, and the few that may pass."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from digihelse_app.outside.identity_provider.failures import Failure, SignInError
from digihelse_app.outside.identity_provider.profile import PROFILES
from digihelse_app.outside.identity_provider.validation import (
    Expected,
    Identity,
    UnknownKeyError,
    identity_of,
    verified_claims,
)
from tests.conftest import MovableClock
from tests.people import KARI

RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
STRANGER = RSAKey.generate_key(2048, {"kid": "rsa"})
PUBLISHED = KeySet.import_key_set(KeySet([RSA, EC]).as_dict(private=False))
PROFILE = replace(
    PROFILES["idporten-test"], issuer="https://provider.example", client_id="digihelse", leeway=10
)
NOW = int(datetime(2026, 11, 23, 9, 0, tzinfo=UTC).timestamp())
ASKED = Expected("the-nonce", datetime(2026, 11, 23, 8, 58, tzinfo=UTC))
ASKED_ANEW = replace(ASKED, prompt_login=True)
GOOD: dict[str, Any] = {
    "iss": "https://provider.example",
    "aud": "digihelse",
    "sub": "pairwise",
    "iat": NOW,
    "exp": NOW + 120,
    "auth_time": NOW - 30,
    "nonce": "the-nonce",
    "acr": "idporten-loa-high",
    "amr": ["BankID"],
    "pid": KARI.national_id,
    "sid": "the-session",
    "locale": "nb",
}
ABSENT = object()
NONE = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}


@pytest.fixture(autouse=True)
def _at_nine(clock: MovableClock) -> None:
    """The app's clock stands at NOW."""


def signed(alg: str = "RS256", key: Any = RSA, kid: str | None = "rsa", **changed: Any) -> str:
    claims = {name: value for name, value in {**GOOD, **changed}.items() if value is not ABSENT}
    header = {"alg": alg, "kid": kid} if kid else {"alg": alg}
    return jwt.encode(header, claims, key, algorithms=[alg])


def identity(token: str, expected: Expected = ASKED, profile: Any = PROFILE) -> Identity:
    claims = verified_claims(token, PUBLISHED, profile, expected)
    return identity_of(claims, claims, profile, token, {80})


def test_good_token_names_the_person() -> None:
    token = signed()
    assert identity(token) == Identity(
        national_id=KARI.national_id,
        issuer="https://provider.example",
        acr="idporten-loa-high",
        amr=("BankID",),
        auth_time=datetime(2026, 11, 23, 8, 59, 30, tzinfo=UTC),
        provider_sid="the-session",
        locale="nb",
        id_token=token,
    )


@pytest.mark.parametrize(
    "token",
    [
        lambda: signed("PS256"),
        lambda: signed("ES256", EC, "ec"),
        lambda: signed(aud=["digihelse"]),
        lambda: signed(aud=["digihelse", "other"], azp="digihelse"),
        lambda: signed(azp="digihelse"),
        lambda: signed(amr="BID"),
        lambda: signed(amr=ABSENT),
        lambda: signed(auth_time=ABSENT),
        lambda: signed(auth_time=NOW - 100 * 60),
        lambda: signed(sid=ABSENT),
        lambda: signed(iat=NOW + 10),
        lambda: signed(exp=NOW - 9),
    ],
)
def test_token_within_the_rules_is_accepted(token: Callable[[], str]) -> None:
    assert identity(token()).national_id == KARI.national_id


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("another issuer", {"iss": "https://evil.example"}),
    ("the issuer with a slash", {"iss": "https://provider.example/"}),
    ("no issuer", {"iss": ABSENT}),
    ("issuers", {"iss": ["https://provider.example"]}),
    ("another audience", {"aud": "other"}),
    ("no audience", {"aud": ABSENT}),
    ("audiences without azp", {"aud": ["digihelse", "other"]}),
    ("another azp", {"azp": "other"}),
    ("audiences and another azp", {"aud": ["digihelse", "other"], "azp": "other"}),
    ("expired", {"exp": NOW - 11}),
    ("expired at the leeway", {"exp": NOW - 10}),
    ("no expiry", {"exp": ABSENT}),
    ("expiry as text", {"exp": str(NOW + 60)}),
    ("issued in the future", {"iat": NOW + 11}),
    ("issued before we asked", {"iat": NOW - 120 - 11}),
    ("issued a year ago", {"iat": NOW - 365 * 86400}),
    ("no time of issue", {"iat": ABSENT}),
    ("not valid yet", {"nbf": NOW + 60}),
    ("another nonce", {"nonce": "another-nonce"}),
    ("no nonce", {"nonce": ABSENT}),
    ("nonces", {"nonce": ["the-nonce", "another"]}),
    ("no subject", {"sub": ABSENT}),
    ("signed in in the future", {"auth_time": NOW + 60}),
    ("time of signing in as text", {"auth_time": str(NOW)}),
]


@pytest.mark.parametrize(("what", "changed"), REFUSED, ids=[what for what, _ in REFUSED])
def test_token_outside_the_rules_is_refused(what: str, changed: dict[str, Any]) -> None:
    with pytest.raises(SignInError) as refused:
        identity(signed(**changed))
    assert refused.value.failure == Failure.INVALID_TOKEN


@pytest.mark.parametrize(
    "token",
    [
        lambda: signed(key=STRANGER),
        lambda: signed(key=STRANGER, kid="unknown"),
        lambda: signed(kid=None),
        lambda: signed()[:-4] + "AAAA",
    ],
)
def test_token_no_published_key_verifies_asks_for_newer_keys(token: Callable[[], str]) -> None:
    with pytest.raises(UnknownKeyError):
        identity(token())


def encoded(plain: bytes) -> str:
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def unsigned() -> str:
    return f"{NONE}.{signed().split('.')[1]}."


def signed_with_the_public_key() -> str:
    header = encoded(b'{"alg":"HS256","kid":"rsa"}')
    signed_part = f"{header}.{signed().split('.')[1]}"
    return f"{signed_part}.{encoded(hmac.digest(RSA.as_pem(private=False), signed_part.encode(), 'sha256'))}"


@pytest.mark.parametrize("token", [unsigned, signed_with_the_public_key, lambda: "not.a.token", lambda: ""])
def test_token_without_a_proper_signature_is_refused(token: Callable[[], str]) -> None:
    with pytest.raises(SignInError) as refused:
        identity(token())
    assert refused.value.failure == Failure.INVALID_TOKEN


@pytest.mark.parametrize(
    "acr", ["idporten-loa-substantial", "idporten-loa-low", "", ABSENT, ["idporten-loa-high"], 4]
)
def test_level_that_is_not_accepted_is_refused(acr: Any) -> None:
    with pytest.raises(SignInError) as refused:
        identity(signed(acr=acr))
    assert refused.value.failure == Failure.LEVEL_TOO_LOW


@pytest.mark.parametrize("pid", [ABSENT, "", None, "12345678901", 14834813638, ["14834813638"], "1483481363"])
def test_no_usable_identity_number_is_refused(pid: Any) -> None:
    with pytest.raises(SignInError) as refused:
        identity(signed(pid=pid))
    assert refused.value.failure == Failure.NO_PID


def test_synthetic_identity_number_is_refused_where_none_are_accepted() -> None:
    claims = verified_claims(signed(), PUBLISHED, PROFILE, ASKED)
    with pytest.raises(SignInError) as refused:
        identity_of(claims, claims, PROFILE, "", frozenset())
    assert refused.value.failure == Failure.NO_PID


@pytest.mark.parametrize("amr", ["TestID", ["TestID"], ["BankID", "TestID"]])
def test_test_identity_is_refused_where_people_are_real(amr: Any) -> None:
    real = replace(PROFILE, accepts_test_identities=False)
    with pytest.raises(SignInError) as refused:
        identity(signed(amr=amr), profile=real)
    assert refused.value.failure == Failure.TEST_IDENTITY
    assert identity(signed(amr=amr)).amr[-1] == "TestID"


@pytest.mark.parametrize("auth_time", [ABSENT, NOW - 10 * 3600, NOW - 120 - 11, NOW + 60, True])
def test_old_authentication_is_refused_when_a_new_one_was_asked_for(auth_time: Any) -> None:
    with pytest.raises(SignInError) as refused:
        identity(signed(auth_time=auth_time), ASKED_ANEW)
    assert refused.value.failure == Failure.INVALID_TOKEN


def test_new_authentication_is_accepted_when_asked_for() -> None:
    assert identity(signed(auth_time=NOW - 100), ASKED_ANEW).national_id == KARI.national_id


def test_no_failure_carries_the_person() -> None:
    with pytest.raises(SignInError) as refused:
        identity(signed(acr="idporten-loa-substantial"))
    shown = f"{refused.value!r} {refused.value} {identity(signed())!r}"
    assert KARI.national_id not in shown
