"""The stand-in provider's sign-in on the wire: PAR, PKCE, codes, tokens, and the faults one can choose."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from digihelse_app.standins.bankid import create
from digihelse_app.standins.people import BY_KEY
from tests.conftest import MovableClock
from tests.provider_client import (
    CALLBACK,
    ISSUER,
    KEYED,
    Visitor,
    assertion,
    provider_visitor,
    request_parameters,
    seconds,
)


@pytest.fixture
async def visitor(tmp_path: Path, clock: MovableClock) -> AsyncIterator[Visitor]:
    async with provider_visitor(f"sqlite+aiosqlite:///{tmp_path}/testid.db", clock) as visitor:
        yield visitor


@pytest.mark.parametrize(
    "issuer",
    [
        "https://digihelse.example.no/testid",
        "http://192.168.1.20:3000/testid",
        "http://localhost.example.no/testid",
        "http://localhost:3000/testid/",
        "ftp://localhost/testid",
    ],
)
def test_provider_refuses_address_that_is_not_plain_loopback(issuer: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"loopback address|trailing slash"):
        create(issuer=issuer, database_url=f"sqlite+aiosqlite:///{tmp_path}/x.db", clients=[], people=[])


async def test_discovery_names_own_endpoints(visitor: Visitor) -> None:
    document = (await visitor.http.get(f"{ISSUER}/.well-known/openid-configuration")).json()

    assert document["issuer"] == ISSUER
    assert document["pushed_authorization_request_endpoint"] == f"{ISSUER}/par"
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True


async def test_id_token_says_who_and_how(visitor: Visitor, clock: MovableClock) -> None:
    tokens = await visitor.sign_in("kari-nordmann")
    claims = await visitor.claims(tokens["id_token"])
    drawn = {name: claims.pop(name) for name in ("sub", "sid", "jti")}

    assert claims == {
        "iss": ISSUER,
        "aud": "portal",
        "iat": seconds(clock),
        "exp": seconds(clock) + 120,
        "auth_time": seconds(clock),
        "acr": "idporten-loa-high",
        "amr": ["TestID"],
        "locale": "nb",
        "nonce": "the-nonce",
        "pid": BY_KEY["kari"].national_id,
    }
    assert all(drawn.values())


async def test_answer_carries_state_and_issuer(visitor: Visitor) -> None:
    back = await visitor.choose(await visitor.open_picker(), person="kari-nordmann")

    assert str(back.copy_with(query=None)) == CALLBACK
    assert (back.params["state"], back.params["iss"]) == ("the-state", ISSUER)


async def test_userinfo_says_no_more_than_id_token(visitor: Visitor) -> None:
    tokens = await visitor.sign_in("ola-hansen")
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = (await visitor.http.get(f"{ISSUER}/userinfo", headers=bearer)).json()

    claims = await visitor.claims(tokens["id_token"])
    assert answer == {name: claims[name] for name in ("sub", "pid", "locale")}


async def test_subject_differs_between_clients(visitor: Visitor, clock: MovableClock) -> None:
    first = await visitor.claims((await visitor.sign_in())["id_token"])
    again = await visitor.claims((await visitor.sign_in())["id_token"])
    answer = await visitor.authorize(**request_parameters(client_id=KEYED.client_id))
    form = assertion(KEYED, seconds(clock)) | {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
    form |= {"code": answer.next_request.url.params["code"], "code_verifier": "v" * 43}  # type: ignore[union-attr]
    other = await visitor.claims((await visitor.http.post(f"{ISSUER}/token", data=form)).json()["id_token"])

    assert again["sub"] == first["sub"]
    assert other["sub"] != first["sub"]
    assert other["pid"] == first["pid"]


async def test_pushed_request_is_served_once(visitor: Visitor) -> None:
    request_uri = (await visitor.push()).json()["request_uri"]
    first = await visitor.authorize(client_id="portal", request_uri=request_uri)
    second = await visitor.authorize(client_id="portal", request_uri=request_uri)

    assert (first.status_code, second.status_code) == (303, 400)


async def test_pushed_request_expires(visitor: Visitor, clock: MovableClock) -> None:
    pushed = (await visitor.push()).json()
    clock.advance(seconds=121)
    answer = await visitor.authorize(client_id="portal", request_uri=pushed["request_uri"])

    assert pushed["expires_in"] == 120
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


async def test_pushed_request_of_another_client_is_refused(visitor: Visitor) -> None:
    request_uri = (await visitor.push()).json()["request_uri"]
    stolen = await visitor.authorize(client_id="keyed", request_uri=request_uri)
    owner = await visitor.authorize(client_id="portal", request_uri=request_uri)

    assert (stolen.status_code, owner.status_code) == (400, 303)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "id_token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid other"}, "invalid_scope"),
        ({"acr_values": "very-high"}, "invalid_request"),
        ({"request": "e30."}, "request_not_supported"),
        ({"prompt": "none"}, "login_required"),
    ],
)
async def test_bad_request_is_told_to_the_client(
    visitor: Visitor, changed: dict[str, str], error: str
) -> None:
    answer = await visitor.authorize(**request_parameters(**changed))
    back = answer.next_request.url.params  # type: ignore[union-attr]

    assert (back["error"], back["state"], back["iss"]) == (error, "the-state", ISSUER)


async def test_par_refuses_request_without_pkce(visitor: Visitor) -> None:
    answer = await visitor.push(code_challenge="")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": ""},
        {"client_id": "unknown"},
        {"client_id": "machine"},
    ],
)
async def test_unregistered_return_address_never_redirects(visitor: Visitor, changed: dict[str, str]) -> None:
    answer = await visitor.authorize(**request_parameters(**changed))

    assert (answer.status_code, answer.headers.get("location")) == (400, None)


async def test_code_used_twice_revokes_what_it_gave(visitor: Visitor) -> None:
    code = (await visitor.choose(await visitor.open_picker(), person="kari-nordmann")).params["code"]
    tokens = (await visitor.redeem(code)).json()
    replayed = await visitor.redeem(code)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    userinfo = await visitor.http.get(f"{ISSUER}/userinfo", headers=bearer)

    assert (replayed.status_code, replayed.json()["error"]) == (400, "invalid_grant")
    assert (userinfo.status_code, userinfo.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("changed", [{"code_verifier": "w" * 43}, {"redirect_uri": CALLBACK + "2"}])
async def test_code_is_bound_to_its_request(visitor: Visitor, changed: dict[str, str]) -> None:
    code = (await visitor.choose(await visitor.open_picker(), person="kari-nordmann")).params["code"]

    assert (await visitor.redeem(code, **changed)).json()["error"] == "invalid_grant"


async def test_code_expires(visitor: Visitor, clock: MovableClock) -> None:
    code = (await visitor.choose(await visitor.open_picker(), person="kari-nordmann")).params["code"]
    clock.advance(seconds=61)

    assert (await visitor.redeem(code)).json()["error"] == "invalid_grant"


async def test_code_of_another_client_is_refused(visitor: Visitor, clock: MovableClock) -> None:
    code = (await visitor.choose(await visitor.open_picker(), person="kari-nordmann")).params["code"]
    form = assertion(KEYED, seconds(clock)) | {"grant_type": "authorization_code", "code": code}
    form |= {"code_verifier": "v" * 43, "redirect_uri": CALLBACK}
    answer = await visitor.http.post(f"{ISSUER}/token", data=form)

    assert answer.json()["error"] == "invalid_grant"
