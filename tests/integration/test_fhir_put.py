"""What a record system puts: kept once, by version, and shown to the person it concerns."""

import asyncio
from datetime import date

import pytest

from digihelse_app.models import database
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import AgentKind, LogAction, SenderKind, ServiceKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.fhir_resource import FhirResource
from digihelse_app.models.organisation import CareRelation, CareService, SetupFailure
from tests.fhir_world import (
    ALVDAL,
    World,
    activate,
    deactivate,
    episode,
    header,
    issues,
    message,
    organisation_id,
    person_id,
    rows,
    service,
    write,
)
from tests.people import ASTRID, KARI, OLA, PER


async def test_service_is_created_then_read_back_as_it_was_put(api: World) -> None:
    put = await api.alvdal.put(service())
    read = await api.alvdal.get("/fhir/HealthcareService/hjemmebasert-omsorg")
    assert (put.status_code, put.headers["etag"]) == (201, 'W/"1"')
    assert put.headers["location"] == "http://digihelse.test/fhir/HealthcareService/hjemmebasert-omsorg"
    assert {name: value for name, value in read.json().items() if name != "meta"} == service()
    [stored] = await rows(CareService)
    assert stored.model_dump(
        exclude={
            "id",
            "organisation_id",
            "shares_names",
            "cancel_working_days",
            "cancel_before",
            "missed_after_minutes",
        }
    ) == {
        "external_id": "hjemmebasert-omsorg",
        "name": "Hjemmebasert omsorg",
        "kind": ServiceKind.HOME_CARE,
        "phone": "62 48 90 00",
        "opening_hours": [{"days": ["mon", "fri"], "from": "08:00", "to": "15:30"}],
        "opens_on": date(2026, 1, 12),
        "reply_working_days": 2,
        "categories": [{"code": "medisin", "name": "Medisiner"}],
        "shows_visits": True,
        "emergency_text": "Ring 113 når det står om liv.",
        "active": True,
    }


async def test_same_content_again_changes_nothing(api: World) -> None:
    await api.alvdal.put(service())
    again = await api.alvdal.put(service(meta={"lastUpdated": "2026-11-20T00:00:00Z"}))
    assert (again.status_code, again.headers["etag"]) == (200, 'W/"1"')
    assert [resource.version for resource in await rows(FhirResource)] == [1]


async def test_changed_content_is_a_new_version(api: World) -> None:
    await api.alvdal.put(service())
    changed = await api.alvdal.put(service(name="Hjemmetjenesten"))
    assert (changed.status_code, changed.headers["etag"]) == (200, 'W/"2"')
    assert [stored.name for stored in await rows(CareService)] == ["Hjemmetjenesten"]


async def test_older_change_never_overwrites_a_newer(api: World) -> None:
    await api.alvdal.put(service(name="Ny", meta={"lastUpdated": "2026-11-20T12:00:00Z"}))
    late = await api.alvdal.put(service(name="Gammel", meta={"lastUpdated": "2026-11-20T12:59:59+01:00"}))
    assert (late.status_code, late.headers["etag"], late.json()["name"]) == (200, 'W/"1"', "Ny")
    assert [stored.name for stored in await rows(CareService)] == ["Ny"]


async def test_same_content_said_later_makes_what_lies_between_old(api: World) -> None:
    await api.alvdal.put(service(name="Ny", meta={"lastUpdated": "2026-11-20T12:00:00Z"}))
    await api.alvdal.put(service(name="Ny", meta={"lastUpdated": "2026-11-20T14:00:00Z"}))
    between = await api.alvdal.put(service(name="Gammel", meta={"lastUpdated": "2026-11-20T13:00:00Z"}))
    assert between.json()["name"] == "Ny"


async def test_if_match_of_another_version_is_412(api: World) -> None:
    first = await api.alvdal.put(service(), If_Match='W/"1"')
    await api.alvdal.put(service())
    second = await api.alvdal.put(service(name="A"), If_Match='W/"1"')
    third = await api.alvdal.put(service(name="B"), If_Match='W/"1"')
    assert [answer.status_code for answer in (first, second, third)] == [412, 200, 412]
    assert [stored.name for stored in await rows(CareService)] == ["A"]


