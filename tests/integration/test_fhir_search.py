"""Reading back: what the organisation put, and what citizens wrote to it, in pages that lose nothing."""

from itertools import chain
from typing import Any

import httpx
import pytest

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction, RepresentationRole
from tests.conftest import MovableClock
from tests.fhir_world import (
    BASE_URL,
    FODSELSNUMMER,
    World,
    episode,
    header,
    issues,
    message,
    patient,
    person_id,
    rows,
    service,
    write,
)
from tests.people import ASTRID, INGRID, KARI, OLA

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def _ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [entry["resource"]["id"] for entry in answer.json().get("entry", [])]


async def _pages(api: World, path: str) -> list[list[str]]:
    pages: list[list[str]] = []
    following: str | None = path
    while following is not None:
        answer = await api.alvdal.get(following)
        pages.append(_ids(answer))
        links = {link["relation"]: link["url"] for link in answer.json().get("link", [])}
        following = links.get("next", "").removeprefix(BASE_URL) or None
    return pages


async def test_citizens_message_is_read_as_it_is_delivered(api: World) -> None:
    await api.alvdal.put(service())
    asked = await write(KARI, "Kan dere komme senere?", author=INGRID, role=RepresentationRole.FU)
    read = await api.alvdal.get(f"/fhir/Communication/{asked.id}")
    resource: dict[str, Any] = read.json()
    assert (read.headers["etag"], resource["payload"]) == (
        'W/"1"',
        [{"contentString": "Kan dere komme senere?"}],
    )
    assert resource["subject"] == patient(KARI) | {"display": "Kari Nordmann"}
    assert resource["sender"] == patient(INGRID) | {"display": "Ingrid Nordmann"}
    assert resource["partOf"] == [{"reference": f"Communication/{asked.thread_id}"}]
    assert resource["extension"][0]["extension"] == [
        {"url": "name", "valueString": "Ingrid Nordmann"},
        {"url": "ident", "valueIdentifier": {"system": FODSELSNUMMER, "value": INGRID.national_id}},
        {"url": "role", "valueCoding": {"system": "urn:oid:2.16.578.1.12.4.1.1.7611", "code": "FU"}},
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 50])
async def test_pages_hold_everything_once_in_order_of_change(
    clock: MovableClock, api: World, count: int
) -> None:
    await api.alvdal.put(service())
    expected: list[str] = []
    for number in range(3):
        clock.advance(seconds=number % 2)  # some fall in one instant
        await api.alvdal.put(header(KARI, f"t{number}"))
        expected.append(f"t{number}")
        asked = await write(OLA, "Hei")
        expected += [asked.thread_id, asked.id]
    pages = await _pages(api, f"/fhir/Communication?_count={count}")
    assert sorted(chain.from_iterable(pages)) == sorted(expected)
    assert [len(page) for page in pages[:-1]] == [count] * (len(pages) - 1)


async def test_change_between_pages_hides_nothing(clock: MovableClock, api: World) -> None:
    for number in range(4):
        await api.alvdal.put(service(service_id=f"s{number}"))
    first = await api.alvdal.get("/fhir/HealthcareService?_count=2")
    clock.advance(seconds=1)
    await api.alvdal.put(service(service_id="s0", name="Endret"))
    following = first.json()["link"][0]["url"].removeprefix(BASE_URL)
    assert list(chain.from_iterable(await _pages(api, following))) == ["s2", "s3", "s0"]


async def test_last_updated_bounds_what_is_found(clock: MovableClock, api: World) -> None:
    await api.alvdal.put(service(service_id="before"))
    clock.advance(hours=1)
    await api.alvdal.put(service(service_id="at"))
    clock.advance(hours=24)
    await api.alvdal.put(service(service_id="after"))
    bounds = {
        "ge2026-11-23T10:00:00Z": ["at", "after"],
        "gt2026-11-23T11:00:00+01:00": ["after"],
        "le2026-11-23T10:00:00Z": ["before", "at"],
        "lt2026-11-23T10:00:00Z": ["before"],
        "ge2026-11-24": ["after"],
        "gt2026-11-23": ["after"],
        "le2026-11-23": ["before", "at"],
        "lt2026-11-23": [],
    }
    found = {
        bound: _ids(await api.alvdal.call("GET", "/fhir/HealthcareService", params={"_lastUpdated": bound}))
        for bound in bounds
    }
    assert found == bounds


