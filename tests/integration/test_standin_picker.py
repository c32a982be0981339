"""The stand-in provider's login page: who, at which level, and what goes wrong on purpose."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from joserfc.errors import BadSignatureError

from digihelse_app.standins.people import BY_KEY
from tests.conftest import MovableClock
from tests.provider_client import ISSUER, Visitor, provider_visitor, seconds


@pytest.fixture
async def visitor(tmp_path: Path, clock: MovableClock) -> AsyncIterator[Visitor]:
    async with provider_visitor(f"sqlite+aiosqlite:///{tmp_path}/testid.db", clock) as visitor:
        yield visitor


async def test_cancelling_is_access_denied(visitor: Visitor) -> None:
    back = (await visitor.choose(await visitor.open_picker(), cancel="ja")).params

    assert (back["error"], back["state"], back["iss"]) == ("access_denied", "the-state", ISSUER)


async def test_login_page_is_answered_once(visitor: Visitor) -> None:
    interaction = await visitor.open_picker()
    await visitor.choose(interaction, person="kari-nordmann")
    form = {"interaction": interaction, "person": "kari-nordmann"}
    again = await visitor.http.post(f"{ISSUER}/authorize/decision", data=form)

    assert again.status_code == 400


@pytest.mark.parametrize(
    ("fault", "claim", "expected"),
    [
        ("wrong-nonce", "nonce", "another-nonce"),
        ("wrong-iss", "iss", ISSUER + "x"),
        ("wrong-aud", "aud", "another-client"),
        ("no-pid", "pid", None),
    ],
)
async def test_fault_spoils_one_claim(visitor: Visitor, fault: str, claim: str, expected: str | None) -> None:
    tokens = await visitor.sign_in(fault=fault)
    claims = await visitor.claims(tokens["id_token"])

    assert claims.get(claim) == expected


@pytest.mark.parametrize(("fault", "shift"), [("expired", -3600), ("clock-skew", 3600)])
async def test_fault_moves_the_clock(visitor: Visitor, clock: MovableClock, fault: str, shift: int) -> None:
    claims = await visitor.claims((await visitor.sign_in(fault=fault))["id_token"])

    assert (claims["iat"], claims["exp"]) == (seconds(clock) + shift, seconds(clock) + shift + 120)


async def test_fault_signs_by_unknown_key(visitor: Visitor) -> None:
    tokens = await visitor.sign_in(fault="wrong-key")

    with pytest.raises(BadSignatureError):
        await visitor.claims(tokens["id_token"])


async def test_fault_names_another_issuer_in_the_answer(visitor: Visitor) -> None:
    back = await visitor.choose(
        await visitor.open_picker(), person="kari-nordmann", fault="wrong-iss-parameter"
    )

    assert back.params["iss"] == ISSUER + "x"


async def test_lower_level_can_be_chosen_than_was_asked_for(visitor: Visitor) -> None:
    tokens = await visitor.sign_in(level="idporten-loa-substantial")

    assert (await visitor.claims(tokens["id_token"]))["acr"] == "idporten-loa-substantial"


async def test_european_has_no_identity_number(visitor: Visitor) -> None:
    tokens = await visitor.sign_in("anna-larsson")

    assert (await visitor.claims(tokens["id_token"])).get("pid") is None


async def test_language_follows_the_first_one_offered(visitor: Visitor) -> None:
    back = await visitor.choose(await visitor.open_picker(ui_locales="de nn-NO en"), person="kari-nordmann")
    tokens = (await visitor.redeem(back.params["code"])).json()

    assert (await visitor.claims(tokens["id_token"]))["locale"] == "nn"


async def test_login_page_shows_names_and_no_numbers(visitor: Visitor) -> None:
    interaction = await visitor.open_picker()
    page = await visitor.http.get(f"{ISSUER}/authorize/login", params={"interaction": interaction})
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))

    assert [person.name for person in BY_KEY.values() if person.name in page.text and person.has_eid] == [
        person.name for person in BY_KEY.values() if person.has_eid
    ]
    assert [person.key for person in BY_KEY.values() if person.national_id in page.text] == []
    assert policy["form-action"] == "'self' http://localhost:8765"
    assert (policy["script-src"], policy["style-src"]) == ("'none'", "'self'")