async def test_parallel_puts_on_one_version_let_one_through(api: World) -> None:
    await api.alvdal.put(service())
    puts = [api.alvdal.put(service(name=f"Navn {number}"), If_Match='W/"1"') for number in range(5)]
    answers = await asyncio.gather(*puts)
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    winner = next(answer.json()["name"] for answer in answers if answer.status_code == 200)
    assert [(row.name, row.external_id) for row in await rows(CareService)] == [
        (winner, "hjemmebasert-omsorg")
    ]


async def test_parallel_first_puts_make_one_resource(api: World) -> None:
    answers = await asyncio.gather(*(api.alvdal.put(service()) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 201]
    assert len(await rows(CareService)) == 1


async def test_relation_gives_the_right_and_ending_it_takes_it(api: World) -> None:
    await api.alvdal.put(service())
    begun = await api.alvdal.put(episode(KARI))
    ended = await api.alvdal.put(episode(KARI, status="finished", period={"start": "2025", "end": "2026-11"}))
    assert (begun.status_code, ended.status_code) == (201, 200)
    [relation] = await rows(CareRelation)
    assert (relation.person_id, relation.active) == (await person_id(KARI), False)
    assert (relation.since, relation.until) == (date(2025, 1, 1), date(2026, 11, 30))


async def test_unknown_and_inactive_patients_get_the_same_answer(api: World) -> None:
    await api.alvdal.put(service())
    unknown, inactive = await api.alvdal.put(episode(PER)), await api.alvdal.put(episode(ASTRID))
    assert unknown.status_code == inactive.status_code == 422
    assert unknown.content == inactive.content
    assert issues(unknown) == [("not-found", "EpisodeOfCare.patient")]
    assert await rows(SetupFailure) == []


async def test_relation_can_be_ended_after_consent_is_withdrawn_but_not_renewed(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(episode(KARI))
    await deactivate(KARI)
    renewed = await api.alvdal.put(episode(KARI, period={"start": "2026-11-01"}))
    ended = await api.alvdal.put(episode(KARI, status="finished"))
    new = await api.alvdal.put(episode(KARI, "e2", status="finished"))
    assert [answer.status_code for answer in (renewed, ended, new)] == [422, 200, 422]
    assert [relation.active for relation in await rows(CareRelation)] == [False]


async def test_refused_relation_is_remembered_until_one_succeeds(api: World) -> None:
    refused = await api.alvdal.put(episode(OLA))
    service_element = "EpisodeOfCare.extension('https://digihelse.no/fhir/healthcare-service')"
    assert (refused.status_code, issues(refused)) == (422, [("not-found", service_element)])
    [failure] = await rows(SetupFailure)
    assert (failure.person_id, failure.reason) == (await person_id(OLA), "service")
    malformed = await api.alvdal.put(episode(OLA, period={"start": "tull"}))
    assert malformed.status_code == 422
    assert [failure.reason for failure in await rows(SetupFailure)] == ["invalid"]
    await api.alvdal.put(service())
    assert (await api.alvdal.put(episode(OLA))).status_code == 201
    assert await rows(SetupFailure) == []


async def test_id_of_a_relation_cannot_move_to_another_person(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(episode(KARI))
    moved = await api.alvdal.put(episode(OLA))
    assert (moved.status_code, issues(moved)) == (409, [("conflict", "EpisodeOfCare.id")])
    assert [relation.person_id for relation in await rows(CareRelation)] == [await person_id(KARI)]


async def test_service_begins_a_conversation(api: World) -> None:
    await api.alvdal.put(service())
    assert (await api.alvdal.put(header(KARI))).status_code == 201
    assert (await api.alvdal.put(message(KARI))).status_code == 201
    [thread], [written] = await rows(Thread), await rows(Message)
    assert (thread.subject, thread.external_id, thread.preview) == (
        "Nye tider",
        "t1",
        "Vi kommer klokken ti.",
    )
    assert thread.last_message_at == thread.last_from_service_at == written.sent_at
    assert (written.sender, written.author_name, written.person_id) == (
        SenderKind.SERVICE,
        "Hjemmebasert omsorg",
        await person_id(KARI),
    )


async def test_reply_answers_what_the_citizen_wrote_before(api: World) -> None:
    await api.alvdal.put(service())
    asked = await write(KARI, "Kan dere komme senere?")
    answer = await api.alvdal.put(message(KARI, thread=asked.thread_id))
    assert answer.status_code == 201
    written = {row.sender: row for row in await rows(Message)}
    reply, question = written[SenderKind.SERVICE], written[SenderKind.CITIZEN]
    assert (question.opened_at, question.answered_at) == (reply.sent_at, reply.sent_at)
    assert reply.sent_at > question.sent_at


async def test_message_never_changes(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(header(KARI))
    await api.alvdal.put(message(KARI))
    same = await api.alvdal.put(message(KARI))
    other = await api.alvdal.put(message(KARI, payload=[{"contentString": "Vi kommer ikke."}]))
    renamed = await api.alvdal.put(header(KARI, topic={"text": "Noe annet"}))
    assert [answer.status_code for answer in (same, other, renamed)] == [200, 409, 409]
    assert [row.body for row in await rows(Message)] == ["Vi kommer klokken ti."]


async def test_message_to_an_inactive_person_is_refused(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(header(KARI))
    await deactivate(KARI)
    refused = await api.alvdal.put(message(KARI))
    assert (refused.status_code, issues(refused)) == (422, [("not-found", "Communication.subject")])
    await activate(KARI)
    assert (await api.alvdal.put(message(KARI))).status_code == 201


async def test_message_to_one_person_cannot_stand_in_anothers_conversation(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(header(KARI))
    refused = await api.alvdal.put(message(OLA))
    assert (refused.status_code, issues(refused)) == (422, [("not-found", "Communication.partOf")])
    assert await rows(Message) == []


async def test_id_of_what_a_citizen_wrote_cannot_be_taken(api: World) -> None:
    await api.alvdal.put(service())
    asked = await write(KARI, "Kan dere komme senere?")
    taken = await api.alvdal.put(message(KARI, asked.id, asked.thread_id))
    begun = await api.alvdal.put(header(KARI, asked.thread_id))
    assert (taken.status_code, begun.status_code) == (409, 409)


async def test_identity_number_is_not_kept_in_what_was_put(api: World) -> None:
    await api.alvdal.put(service())
    put = await api.alvdal.put(episode(KARI))
    stored = {row.resource_type: row for row in await rows(FhirResource)}["EpisodeOfCare"]
    assert stored.body["patient"]["identifier"]["value"] == "patient"
    read = await api.alvdal.get("/fhir/EpisodeOfCare/e1")
    assert put.json()["patient"] == read.json()["patient"] == episode(KARI)["patient"]


async def test_every_call_is_in_the_log_as_the_organisation(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(episode(KARI))
    await api.alvdal.put(episode(KARI))
    await api.alvdal.get("/fhir/EpisodeOfCare/e1")
    kari, [relation] = await person_id(KARI), await rows(CareRelation)
    entries = [entry for entry in await rows(AccessLogEntry) if entry.object_type != "CareService"]
    assert [
        (entry.action, entry.represented_id, entry.object_id)
        for entry in sorted(entries, key=lambda entry: entry.at)
    ] == [
        (LogAction.FHIR_WRITE, kari, relation.id),
        (LogAction.FHIR_WRITE, None, "e1"),
        (LogAction.FHIR_READ, kari, "e1"),
    ]
    assert {(entry.agent, entry.organisation_id) for entry in entries} == {
        (AgentKind.ORGANISATION, await organisation_id(ALVDAL))
    }


@pytest.mark.parametrize("put_first", [True, False])
async def test_person_is_told_of_changes_and_of_nothing_else(api: World, put_first: bool) -> None:
    await api.alvdal.put(service())
    if put_first:
        await api.alvdal.put(episode(KARI))
    told: list[set[str]] = []

    async def listen(changed: set[str]) -> None:
        told.append(changed)

    database.on_commit(listen)
    await api.alvdal.put(episode(KARI))
    await api.alvdal.put(episode(KARI))
    assert told == ([] if put_first else [{await person_id(KARI)}])
