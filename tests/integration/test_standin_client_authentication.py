"""How clients prove who they are at the stand-in provider, and the tokens machines fetch for themselves."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from tests.conftest import MovableClock
from tests.provider_client import (
    EC_KEY,
    ISSUER,
    KEYED,
    MACHINE,
    RSA_KEY,
    Visitor,
    assertion,
    provider_visitor,
    request_parameters,
    seconds,
)

GRANT = {"grant_type": "client_credentials", "scope": "digihelse/record-system"}


@pytest.fixture
async def visitor(tmp_path: Path, clock: MovableClock) -> AsyncIterator[Visitor]:
    async with provider_visitor(f"sqlite+aiosqlite:///{tmp_path}/testid.db", clock) as visitor:
        yield visitor


async def push(visitor: Visitor, credentials: dict[str, str], **headers: str) -> tuple[int, str | None]:
    """Status and error of a PAR with these credentials."""
    form = request_parameters(client_id="") | credentials
    answer = await visitor.http.post(f"{ISSUER}/par", data=form, headers=headers)
    return answer.status_code, answer.json().get("error")


@pytest.mark.parametrize(("alg", "key"), [("RS256", RSA_KEY), ("PS256", RSA_KEY), ("ES256", EC_KEY)])
async def test_assertion_is_accepted(
    visitor: Visitor, clock: MovableClock, alg: str, key: RSAKey | ECKey
) -> None:
    assert await push(visitor, assertion(KEYED, seconds(clock), key=key, alg=alg)) == (201, None)


@pytest.mark.parametrize("audience", [f"{ISSUER}/par", f"{ISSUER}/token", [ISSUER]])
async def test_assertion_may_name_an_endpoint(
    visitor: Visitor, clock: MovableClock, audience: str | list[str]
) -> None:
    assert await push(visitor, assertion(KEYED, seconds(clock), aud=audience)) == (201, None)


async def test_assertion_is_accepted_once(visitor: Visitor, clock: MovableClock) -> None:
    credentials = assertion(KEYED, seconds(clock))

    assert await push(visitor, credentials) == (201, None)
    assert await push(visitor, credentials) == (401, "invalid_client")


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://idporten.no"},
        {"aud": None},
        {"iss": "portal"},
        {"sub": "portal"},
        {"jti": None},
        {"jti": ""},
        {"exp": None},
        {"exp": "soon"},
    ],
)
async def test_assertion_with_wrong_claim_is_refused(
    visitor: Visitor, clock: MovableClock, changed: dict[str, Any]
) -> None:
    assert await push(visitor, assertion(KEYED, seconds(clock), **changed)) == (401, "invalid_client")


@pytest.mark.parametrize(("lasts", "status"), [(120, 201), (131, 401), (-10, 401)])
async def test_assertion_lives_two_minutes_at_most(
    visitor: Visitor, clock: MovableClock, lasts: int, status: int
) -> None:
    credentials = assertion(KEYED, seconds(clock), exp=seconds(clock) + lasts)

    assert (await push(visitor, credentials))[0] == status


async def test_assertion_by_unregistered_key_is_refused(visitor: Visitor, clock: MovableClock) -> None:
    stranger = ECKey.generate_key("P-256", {"kid": "ec"})
    credentials = assertion(KEYED, seconds(clock), key=stranger, alg="ES256")

    assert await push(visitor, credentials) == (401, "invalid_client")


async def test_secret_is_accepted_by_post(visitor: Visitor) -> None:
    good = {"client_id": "portal", "client_secret": "portal-secret"}

    assert await push(visitor, good) == (201, None)
    assert await push(visitor, good | {"client_secret": "wrong"}) == (401, "invalid_client")


async def test_client_with_keys_cannot_use_a_secret(visitor: Visitor) -> None:
    credentials = {"client_id": "keyed", "client_secret": "portal-secret"}

    assert await push(visitor, credentials) == (401, "invalid_client")


async def test_unreadable_basic_header_is_refused(visitor: Visitor) -> None:
    assert await push(visitor, {}, Authorization="Basic %%%") == (401, "invalid_client")


async def test_two_ways_of_authenticating_are_refused(visitor: Visitor) -> None:
    credentials = {"client_id": "portal", "client_secret": "portal-secret"}

    assert await push(visitor, credentials, Authorization="Basic cG9ydGFsOng=") == (401, "invalid_client")


async def test_client_id_must_stand_in_the_body(visitor: Visitor, clock: MovableClock) -> None:
    credentials = assertion(KEYED, seconds(clock))
    del credentials["client_id"]

    assert await push(visitor, credentials) == (400, "invalid_request")


async def test_machine_token_names_the_organisation(visitor: Visitor, clock: MovableClock) -> None:
    answer = await visitor.http.post(f"{ISSUER}/token", data=GRANT | assertion(MACHINE, seconds(clock)))
    keys = KeySet.import_key_set((await visitor.http.get(f"{ISSUER}/jwks")).json())
    token = jwt.decode(answer.json()["access_token"], keys, algorithms=["RS256"])
    token.claims.pop("jti")

    assert token.header["typ"] == "at+jwt"
    assert token.claims == {
        "iss": ISSUER,
        "aud": "digihelse",
        "sub": "machine",
        "client_id": "machine",
        "scope": "digihelse/record-system",
        "iat": seconds(clock),
        "nbf": seconds(clock),
        "exp": seconds(clock) + 300,
        "helseid://claims/client/claims/orgnr_parent": "999999999",
        "digihelse:her_id": "8140001",
    }


@pytest.mark.parametrize(
    ("form", "error"),
    [
        (GRANT | {"scope": "digihelse/other"}, "invalid_scope"),
        (GRANT | {"scope": ""}, "invalid_scope"),
        (GRANT | {"grant_type": "password"}, "unsupported_grant_type"),
        (GRANT | {"grant_type": "authorization_code"}, "unauthorized_client"),
    ],
)
async def test_machine_gets_only_what_it_is_registered_for(
    visitor: Visitor, clock: MovableClock, form: dict[str, str], error: str
) -> None:
    answer = await visitor.http.post(f"{ISSUER}/token", data=form | assertion(MACHINE, seconds(clock)))

    assert (answer.status_code, answer.json()["error"]) == (400, error)


@pytest.mark.parametrize("changed", [{"aud": f"{ISSUER}/token"}, {"exp": 71}])
async def test_machine_assertion_follows_the_stricter_rule(
    visitor: Visitor, clock: MovableClock, changed: dict[str, Any]
) -> None:
    """One minute at most, and the audience is the issuer: HelseID."""
    if "exp" in changed:
        changed = {"exp": seconds(clock) + changed["exp"]}
    form = GRANT | assertion(MACHINE, seconds(clock), **changed)
    answer = await visitor.http.post(f"{ISSUER}/token", data=form)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def proof(key: ECKey, now: int, **changed: Any) -> dict[str, str]:
    """A DPoP header for the token endpoint."""
    header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)}
    claims = {"htm": "POST", "htu": f"{ISSUER}/token", "iat": now, "jti": uuid.uuid4().hex, **changed}
    return {"DPoP": jwt.encode(header, claims, key)}


async def test_dpop_binds_machine_token_to_the_key(visitor: Visitor, clock: MovableClock) -> None:
    key = ECKey.generate_key("P-256")
    header = proof(key, seconds(clock))
    first = await visitor.http.post(
        f"{ISSUER}/token", data=GRANT | assertion(MACHINE, seconds(clock)), headers=header
    )
    again = await visitor.http.post(
        f"{ISSUER}/token", data=GRANT | assertion(MACHINE, seconds(clock)), headers=header
    )
    claims = await visitor.claims(first.json()["access_token"])

    assert first.json()["token_type"] == "DPoP"
    assert claims["cnf"] == {"jkt": key.thumbprint()}
    assert (again.status_code, again.json()["error"]) == (400, "invalid_dpop_proof")


@pytest.mark.parametrize(
    "changed", [{"htm": "GET"}, {"htu": "http://localhost/other"}, {"iat": 0}, {"jti": ""}]
)
async def test_dpop_proof_of_something_else_is_refused(
    visitor: Visitor, clock: MovableClock, changed: dict[str, Any]
) -> None:
    header = proof(ECKey.generate_key("P-256"), seconds(clock), **changed)
    form = GRANT | assertion(MACHINE, seconds(clock))
    answer = await visitor.http.post(f"{ISSUER}/token", data=form, headers=header)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
