"""Several PUTs at once: each on its own in a batch, all or none in a transaction."""

from typing import Any

import pytest

from digihelse_app.models.conversation import Message
from digihelse_app.models.fhir_resource import FhirResource
from digihelse_app.models.organisation import CareRelation, CareService, SetupFailure
from tests.fhir_world import World, episode, header, issues, message, person_id, rows, service
from tests.people import KARI, OLA, PER


def _entry(resource: dict[str, Any], **request: str) -> dict[str, Any]:
    url = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": url} | request}


async def _post(api: World, kind: str, *entries: Any) -> Any:
    bundle = {"resourceType": "Bundle", "type": kind, "entry": list(entries)}
    return await api.alvdal.call("POST", "/fhir", json=bundle)


async def test_transaction_keeps_all_whatever_the_order(api: World) -> None:
    answer = await _post(
        api,
        "transaction",
        _entry(message(KARI)),
        _entry(header(KARI)),
        _entry(episode(KARI)),
        _entry(service()),
    )
    assert answer.status_code == 200
    assert answer.json()["type"] == "transaction-response"
    assert [
        (entry["response"]["status"], entry["response"]["location"]) for entry in answer.json()["entry"]
    ] == [
        ("201 Created", "Communication/m1"),
        ("201 Created", "Communication/t1"),
        ("201 Created", "EpisodeOfCare/e1"),
        ("201 Created", "HealthcareService/hjemmebasert-omsorg"),
    ]
    assert [row.body for row in await rows(Message)] == ["Vi kommer klokken ti."]


async def test_transaction_with_one_fault_keeps_nothing(api: World) -> None:
    answer = await _post(
        api, "transaction", _entry(service()), _entry(episode(PER)), _entry(episode(KARI, "e2"))
    )
    assert (answer.status_code, issues(answer)) == (422, [("not-found", "Bundle.entry[1].resource.patient")])
    assert (await rows(FhirResource), await rows(CareService), await rows(CareRelation)) == ([], [], [])


async def test_refused_relation_in_a_transaction_is_remembered(api: World) -> None:
    await _post(api, "transaction", _entry(episode(OLA)))
    assert [failure.person_id for failure in await rows(SetupFailure)] == [await person_id(OLA)]


async def test_batch_answers_each_entry_on_its_own(api: World) -> None:
    answer = await _post(
        api,
        "batch",
        _entry(service()),
        _entry(episode(PER)),
        _entry(service(service_id="b"), ifMatch='W/"3"'),
        _entry(episode(KARI, "e2", status="tull")),
        _entry(episode(KARI, "e3")),
    )
    responses = [entry["response"] for entry in answer.json()["entry"]]
    statuses = [response["status"] for response in responses]
    outcomes = [response["outcome"] for response in responses if "outcome" in response]
    faults = [outcome["issue"][0]["expression"] for outcome in outcomes]
    assert statuses == ["201 Created", "422", "412", "422", "201 Created"]
    assert faults == [
        ["Bundle.entry[1].resource.patient"],
        ["Bundle.entry[2].resource"],
        ["Bundle.entry[3].resource.status"],
    ]
    assert [row.external_id for row in await rows(CareRelation)] == ["e3"]


@pytest.mark.parametrize(
    ("bundle", "status", "element"),
    [
        ({"resourceType": "Patient"}, 422, "resourceType"),
        ({"type": "searchset"}, 422, "Bundle.type"),
        ({"entry": []}, 422, "Bundle.entry"),
        ({"entry": {}}, 422, "Bundle.entry"),
        ({"entry": [_entry(service())] * 201}, 422, "Bundle.entry"),
        ({"entry": [_entry(service()), _entry(service())]}, 422, "Bundle.entry"),
        ({"entry": ["x"]}, 422, "Bundle.entry[0].request.method"),
        ({"entry": [_entry(service(), method="DELETE")]}, 422, "Bundle.entry[0].request.method"),
        ({"entry": [_entry(service(), url="Patient/1")]}, 422, "Bundle.entry[0].request.url"),
        ({"entry": [_entry(service(), url="HealthcareService/../x")]}, 422, "Bundle.entry[0].resource.id"),
        ({"entry": [_entry(service(), url="HealthcareService/other")]}, 422, "Bundle.entry[0].resource.id"),
        (
            {"entry": [{"request": {"method": "PUT", "url": "EpisodeOfCare/1"}}]},
            422,
            "Bundle.entry[0].resource",
        ),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_bundle_of_something_else_is_refused(
    small_api: World, bundle: dict[str, Any], status: int, element: str
) -> None:
    whole = {"resourceType": "Bundle", "type": "transaction", "entry": [_entry(service())]} | bundle
    answer = await small_api.alvdal.call("POST", "/fhir", json=whole)
    assert (answer.status_code, [path for _, path in issues(answer)]) == (status, [element])
    assert await rows(FhirResource) == []
