"""Machine tokens: only a record system the issuer vouches for, now, for us, gets in."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.conftest import MovableClock
from tests.fhir_world import ALVDAL, BASE_URL, World, issues, service, world
from tests.machine_issuer import MachineIssuer, Prover

PATH = "/fhir/HealthcareService"


async def _call(world: World, *authorization: str, **headers: str) -> httpx.Response:
    pairs = [("Authorization", value) for value in authorization] + list(headers.items())
    return await world.client.get(PATH, headers=pairs)


async def test_good_token_is_let_in(small_api: World) -> None:
    answer = await _call(small_api, f"Bearer {small_api.issuer.token(ALVDAL)}")
    assert answer.status_code == 200


@pytest.mark.parametrize("audience", ["digihelse", ["other", "digihelse"]])
async def test_audience_may_be_one_of_several(small_api: World, audience: object) -> None:
    assert (
        await _call(small_api, f"Bearer {small_api.issuer.token(ALVDAL, aud=audience)}")
    ).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"aud": "record-system"},
        {"aud": None},
        {"aud": "digihelse-other"},
        {"scope": None},
        {"scope": "digihelse/record-system-other"},
        {"scope": "openid profile"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"iat": None},
        {"digihelse:her_id": None},
        {"digihelse:her_id": "99999"},
        {"digihelse:her_id": 80001},
        {"digihelse:her_id": "80001 "},
        {"digihelse:her_id": ["80001"]},
    ],
    ids=str,
)
async def test_wrong_claim_is_refused(small_api: World, changes: dict[str, Any]) -> None:
    answer = await _call(small_api, f"Bearer {small_api.issuer.token(ALVDAL, **changes)}")
    assert (answer.status_code, issues(answer)) == (401, [("login", "")])
    assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token"')


@pytest.mark.parametrize(
    ("claim", "seconds", "status"),
    [
        ("exp", -9, 200),
        ("exp", -11, 401),
        ("iat", 9, 200),
        ("iat", 11, 401),
        ("nbf", 9, 200),
        ("nbf", 11, 401),
    ],
)
async def test_clocks_may_differ_by_ten_seconds(
    clock: MovableClock, small_api: World, claim: str, seconds: int, status: int
) -> None:
    token = small_api.issuer.token(ALVDAL, **{claim: int(clock.at.timestamp()) + seconds})
    assert (await _call(small_api, f"Bearer {token}")).status_code == status


def _unsigned(issuer: MachineIssuer) -> str:
    good = issuer.token(ALVDAL).split(".")
    header = _encoded(b'{"alg":"none","typ":"at+jwt"}')
    return f"{header}.{good[1]}."


def _by_public_key_as_secret(issuer: MachineIssuer) -> str:
    header = _encoded(json.dumps({"alg": "HS256", "kid": issuer.key.kid}).encode())
    signed = f"{header}.{issuer.token(ALVDAL).split('.')[1]}"
    mac = hmac.new(issuer.key.as_pem(private=False), signed.encode(), hashlib.sha256)
    return f"{signed}.{_encoded(mac.digest())}"


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _by_another_key(issuer: MachineIssuer) -> str:
    other = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "kid": issuer.key.kid}, issuer.claims(ALVDAL), other)


def _by_a_key_it_brings(issuer: MachineIssuer) -> str:
    other = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": other.as_dict(private=False)}
    return jwt.encode(header, issuer.claims(ALVDAL), other)


def _changed(issuer: MachineIssuer) -> str:
    head, _, tail = issuer.token(ALVDAL).split(".")
    body = issuer.token("80002").split(".")[1]
    return f"{head}.{body}.{tail}"


def _as_id_token(issuer: MachineIssuer) -> str:
    return issuer.signed(issuer.claims(ALVDAL), {"typ": "dpop+jwt"})


@pytest.mark.parametrize(
    "forge",
    [
        _unsigned,
        _by_public_key_as_secret,
        _by_another_key,
        _by_a_key_it_brings,
        _changed,
        _as_id_token,
        lambda _: "a.b.c",
        lambda _: "x" * 9000,
        lambda _: "",
    ],
)
async def test_forged_token_is_refused(small_api: World, forge: Callable[[MachineIssuer], str]) -> None:
    answer = await _call(small_api, f"Bearer {forge(small_api.issuer)}")
    assert answer.status_code == 401


async def test_call_without_or_with_two_tokens_is_refused(small_api: World) -> None:
    good = f"Bearer {small_api.issuer.token(ALVDAL)}"
    answers = [
        await _call(small_api),
        await _call(small_api, good, good),
        await _call(small_api, "Basic eDp5"),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]


async def test_keys_are_kept_and_fetched_anew_when_they_change(clock: MovableClock, small_api: World) -> None:
    issuer = small_api.issuer
    for _ in range(3):
        await _call(small_api, f"Bearer {issuer.token(ALVDAL)}")
    assert issuer.fetched == 1
    clock.advance(minutes=1)
    issuer.rotate()
    assert (await _call(small_api, f"Bearer {issuer.token(ALVDAL)}")).status_code == 200
    assert issuer.fetched == 2
    clock.advance(hours=24)
    await _call(small_api, f"Bearer {issuer.token(ALVDAL)}")
    assert issuer.fetched == 3


async def test_flood_of_forged_tokens_does_not_reach_the_issuer(
    clock: MovableClock, small_api: World
) -> None:
    forged = f"Bearer {_by_another_key(small_api.issuer)}"
    for _ in range(5):
        await _call(small_api, forged)
    assert small_api.issuer.fetched == 1


async def test_issuer_that_is_down_is_a_pause_and_not_a_refusal(small_api: World) -> None:
    small_api.issuer.down = True
    answer = await _call(small_api, f"Bearer {small_api.issuer.token(ALVDAL)}")
    assert (answer.status_code, answer.headers["retry-after"], issues(answer)) == (
        503,
        "30",
        [("transient", "")],
    )


@pytest.fixture
async def bound_api(sqlite_database: AsyncEngine, issuer: MachineIssuer) -> AsyncIterator[World]:
    """The API where proof of possession is demanded."""
    async with world(issuer, require_dpop=True) as made:
        yield made


def _bound(api: World, prover: Prover) -> str:
    return api.issuer.token(ALVDAL, cnf={"jkt": prover.thumbprint})


async def test_bound_token_needs_its_proof_even_where_it_is_not_demanded(small_api: World) -> None:
    prover = Prover()
    token = _bound(small_api, prover)
    proof = prover.proof("GET", f"{BASE_URL}{PATH}", token)
    stolen = await _call(small_api, f"Bearer {token}")
    proved = await _call(small_api, f"DPoP {token}", DPoP=proof)
    again = await _call(small_api, f"DPoP {token}", DPoP=proof)
    assert [answer.status_code for answer in (stolen, proved, again)] == [401, 200, 401]


async def test_unbound_token_is_refused_where_proof_is_demanded(bound_api: World) -> None:
    prover = Prover()
    token, bound = bound_api.issuer.token(ALVDAL), _bound(bound_api, prover)
    answers = [
        await _call(bound_api, f"Bearer {token}"),
        await _call(bound_api, f"DPoP {token}", DPoP=prover.proof("GET", f"{BASE_URL}{PATH}", token)),
        await _call(bound_api, f"DPoP {bound}", DPoP=prover.proof("GET", f"{BASE_URL}{PATH}", bound)),
    ]
    assert [answer.status_code for answer in answers] == [401, 401, 200]


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "PUT"},
        {"htu": "http://digihelse.test/fhir/EpisodeOfCare"},
        {"ath": "other"},
        {"iat": 1},
        {"iat": None},
        {"jti": None},
    ],
    ids=str,
)
async def test_proof_for_something_else_is_refused(bound_api: World, changes: dict[str, Any]) -> None:
    prover = Prover()
    token = _bound(bound_api, prover)
    proof = prover.proof("GET", f"{BASE_URL}{PATH}", token, **changes)
    assert (await _call(bound_api, f"DPoP {token}", DPoP=proof)).status_code == 401


async def test_proof_by_another_key_is_refused(bound_api: World) -> None:
    token = _bound(bound_api, Prover())
    proof = Prover().proof("GET", f"{BASE_URL}{PATH}", token)
    assert (await _call(bound_api, f"DPoP {token}", DPoP=proof)).status_code == 401


async def test_metadata_needs_no_token_and_nothing_else_does_without(small_api: World) -> None:
    open_answer = await small_api.client.get("/fhir/metadata")
    closed = [
        await small_api.client.get("/fhir/Patient/1"),
        await small_api.client.put("/fhir/HealthcareService/x", json=service()),
        await small_api.client.post("/fhir", json={}),
        await small_api.client.get("/api/digitalt-aktiv/endringer"),
        await small_api.client.post("/api/digitalt-aktiv/sjekk", json={"nin": []}),
    ]
    assert open_answer.status_code == 200
    assert [answer.status_code for answer in closed] == [401] * 5
