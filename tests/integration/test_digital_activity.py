"""The feed that the night run reads, and the look-up by identity number."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from digihelse_app.models import database
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import LogAction, RepresentationRole
from digihelse_app.models.organisation import Organisation
from digihelse_app.models.representation import Representation
from digihelse_app.services import self_use
from digihelse_app.services.representation import acting_context
from tests.conftest import MovableClock
from tests.fhir_world import ALVDAL, TYNSET, World, deactivate, issues, person_id, rows
from tests.people import ASTRID, KARI, OLA, PER

CHANGES = "/api/digitalt-aktiv/endringer"
CHECK = "/api/digitalt-aktiv/sjekk"


async def _offsets() -> dict[str, int]:
    return {row.her_id: row.activity_offset for row in await rows(Organisation)}


async def test_feed_is_read_page_by_page_and_acknowledged(clock: MovableClock, api: World) -> None:
    await deactivate(KARI)
    first = await api.alvdal.get(f"{CHANGES}?offset=0&antall=2")
    second = await api.alvdal.get(f"{CHANGES}?offset=2&antall=2")
    before_the_end = await _offsets()
    last = await api.alvdal.get(f"{CHANGES}?offset=3")
    at = "2026-11-23T09:00:00.000Z"
    assert first.json() == {
        "endringer": [
            {"offset": 1, "nin": KARI.national_id, "aktiv": True, "tidspunkt": at},
            {"offset": 2, "nin": OLA.national_id, "aktiv": True, "tidspunkt": at},
        ],
        "nesteOffset": 2,
        "flere": True,
    }
    assert second.json() == {
        "endringer": [{"offset": 3, "nin": KARI.national_id, "aktiv": False, "tidspunkt": at}],
        "nesteOffset": 3,
        "flere": False,
    }
    assert last.json() == {"endringer": [], "nesteOffset": 3, "flere": False}
    assert (first.headers["content-type"], first.headers["cache-control"]) == ("application/json", "no-store")
    assert before_the_end == {ALVDAL: 2, TYNSET: 0}
    assert await _offsets() == {ALVDAL: 3, TYNSET: 0}


async def test_acknowledging_tells_those_it_concerns(api: World) -> None:
    told: list[set[str]] = []

    async def listen(changed: set[str]) -> None:
        told.append(changed)

    database.on_commit(listen)
    for offset in (0, 1, 1, 2):
        await api.alvdal.get(f"{CHANGES}?offset={offset}")
    assert told == [{await person_id(KARI)}, {await person_id(OLA)}]


async def test_offset_beyond_the_end_is_refused(api: World) -> None:
    answer = await api.alvdal.get(f"{CHANGES}?offset=3")
    assert (answer.status_code, issues(answer)) == (422, [("value", "offset")])
    assert await _offsets() == {ALVDAL: 0, TYNSET: 0}


@pytest.mark.parametrize(
    "query", ["offset=-1", "offset=x", "offset=", "offset=1&offset=2", "antall=0", "offset=" + "9" * 30]
)
async def test_unusable_parameters_are_refused(small_api: World, query: str) -> None:
    assert (await small_api.alvdal.get(f"{CHANGES}?{query}")).status_code == 422


async def _check(api: World, *numbers: Any) -> httpx.Response:
    return await api.alvdal.call("POST", CHECK, json={"nin": list(numbers)})


def _answer(nin: str, *, self: bool = False, others: bool = False, assigned: bool = False) -> dict[str, Any]:
    return {
        "nin": nin,
        "erDigitaltAktivSelv": self,
        "erDigitaltAktivViaAndre": others,
        "tildeltFullmakt": assigned,
    }


async def test_check_tells_of_each_in_the_order_asked(api: World) -> None:
    answer = await _check(api, PER.national_id, ASTRID.national_id, KARI.national_id)
    assert answer.json() == {
        "svar": [_answer(PER.national_id), _answer(ASTRID.national_id), _answer(KARI.national_id, self=True)]
    }


@pytest.mark.parametrize(
    ("role", "proxy", "others", "assigned"),
    [
        (RepresentationRole.FU, KARI, True, False),
        (RepresentationRole.TD, KARI, True, True),
        (RepresentationRole.VE, KARI, False, False),
    ],
)
async def test_check_tells_of_those_represented(
    api: World, role: RepresentationRole, proxy: Any, others: bool, assigned: bool
) -> None:
    async with database.unit_of_work() as session:
        session.add(
            Representation(
                actor_id=await person_id(proxy),
                represented_id=await person_id(ASTRID),
                role=role,
                scopes={"read_messages": ["*"]},
                valid_from=datetime.now(UTC) - timedelta(days=1),
            )
        )
    answer = await _check(api, ASTRID.national_id)
    assert answer.json()["svar"] == [_answer(ASTRID.national_id, others=others, assigned=assigned)]


async def test_one_who_left_it_to_her_proxies_is_active_by_them_alone_and_the_feed_says_look_again(
    api: World,
) -> None:
    kari, ola = await person_id(KARI), await person_id(OLA)
    async with database.unit_of_work() as session:
        session.add(
            Representation(
                actor_id=ola,
                represented_id=kari,
                role=RepresentationRole.FU,
                scopes={"read_messages": ["*"]},
                valid_from=datetime.now(UTC) - timedelta(days=1),
            )
        )
    before = (await api.alvdal.get(f"{CHANGES}?offset=0")).json()["nesteOffset"]
    assert await self_use.stop(await acting_context(kari))
    answer = await _check(api, KARI.national_id)
    assert answer.json()["svar"] == [_answer(KARI.national_id, others=True)]
    feed = (await api.alvdal.get(f"{CHANGES}?offset={before}")).json()
    assert [(line["nin"], line["aktiv"]) for line in feed["endringer"]] == [(KARI.national_id, True)]


async def test_check_is_in_the_log_of_those_known(api: World) -> None:
    await _check(api, PER.national_id, ASTRID.national_id)
    entries = await rows(AccessLogEntry)
    assert [(entry.action, entry.represented_id) for entry in entries] == [
        (LogAction.ACTIVITY_READ, await person_id(ASTRID))
    ]


@pytest.mark.parametrize(
    ("numbers", "element"),
    [
        ([], "nin"),
        (["14834813638"] * 1001, "nin"),
        (["14834813638", "1483481363"], "nin[1]"),
        ([14834813638], "nin[0]"),
        (["1483481363٨"], "nin[0]"),
    ],
    ids=["none", "many", "short", "number", "other digits"],
)
async def test_unusable_numbers_are_refused_unrepeated(
    small_api: World, numbers: list[Any], element: str
) -> None:
    answer = await _check(small_api, *numbers)
    assert (answer.status_code, [path for _, path in issues(answer)]) == (422, [element])
    assert "148348" not in answer.text