async def test_conversation_is_found_whole_by_either_id(api: World) -> None:
    await api.alvdal.put(service())
    asked = await write(KARI, "Hei")
    await api.alvdal.put(message(KARI, "answer", asked.thread_id))
    await api.alvdal.put(header(KARI, "own"))
    await api.alvdal.put(message(KARI, "news", "own"))
    await write(OLA, "Noe annet")
    ours = _ids(await api.alvdal.get(f"/fhir/Communication?part-of={asked.thread_id}"))
    theirs = _ids(await api.alvdal.get("/fhir/Communication?part-of=Communication/own"))
    assert (ours, theirs) == ([asked.id, "answer"], ["news"])


async def test_patient_is_searched_for_in_a_body_alone(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(episode(KARI))
    await api.alvdal.put(episode(OLA, "e2"))
    number = f"{FODSELSNUMMER}|{KARI.national_id}"
    posted = await api.alvdal.call(
        "POST", "/fhir/EpisodeOfCare/_search", data={"patient:identifier": number}, headers=FORM
    )
    unknown = await api.alvdal.call(
        "POST", "/fhir/EpisodeOfCare/_search", data={"patient:identifier": ASTRID.national_id}
    )
    in_address = await api.alvdal.call("GET", "/fhir/EpisodeOfCare", params={"patient:identifier": number})
    assert (_ids(posted), _ids(unknown), in_address.status_code) == (["e1"], [], 400)


async def test_next_page_of_a_patients_search_holds_no_number(api: World) -> None:
    await api.alvdal.put(service())
    asked = [await write(KARI, str(number)) for number in range(3)]
    await write(OLA, "Hei")
    data = {"subject:identifier": KARI.national_id, "_count": "4"}
    first = await api.alvdal.call("POST", "/fhir/Communication/_search", data=data)
    [link] = first.json()["link"]
    assert KARI.national_id not in link["url"]
    rest = await api.alvdal.get(link["url"].removeprefix(BASE_URL))
    everything = [made for one in asked for made in (one.id, one.thread_id)]
    assert sorted(_ids(first) + _ids(rest)) == sorted(everything)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("_count=0", "invalid"),
        ("_count=-1", "invalid"),
        ("_count=ti", "invalid"),
        ("_count=1&_count=2", "invalid"),
        ("_cursor=x", "invalid"),
        ("_cursor=", "invalid"),
        ("_cursor=a&_id=b", "invalid"),
        ("_lastUpdated=2026-01-01", "invalid"),
        ("_lastUpdated=ge2026-01-01T00:00:00", "invalid"),
        ("_lastUpdated=ge14834813638", "invalid"),
        ("_lastUpdated=gt9999-12-31", "invalid"),
        ("_lastUpdated=ge0001-01-01T00:00:00%2B05:00", "invalid"),
        ("_lastUpdated=ge2026-01-01&_lastUpdated=ge2026-01-02", "invalid"),
        ("part-of=t1", "not-supported"),
        ("patient=Patient/1", "not-supported"),
        ("name=x", "not-supported"),
        ("_sort=name", "not-supported"),
        ("_id=" + ",".join("a" * 51), "invalid"),
    ],
)
async def test_search_meaning_something_else_is_refused(small_api: World, query: str, code: str) -> None:
    answer = await small_api.alvdal.get(f"/fhir/HealthcareService?{query}")
    assert (answer.status_code, issues(answer)) == (400, [(code, "")])
    assert "14834813638" not in answer.text


async def test_search_is_in_the_log_of_each_person_found(api: World) -> None:
    await api.alvdal.put(service())
    await api.alvdal.put(episode(KARI))
    await api.alvdal.put(episode(OLA, "e2"))
    await api.alvdal.get("/fhir/EpisodeOfCare")
    await api.alvdal.get("/fhir/Communication")
    searches = [entry for entry in await rows(AccessLogEntry) if entry.action is LogAction.FHIR_SEARCH]
    assert {(entry.object_type, entry.represented_id) for entry in searches} == {
        ("CareRelation", await person_id(KARI)),
        ("CareRelation", await person_id(OLA)),
        ("Message", None),
    }
