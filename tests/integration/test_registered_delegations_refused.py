"""Who and what a municipality may not register, and what is not its own."""

from datetime import date

import pytest

from digihelse_app.access.permissions import Permission
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.services import delegation
from digihelse_app.services.delegation_rules import Offer, Terms
from digihelse_app.services.representation import acting_context
from tests.delegation_world import Register
from tests.fhir_delegations import assigned, consent, kept, right
from tests.fhir_world import (
    World,
    issues,
    person_id,
    rows,
)
from tests.people import ERIK, INGRID, JONAS, KARI, MINA, NILS, OLA, PER

pytestmark = pytest.mark.usefixtures("registering")


async def test_register_down_is_later_and_nothing_is_kept(api: World, register: Register) -> None:
    register.down = True
    answer = await api.alvdal.put(assigned())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": assigned(), "request": {"method": "PUT", "url": "Consent/fullmakt-1"}}],
    }
    together = await api.alvdal.call("POST", "/fhir", json=bundle)
    alone = await api.alvdal.call("POST", "/fhir", json=bundle | {"type": "batch"})
    assert (together.status_code, alone.json()["entry"][0]["response"]["status"]) == (503, "503")
    assert (await kept(), [one for one in await rows(Person) if one.given_name == "Per"]) == ([], [])
    register.down = False
    assert (await api.alvdal.call("POST", "/fhir", json=bundle)).status_code == 200
    assert len(await kept()) == 1


@pytest.mark.parametrize(
    ("represented", "proxy", "changes", "issue"),
    [
        (PER, MINA, {}, ("business-rule", "Consent.provision.actor[0].reference")),
        (PER, NILS, {}, ("business-rule", "Consent.provision.actor[0].reference")),
        (NILS, ERIK, {}, ("business-rule", "Consent.patient")),
        (NILS, ERIK, {"role": "FU"}, ("business-rule", "Consent.patient")),
        (PER, ERIK, {"rights": [right("read-messages", ["i-tynset"])]},
         ("not-found", "Consent.provision.provision.data")),
        (PER, ERIK, {"rights": [right("read-messages", ["finnes-ikke"])]},
         ("not-found", "Consent.provision.provision.data")),
        (PER, ERIK, {"start": "2024-11-20", "end": "2026-11-20"},
         ("business-rule", "Consent.provision.period.end")),
    ],
)  # fmt: skip
async def test_who_and_what_may_not_be_is_refused(
    api: World, represented: object, proxy: object, changes: dict[str, object], issue: tuple[str, str]
) -> None:
    answer = await api.alvdal.put(consent(represented, proxy, **{"role": "TD", **changes}))  # pyright: ignore[reportArgumentType]
    assert (answer.status_code, issues(answer)) == (422, [issue])
    assert await kept() == []


async def test_ages_are_the_registers_word(api: World, register: Register) -> None:
    for role, born, status in (
        ("TD", date(2014, 11, 24), 422),
        ("TD", date(2014, 11, 23), 201),
        ("FU", date(2010, 11, 24), 422),
        ("FU", date(2010, 11, 23), 201),
    ):
        register.born(OLA, born)
        answer = await api.alvdal.put(consent(OLA, ERIK, role=role, consent_id=f"{role}-{born:%d}"))
        assert (role, born, answer.status_code) == (role, born, status)


@pytest.mark.parametrize("number", ["14834813639", "00000000000", "x", "patient", "proxy", "1" * 200])
async def test_forged_numbers_are_refused_unasked_and_make_nobody_known(
    api: World, register: Register, number: str
) -> None:
    before = len(await rows(Person))
    for place in ("patient", "proxy"):
        resource = assigned()
        where = resource if place == "patient" else resource["provision"]["actor"][0]
        where["patient" if place == "patient" else "reference"]["identifier"]["value"] = number
        answer = await api.alvdal.put(resource)
        element = "Consent.patient" if place == "patient" else "Consent.provision.actor[0].reference"
        assert (answer.status_code, issues(answer)) == (422, [("not-found", element)])
        assert number not in answer.text or len(number) < 10
    assert (len(await rows(Person)), number in register.asked) == (before, False)


async def test_a_number_the_register_does_not_know_is_refused(api: World, register: Register) -> None:
    register.forget(ERIK)
    answer = await api.alvdal.put(assigned())
    assert (answer.status_code, issues(answer)) == (
        422,
        [("not-found", "Consent.provision.actor[0].reference")],
    )


async def test_a_number_that_is_another_than_the_name_is_refused(api: World) -> None:
    resource = assigned()
    resource["provision"]["actor"][0]["reference"]["display"] = "Jonas Nordmann"
    answer = await api.alvdal.put(resource)
    assert issues(answer) == [("business-rule", "Consent.provision.actor[0].reference")]


async def test_an_id_stands_for_the_same_people_and_role(api: World) -> None:
    await api.alvdal.put(assigned())
    for other in (consent(PER, JONAS, role="TD"), consent(OLA, ERIK, role="TD"), consent(PER, ERIK)):
        answer = await api.alvdal.put(other)
        assert (answer.status_code, issues(answer)) == (409, [("conflict", "Consent.id")])
    [row] = await kept()
    assert row.ended_at is None


async def test_another_organisation_reaches_nothing_of_it(api: World) -> None:
    await api.alvdal.put(assigned())
    read = await api.tynset.get("/fhir/Consent/fullmakt-1")
    ended = await api.tynset.put(assigned(status="inactive"))
    second = await api.tynset.put(assigned(consent_id="fullmakt-2"))
    assert (read.status_code, ended.status_code, second.status_code) == (404, 201, 409)
    [row] = await kept()
    assert row.ended_at is None
    listed = await api.tynset.get("/fhir/Consent")
    assert [one["resource"]["status"] for one in listed.json()["entry"]] == ["inactive"]


async def test_what_a_municipality_registers_reaches_its_own_services_alone(api: World) -> None:
    await api.tynset.put(consent(OLA, ERIK))
    [row] = await kept()
    acting = await acting_context(row.actor_id, row.key)
    reached = {one.name: acting.allows(Permission.READ_MESSAGES, one.id) for one in await rows(CareService)}
    assert reached == {"Hjemmebasert omsorg": False, "Praktisk hjelp": False, "Hjemmetjenesten": True}


async def test_what_was_given_in_the_app_is_not_replaced_by_a_paper(api: World) -> None:
    kari = await acting_context(await person_id(KARI))
    terms = Terms({Permission.READ_MESSAGES: ["*"]})
    given = await delegation.give(kari, Offer("Ingrid Nordmann", INGRID.national_id, terms))
    answer = await api.alvdal.put(consent(KARI, INGRID))
    assert (given.errors, answer.status_code) == ({}, 409)
    [row] = await kept()
    assert (row.id, row.ended_at) == (given.representation_id, None)
