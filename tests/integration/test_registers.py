"""The registers over real sockets, with machine tokens of the stand-in provider. No database takes part."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey

from digihelse_app.outside.machine_token import MachineTokenError, MachineTokens
from digihelse_app.outside.registers.answers import (
    AddressProtection,
    ContactDetails,
    ContactPoint,
    RegisterDownError,
    RegisteredPerson,
    months_before,
)
from digihelse_app.outside.registers.contact_register import ContactRegister, WithContactRegister
from digihelse_app.outside.signing_keys import SigningKeys
from digihelse_app.standins.people import BY_KEY
from digihelse_app.standins.registers.application import CONTACT_SCOPE, PERSON_SCOPE
from tests.conftest import MovableClock
from tests.people import ASTRID, JONAS, KARI, NILS, PER
from tests.sign_in_site import SIGNING_KEYS, Site, site

NOBODY = "24813213572"


@pytest.fixture
async def served(tmp_path: Path, clock: MovableClock) -> AsyncIterator[Site]:
    async with site(tmp_path, clock=clock) as built:
        yield built


async def test_person_is_described_as_registered(served: Site) -> None:
    assert await served.registers.person(KARI.national_id) == RegisteredPerson(
        given_name="Kari",
        family_name="Nordmann",
        birth_date=date(1948, 3, 14),
        status="Resident",
        deceased=False,
    )


async def test_person_with_a_protected_address_is_known_as_such(served: Site) -> None:
    nils, astrid = [await served.registers.person(who.national_id) for who in (NILS, ASTRID)]
    assert nils is not None
    assert astrid is not None
    assert (nils.protection, nils.address_protected) == (AddressProtection.CONFIDENTIAL, True)
    assert astrid.address_protected is False


async def test_parental_responsibility_names_the_children_alone(served: Site) -> None:
    father, child = [await served.registers.person(BY_KEY[key].national_id) for key in ("jonas", "liv")]
    assert father is not None
    assert child is not None
    assert (father.responsible_for, child.responsible_for) == ((BY_KEY["liv"].national_id,), ())


async def test_number_nobody_has_is_nobody(served: Site) -> None:
    assert await served.registers.person(NOBODY) is None
    assert await served.registers.contact(NOBODY) == ContactDetails()


@pytest.mark.parametrize("by_krr", [False, True])
async def test_contact_details_are_the_same_by_either_way(
    served: Site, clock: MovableClock, by_krr: bool
) -> None:
    registers = served.registers
    if by_krr:
        krr = ContactRegister(f"{served.base_url}/registre", served.tokens, CONTACT_SCOPE)
        registers = WithContactRegister(registers, krr)
    updated, verified = clock() - timedelta(days=200), clock() - timedelta(days=60)
    assert await registers.contact(JONAS.national_id) == ContactDetails(
        mobile=ContactPoint("+4740000003", updated, verified),
        email=ContactPoint("jonas.nordmann@example.com", updated, verified),
        reserved=False,
        language="nb",
    )
    assert await registers.contact(PER.national_id) == ContactDetails()
    assert await registers.person(NOBODY) is None


async def test_register_that_is_down_says_so(served: Site) -> None:
    await served.set_registers_down(True)
    with pytest.raises(RegisterDownError, match="HTTP 503"):
        await served.registers.person(KARI.national_id)
    await served.set_registers_down(False)
    assert await served.registers.person(KARI.national_id) is not None


async def test_register_takes_no_call_without_its_own_token(served: Site) -> None:
    address = f"{served.base_url}/registre/api/legal-basis/person/get-by-nin?informationParts=Name"
    contact_token = await served.tokens.token(CONTACT_SCOPE)
    own = jwt.encode({"alg": "RS256"}, {"scope": PERSON_SCOPE}, RSAKey.generate_key(2048))
    async with httpx.AsyncClient(trust_env=False) as http:
        answers = [
            await http.post(address, data={"nin": KARI.national_id}, headers=headers)
            for headers in (
                {},
                {"Authorization": f"Bearer {contact_token}"},
                {"Authorization": f"Bearer {own}"},
            )
        ]
    assert [answer.status_code for answer in answers] == [401, 401, 401]


async def test_machine_token_is_kept_until_30_seconds_before_it_expires(
    served: Site, clock: MovableClock
) -> None:
    first = await served.tokens.token(PERSON_SCOPE)
    clock.advance(seconds=269)
    assert await served.tokens.token(PERSON_SCOPE) == first
    clock.advance(seconds=1)
    assert await served.tokens.token(PERSON_SCOPE) != first


async def test_machine_token_is_bound_to_our_key_with_dpop(served: Site) -> None:
    tokens = MachineTokens(served.issuer, "digihelse", SIGNING_KEYS, dpop=True)
    headers = await tokens.authorization(PERSON_SCOPE, "POST", "https://api.example/person?x=1")
    scheme, _, token = headers["Authorization"].partition(" ")
    key = ECKey.import_key(jws.extract_compact(headers["DPoP"].encode()).headers()["jwk"])
    proof = jwt.decode(headers["DPoP"], key, algorithms=["ES256"])
    bound = json.loads(jws.extract_compact(token.encode()).payload or b"{}")
    assert (scheme, proof.header["typ"]) == ("DPoP", "dpop+jwt")
    assert (proof.claims["htm"], proof.claims["htu"]) == ("POST", "https://api.example/person")
    assert bound["cnf"] == {"jkt": key.thumbprint()}


@pytest.mark.parametrize(("client", "kid"), [("unknown", "rp"), ("digihelse", "another")])
async def test_machine_token_is_refused_to_others(served: Site, client: str, kid: str) -> None:
    keys = SIGNING_KEYS if kid == "rp" else SigningKeys({kid: RSAKey.generate_key(2048, {"kid": kid})}, kid)
    with pytest.raises(MachineTokenError, match="HTTP 401"):
        await MachineTokens(served.issuer, client, keys).token(PERSON_SCOPE)


async def test_issuer_that_is_down_makes_the_register_down(tmp_path: Path) -> None:
    async with site(tmp_path) as built:
        registers = built.registers
    with pytest.raises(RegisterDownError, match="MachineTokenError"):
        await registers.person(KARI.national_id)


NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
FRESH = datetime(2025, 5, 23, 9, 0, tzinfo=UTC)
STALE = datetime(2025, 5, 23, 8, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("updated", "verified", "fresh"),
    [
        (FRESH, None, True),
        (None, FRESH, True),
        (STALE, FRESH, True),
        (FRESH, STALE, True),
        (STALE, STALE, False),
        (STALE, None, False),
        (None, None, False),
    ],
)
def test_contact_point_is_fresh_for_18_months(
    updated: datetime | None, verified: datetime | None, fresh: bool
) -> None:
    assert ContactPoint("+4740000001", updated, verified).is_fresh(NOW) is fresh


def test_months_before_ends_at_the_last_of_a_shorter_month() -> None:
    assert months_before(datetime(2026, 8, 31, tzinfo=UTC), 18) == datetime(2025, 2, 28, tzinfo=UTC)
    assert months_before(datetime(2025, 8, 31, tzinfo=UTC), 18) == datetime(2024, 2, 29, tzinfo=UTC)


def test_contact_details_do_not_print_themselves() -> None:
    assert repr(ContactPoint("+4740000001")) == "ContactPoint(updated_at=None, verified_at=None)"
