"""The stand-in provider's single sign-on, signing out by every road, and its keys in rotation."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.conftest import MovableClock
from tests.provider_client import (
    FRONT_CHANNEL,
    ISSUER,
    SIGNED_OUT,
    Visitor,
    provider_visitor,
)


@pytest.fixture
async def visitor(tmp_path: Path, clock: MovableClock) -> AsyncIterator[Visitor]:
    async with provider_visitor(f"sqlite+aiosqlite:///{tmp_path}/testid.db", clock) as visitor:
        yield visitor


async def sign_out(visitor: Visitor, id_token: str, **changed: str) -> httpx.Response:
    """RP-initiated logout by the portal, by POST."""
    form = {"id_token_hint": id_token, "post_logout_redirect_uri": SIGNED_OUT, "state": "back"}
    return await visitor.http.post(f"{ISSUER}/endsession", data=form | changed)


def frames(page: httpx.Response) -> list[httpx.URL]:
    """The addresses a page frames."""
    return [httpx.URL(unescape(address)) for address in re.findall(r'<iframe[^>]* src="([^"]+)"', page.text)]


async def test_session_signs_in_without_asking(visitor: Visitor, clock: MovableClock) -> None:
    await visitor.sign_in()
    clock.advance(minutes=29)

    assert await visitor.is_signed_in() is True


async def test_session_ends_after_half_an_hour_without_use(visitor: Visitor, clock: MovableClock) -> None:
    await visitor.sign_in()
    clock.advance(minutes=30, seconds=1)

    assert await visitor.is_signed_in() is False


async def test_session_ends_after_two_hours_of_use(visitor: Visitor, clock: MovableClock) -> None:
    await visitor.sign_in()
    used = []
    for _ in range(5):
        clock.advance(minutes=25)
        used.append(await visitor.is_signed_in())

    assert used == [True, True, True, True, False]


async def test_prompt_login_asks_again_and_renews_auth_time(visitor: Visitor, clock: MovableClock) -> None:
    first = await visitor.claims((await visitor.sign_in())["id_token"])
    clock.advance(minutes=10)
    asked = not await visitor.is_signed_in(prompt="login")
    again = await visitor.claims((await visitor.sign_in())["id_token"])

    assert asked is True
    assert again["auth_time"] == first["auth_time"] + 10 * 60
    assert again["sid"] == first["sid"]


async def test_another_person_gets_another_session(visitor: Visitor) -> None:
    kari = await visitor.claims((await visitor.sign_in("kari-nordmann"))["id_token"])
    ola = await visitor.claims((await visitor.sign_in("ola-hansen"))["id_token"])

    assert ola["sid"] != kari["sid"]


async def test_low_session_is_stepped_up(visitor: Visitor) -> None:
    await visitor.sign_in(level="idporten-loa-substantial")

    assert await visitor.is_signed_in(acr_values="idporten-loa-substantial") is True
    assert await visitor.is_signed_in(acr_values="idporten-loa-high") is False


async def test_signing_out_tells_every_client_and_goes_on(visitor: Visitor) -> None:
    id_token = (await visitor.sign_in())["id_token"]
    sid = (await visitor.claims(id_token))["sid"]
    await visitor.http.get((await visitor.http.get(f"{ISSUER}/annen-tjeneste/logg-inn")).headers["location"])
    page = await sign_out(visitor, id_token)
    told = frames(page)

    assert [str(address.copy_with(query=None)) for address in told] == [
        f"{ISSUER}/annen-tjeneste/logget-ut-utenfra",
        FRONT_CHANNEL,
    ]
    assert [dict(address.params) for address in told] == [{"iss": ISSUER, "sid": sid}] * 2
    assert page.headers["refresh"] == f"5; url={SIGNED_OUT}?state=back"
    assert await visitor.is_signed_in() is False


async def test_signing_out_frames_nothing_but_the_clients(visitor: Visitor) -> None:
    page = await sign_out(visitor, (await visitor.sign_in())["id_token"])
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))

    assert policy["frame-src"] == FRONT_CHANNEL
    assert policy["script-src"] == "'self'"


async def test_signing_out_works_with_an_expired_id_token(visitor: Visitor, clock: MovableClock) -> None:
    id_token = (await visitor.sign_in())["id_token"]
    clock.advance(minutes=20)
    page = await sign_out(visitor, id_token)

    assert page.headers["refresh"] == f"5; url={SIGNED_OUT}?state=back"


async def test_signing_out_of_a_finished_session_does_not_go_on(
    visitor: Visitor, clock: MovableClock
) -> None:
    id_token = (await visitor.sign_in())["id_token"]
    clock.advance(minutes=31)
    page = await sign_out(visitor, id_token)

    assert [str(address.copy_with(query=None)) for address in frames(page)] == [FRONT_CHANNEL]
    assert page.headers.get("refresh") is None


@pytest.mark.parametrize(
    "changed",
    [
        {"post_logout_redirect_uri": SIGNED_OUT + "/"},
        {"post_logout_redirect_uri": "https://evil.example/"},
        {"state": "linje\nskift"},
        {"client_id": "keyed"},
        {"id_token_hint": "not.a.token"},
        {"id_token_hint": ""},
    ],
)
async def test_bad_sign_out_is_refused_and_ends_nothing(visitor: Visitor, changed: dict[str, str]) -> None:
    page = await sign_out(visitor, (await visitor.sign_in())["id_token"], **changed)

    assert (page.status_code, page.headers.get("refresh"), frames(page)) == (400, None, [])
    assert await visitor.is_signed_in() is True


async def test_signing_out_without_a_hint_asks_first(visitor: Visitor) -> None:
    await visitor.sign_in()
    asked = await visitor.http.get(f"{ISSUER}/endsession")
    still = await visitor.is_signed_in()
    await visitor.http.post(f"{ISSUER}/endsession", data={"confirm": "ja"})

    assert (frames(asked), still) == ([], True)
    assert await visitor.is_signed_in() is False


async def test_rotation_keeps_the_former_key_for_one_transition(visitor: Visitor) -> None:
    async def kids() -> list[str]:
        return [key["kid"] for key in (await visitor.http.get(f"{ISSUER}/jwks")).json()["keys"]]

    former = await visitor.sign_in()
    first = await kids()
    await visitor.http.post(f"{ISSUER}/drift")
    second = await kids()
    readable = await visitor.claims(former["id_token"])
    await visitor.http.post(f"{ISSUER}/drift")
    third = await kids()

    assert (len(first), len(second), len(third)) == (1, 2, 2)
    assert (second[1], third[1]) == (first[0], second[0])
    assert readable["iss"] == ISSUER
