"""An organisation reaches its own alone: another's anything looks like nothing."""

from typing import Any

import pytest

from digihelse_app.models.conversation import Message
from digihelse_app.models.organisation import CareService
from tests.fhir_world import (
    ALVDAL,
    TYNSET,
    World,
    episode,
    issues,
    message,
    rows,
    service,
)
from tests.people import KARI

JSON = {"Content-Type": "application/fhir+json"}


async def test_another_organisation_reads_nothing(filled: tuple[World, Message]) -> None:
    api, asked = filled
    paths = [
        "HealthcareService/hjemmebasert-omsorg",
        "EpisodeOfCare/e1",
        "Communication/t1",
        "Communication/m1",
        f"Communication/{asked.id}",
        f"Communication/{asked.thread_id}",
    ]
    own = [(await api.alvdal.get(f"/fhir/{path}")).status_code for path in paths]
    foreign = [await api.tynset.get(f"/fhir/{path}") for path in paths]
    assert own == [200] * 6
    assert [answer.status_code for answer in foreign] == [404] * 6
    assert len({answer.content for answer in foreign}) == 1


@pytest.mark.parametrize("resource_type", ["HealthcareService", "EpisodeOfCare", "Communication"])
async def test_another_organisation_finds_nothing(filled: tuple[World, Message], resource_type: str) -> None:
    api, asked = filled
    ids = f"hjemmebasert-omsorg,e1,t1,m1,{asked.id},{asked.thread_id}"
    queries = ["", f"?_id={ids}", "?_lastUpdated=ge2000-01-01"]
    if resource_type == "Communication":
        queries += ["?part-of=t1", f"?part-of=Communication/{asked.thread_id}"]
    for query in queries:
        assert (await api.alvdal.get(f"/fhir/{resource_type}{query}")).json()["entry"] != []
        assert (await api.tynset.get(f"/fhir/{resource_type}{query}")).json() == {
            "resourceType": "Bundle",
            "type": "searchset",
        }


async def test_another_organisation_refers_to_nothing(filled: tuple[World, Message]) -> None:
    api, asked = filled
    own = await api.tynset.put(service(TYNSET, "eget"))
    sender = {"reference": "HealthcareService/eget"}
    unknown = await api.tynset.put(message(KARI, "x1", "no-such", sender=sender))
    theirs = await api.tynset.put(message(KARI, "x2", "t1", sender=sender))
    citizens = await api.tynset.put(message(KARI, "x3", asked.thread_id, sender=sender))
    relation = await api.tynset.put(episode(KARI, "x4", managingOrganization=_her_id(TYNSET)))
    assert own.status_code == 201
    assert [answer.status_code for answer in (unknown, theirs, citizens, relation)] == [422] * 4
    assert unknown.content == theirs.content == citizens.content
    assert [row.body for row in await rows(Message) if row.external_id] == ["Vi kommer klokken ti."]


async def test_same_ids_at_another_organisation_are_its_own(filled: tuple[World, Message]) -> None:
    api, _ = filled
    put = await api.tynset.put(service(TYNSET, name="Tynset"))
    assert put.status_code == 201
    assert sorted(row.name for row in await rows(CareService)) == ["Hjemmebasert omsorg", "Tynset"]


async def test_organisation_speaks_for_itself_alone(small_api: World) -> None:
    foreign = await small_api.tynset.put(service(ALVDAL))
    assert (foreign.status_code, issues(foreign)) == (422, [("not-found", "HealthcareService.providedBy")])
    await small_api.alvdal.put(service())
    managed = await small_api.alvdal.put(episode(KARI, managingOrganization=_her_id(TYNSET)))
    assert (managed.status_code, issues(managed)) == (
        422,
        [("not-found", "EpisodeOfCare.managingOrganization")],
    )


async def test_cursor_of_another_organisation_is_of_no_use(filled: tuple[World, Message]) -> None:
    api, _ = filled
    page = (await api.alvdal.get("/fhir/Communication?_count=1")).json()
    following = page["link"][0]["url"].removeprefix("http://digihelse.test")
    assert (await api.alvdal.get(following)).status_code == 200
    assert (await api.tynset.get(following)).status_code == 400
    assert (await api.alvdal.get(following.replace("Communication", "EpisodeOfCare"))).status_code == 400


async def test_bundle_reaches_nothing_of_another_organisation(filled: tuple[World, Message]) -> None:
    api, asked = filled
    put = message(KARI, "x1", asked.thread_id, sender={"reference": "HealthcareService/eget"})
    entries = [_entry(service(TYNSET, "eget")), _entry(put)]
    answer = await api.tynset.call("POST", "/fhir", json=_bundle("transaction", entries))
    assert (answer.status_code, issues(answer)) == (422, [("not-found", "Bundle.entry[1].resource.partOf")])
    assert [row.external_id for row in await rows(CareService)] == ["hjemmebasert-omsorg"]


def _her_id(value: str) -> dict[str, Any]:
    return {"identifier": {"system": "urn:oid:2.16.578.1.12.4.1.2", "value": value}}


def _entry(resource: dict[str, Any]) -> dict[str, Any]:
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": url}}


def _bundle(kind: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": entries}
