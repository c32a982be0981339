"""Requests to cancel reach the record system as they stand, once in effect, and are read back."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from digihelse_app.access.context import NotFoundError
from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import GIVE_UP_AFTER, Dispatcher
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import CancellationStatus, LogAction, OutboxKind, OutboxStatus
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import Organisation
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.services import cancellation as cancelling
from digihelse_app.services.representation import acting_context
from tests.conftest import MovableClock
from tests.fhir_visits import answer, appointment, ask, cancellation, take_back, visit
from tests.fhir_world import TYNSET, World, organisation_id, patient, person_id, rows, service
from tests.kept_visits import plan
from tests.outbox_worker import FixedToken
from tests.people import KARI, OLA
from tests.receiver import Receiver, receiver

STOPPED = "/api/leveranser/stoppet"


@pytest.fixture
def record_system() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


@pytest.fixture
async def dispatcher(record_system: Receiver) -> AsyncIterator[Dispatcher]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Dispatcher(to_record_systems(FhirRecordSystem(FixedToken(), client)))


async def asked(api: World, record_system: Receiver, **wanted: str) -> str:
    """Kari has asked for her visit to be cancelled."""
    await plan(api)
    alvdal = await organisation_id("80001")
    async with unit_of_work() as session:
        (await session.get_one(Organisation, alvdal)).fhir_base_url = record_system.base_url
    return await ask(KARI, comment=wanted.get("comment", ""))


async def ways() -> list[OutboxStatus]:
    """How each row of the request stands, the first first."""
    items = [row for row in await rows(OutboxItem) if row.kind is OutboxKind.CANCELLATION]
    return [row.status for row in sorted(items, key=lambda row: row.created_at)]


async def test_request_is_delivered_once_with_all_that_is_known(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(api, record_system, comment="På sykehuset")
    await dispatcher.dispatch_due()
    [(key, body)] = record_system.received
    assert key == f"{request}-1"
    assert body == {
        "resourceType": "AppointmentResponse",
        "id": request,
        "meta": {"versionId": "1", "lastUpdated": "2026-11-23T09:00:00.000Z"},
        "extension": [
            {
                "url": "https://digihelse.no/fhir/cancelation-reason",
                "valueCoding": {"system": "urn:oid:2.16.578.1.12.4.1.1.7621", "code": "AAI"},
            }
        ],
        "identifier": [{"system": "https://digihelse.no/fhir/avbestilling", "value": request}],
        "appointment": {"reference": "Appointment/v1"},
        "start": "2026-11-24T07:00:00.000Z",
        "end": "2026-11-24T09:00:00.000Z",
        "actor": patient(KARI) | {"type": "Patient", "display": "Kari Nordmann"},
        "participantStatus": "declined",
        "comment": "På sykehuset",
    }
    assert (await cancellation(request)).delivered_version == 1
    delivered = [row for row in await rows(AccessLogEntry) if row.action is LogAction.VISIT_CANCEL_DELIVER]
    assert [(row.represented_id, row.object_id) for row in delivered] == [
        ((await visit()).person_id, (await visit()).id)
    ]


async def test_someone_who_acts_is_named(
    small_api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    await asked(small_api, record_system)
    await small_api.alvdal.put(appointment(KARI, "v2"))
    await ask(KARI, "v2", actor=OLA)
    await dispatcher.dispatch_due()
    [body] = [body for _, body in record_system.received if body["appointment"]["reference"].endswith("v2")]
    reason, representant = body["extension"]
    assert (reason["valueCoding"]["code"], body["actor"]["display"]) == ("APVAI", "Kari Nordmann")
    assert representant["extension"][1]["valueIdentifier"]["value"] == OLA.national_id


async def test_what_is_taken_back_before_it_went_goes_as_it_stands_and_once(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(api, record_system)
    await take_back(request)
    await dispatcher.dispatch_due()
    # Both rows may have been under way at once: it is the same version under the same key.
    assert set(record_system.keys) == {f"{request}-2"}
    assert {body["participantStatus"] for _, body in record_system.received} == {"accepted"}
    assert await ways() == [OutboxStatus.DONE] * 2
    assert (await cancellation(request)).delivered_version == 2


async def test_taking_back_while_the_request_is_under_way_goes_after_it(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(api, record_system)
    await dispatcher.dispatch_due()
    await take_back(request)
    await dispatcher.dispatch_due()
    assert record_system.keys == [f"{request}-1", f"{request}-2"]
    assert [body["meta"]["versionId"] for _, body in record_system.received] == ["1", "2"]


async def test_conflict_leaves_it_to_the_service(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(api, record_system)
    await dispatcher.dispatch_due()
    await take_back(request)
    record_system.answers = [(409, {})]
    await dispatcher.dispatch_due()
    assert await ways() == [OutboxStatus.DONE] * 2
    kept = await cancellation(request)
    assert (kept.delivered_version, kept.failed_at) == (1, None)
    await api.alvdal.put(answer(request))
    assert (await cancellation(request)).status is CancellationStatus.ACCEPTED


async def test_refused_request_is_told_of_and_sent_again_by_the_operator(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(api, record_system)
    record_system.answers = [(422, {})]
    await dispatcher.dispatch_due()
    assert (await cancellation(request)).failed_at == clock()
    [line] = (await api.alvdal.get(STOPPED)).json()["leveranser"]
    assert (line["avbestilling"], line["feilkode"], "melding" in line) == (request, "http-422", False)
    path = f"/api/leveranser/{line['id']}/provigjen"
    assert (await api.tynset.get(STOPPED)).json()["leveranser"] == []
    assert (await api.tynset.call("POST", path)).status_code == 404
    assert (await api.alvdal.call("POST", path)).json()["status"] == "venter"
    assert (await cancellation(request)).failed_at is None
    await dispatcher.dispatch_due()
    assert (await cancellation(request)).delivered_version == 1
    assert record_system.keys == [f"{request}-1"]


async def test_refused_request_is_sent_again_by_who_asked_and_by_nobody_else(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(api, record_system)
    kari, ola = [await acting_context(await person_id(one)) for one in (KARI, OLA)]
    record_system.answers = [(422, {})]
    await dispatcher.dispatch_due()
    with pytest.raises(NotFoundError):
        await cancelling.send_again(ola, request)
    await asyncio.gather(*(cancelling.send_again(kari, request) for _ in range(3)))
    assert (await cancellation(request)).failed_at is None
    await dispatcher.dispatch_due()
    await cancelling.send_again(kari, request)
    await dispatcher.dispatch_due()
    assert record_system.keys == [f"{request}-1"]
    assert (await cancellation(request)).delivered_version == 1
    tried = [row for row in await rows(AccessLogEntry) if row.action is LogAction.VISIT_CANCEL_SEND_AGAIN]
    assert [(row.actor_id, row.object_type) for row in tried] == [(kari.actor_id, "Visit")]


async def test_taking_back_that_arrives_settles_what_was_given_up(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(api, record_system)
    record_system.answers = [(422, {})]
    await dispatcher.dispatch_due()
    clock.advance(minutes=1)
    await take_back(request)
    await dispatcher.dispatch_due()
    assert await ways() == [OutboxStatus.DONE] * 2
    assert (await cancellation(request)).failed_at is None
    assert (await api.alvdal.get(STOPPED)).json()["leveranser"] == []


async def test_silence_of_a_day_is_given_up(
    small_api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(small_api, record_system)
    record_system.answers = [(503, {})] * 2
    await dispatcher.dispatch_due()
    assert (await cancellation(request)).failed_at is None
    clock.advance(hours=GIVE_UP_AFTER.total_seconds() / 3600)
    await dispatcher.dispatch_due()
    assert ((await cancellation(request)).failed_at, await ways()) == (clock(), [OutboxStatus.DEAD])


async def test_request_is_read_and_found_as_it_is_delivered(
    api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    request = await asked(api, record_system)
    await dispatcher.dispatch_due()
    read = await api.alvdal.get(f"/fhir/AppointmentResponse/{request}")
    assert (read.headers["etag"], read.json()) == ('W/"1"', record_system.received[0][1])
    clock.advance(minutes=5)
    await api.alvdal.put(answer(request))
    found = await api.alvdal.get("/fhir/AppointmentResponse?_lastUpdated=ge2026-11-23")
    assert [entry["resource"]["id"] for entry in found.json()["entry"]] == [request, "svar-1"]
    for name in ("patient", "actor"):
        data = {f"{name}:identifier": OLA.national_id}
        assert "entry" not in (await api.alvdal.call("POST", SEARCH, data=data)).json()
        data = {f"{name}:identifier": KARI.national_id}
        assert len((await api.alvdal.call("POST", SEARCH, data=data)).json()["entry"]) == 2


SEARCH = "/fhir/AppointmentResponse/_search"


async def test_another_organisation_reaches_no_visit_and_no_request(
    small_api: World, clock: MovableClock, dispatcher: Dispatcher, record_system: Receiver
) -> None:
    api = small_api
    request = await asked(api, record_system)
    await api.tynset.put(service(TYNSET))
    unknown = await api.tynset.put(answer("no-such"))
    theirs = await api.tynset.put(answer(request))
    assert (unknown.status_code, unknown.content) == (422, theirs.content)
    for path in ("Appointment/v1", f"AppointmentResponse/{request}"):
        assert (await api.alvdal.get(f"/fhir/{path}")).status_code == 200
        assert (await api.tynset.get(f"/fhir/{path}")).status_code == 404
    for kind in ("Appointment", "AppointmentResponse"):
        assert "entry" not in (await api.tynset.get(f"/fhir/{kind}")).json()
    foreign_party = await api.tynset.put(appointment(KARI))
    assert foreign_party.status_code == 422
    assert (await cancellation(request)).status is CancellationStatus.REQUESTED
