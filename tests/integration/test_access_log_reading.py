"""The readable log on both engines: who sees which rows, what is named, pages, filters, and its own trace."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from bench.inbox import cost
from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import AgentKind, LogAction
from digihelse_app.models.conversation import Thread
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation
from digihelse_app.services import access_log_reading, consent
from digihelse_app.services.access_log_choice import Kind, LogChoice, Span, Who
from digihelse_app.services.access_log_reading import LogRow
from digihelse_app.services.representation import acting_context
from tests import world
from tests.log_world import by_digihelse, by_herself, by_organisation, by_proxy
from tests.people import INGRID, JONAS, OLA
from tests.world import World, later

pytestmark = pytest.mark.usefixtures("clock", "database")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
READ, SEND = LogAction.THREAD_READ, LogAction.MESSAGE_SEND


@dataclass(frozen=True)
class Told:
    """Kari's world with rows in her log, Ingrid who reads messages for her, Jonas who sees visits."""

    kari: World
    ingrid: Person
    jonas: Person
    for_kari: Representation
    thread: Thread

    async def as_ingrid(self) -> ActingContext:
        """Ingrid acting for Kari."""
        return await acting_context(self.ingrid.id, self.for_kari.key)


async def told() -> Told:
    """One act of each sort, oldest first: Jonas, Ingrid, the service, Digihelse, Kari, and one for Ola."""
    kari, ingrid, jonas = await world.world(), await world.person(INGRID), await world.person(JONAS)
    reads = world.representation(ingrid, kari.kari, "read_messages")
    sees = world.representation(jonas, kari.kari, "see_visits")
    thread = world.thread(kari.kari, kari.service, later(hours=1), subject="Nye tider")
    message = world.message(thread, later(hours=1))
    ola = await world.person(OLA)
    await world.add(reads, sees, thread, message)
    await world.add(
        by_proxy(sees, later(hours=2), LogAction.VISITS_READ, "Visit"),
        by_proxy(reads, later(hours=3), READ, "Thread", thread.id),
        by_organisation(
            kari.organisation, kari.kari, later(hours=4), LogAction.FHIR_WRITE, "Message", message.id
        ),
        by_digihelse(kari.kari, later(hours=5), LogAction.NOTICE_SEND),
        by_herself(kari.kari, later(hours=6), READ, "Thread", thread.id),
        by_herself(ola, later(hours=6), READ, "Thread", thread.id),
    )
    return Told(kari, ingrid, jonas, reads, thread)


def short(rows: list[LogRow]) -> list[tuple[str, LogAction, str]]:
    """Who, what, and the conversation it is named by."""
    return [(row.who, row.action, row.thing.subject) for row in rows]


async def test_a_person_sees_everybodys_use_of_what_is_hers_and_her_reading_is_in_it() -> None:
    made = await told()
    page = await access_log_reading.read_log(await made.kari.acting())
    assert short(page.rows) == [
        ("Kari Nordmann", LogAction.LOG_READ, ""),
        ("Kari Nordmann", READ, "Nye tider"),
        ("", LogAction.NOTICE_SEND, ""),
        ("Alvdal kommune", LogAction.FHIR_WRITE, "Nye tider"),
        ("Ingrid Nordmann", READ, "Nye tider"),
        ("Jonas Nordmann", LogAction.VISITS_READ, ""),
    ]
    assert page.following is None
    assert [row.thing.service for row in page.rows if row.agent is AgentKind.ORGANISATION] == [
        "Hjemmesykepleie"
    ]


async def test_a_proxy_sees_what_she_did_herself_and_nothing_else() -> None:
    made = await told()
    page = await access_log_reading.read_log(await made.as_ingrid())
    assert short(page.rows) == [
        ("Ingrid Nordmann", LogAction.LOG_READ, ""),
        ("Ingrid Nordmann", READ, "Nye tider"),
    ]
    for chosen in [LogChoice(Who.SERVICES), LogChoice(Who.SELF), LogChoice(person_id=made.jonas.id)]:
        assert (await access_log_reading.read_log(await made.as_ingrid(), chosen)).rows == []
    taken = [row async for row in await access_log_reading.open_download(await made.as_ingrid())]
    assert {row.who for row in taken} == {"Ingrid Nordmann"}
    with pytest.raises(AccessDeniedError):
        await access_log_reading.list_people(await made.as_ingrid())


async def test_one_without_a_delegation_in_force_sees_nothing() -> None:
    made = await told()
    for kind in consent.CURRENT_VERSIONS:
        await consent.withdraw(await made.kari.acting(), kind)
    with pytest.raises(AccessDeniedError):
        await made.as_ingrid()
    page = await access_log_reading.read_log(await made.kari.acting())
    assert ("Ingrid Nordmann", READ, "") in short(page.rows)


async def test_what_was_hidden_from_a_proxy_is_not_named_to_her() -> None:
    made = await told()
    made.thread.hidden_at = NOW
    await world.add(made.thread)
    hers = await access_log_reading.read_log(await made.as_ingrid(), LogChoice(kind=Kind.MESSAGES))
    assert short(hers.rows) == [("Ingrid Nordmann", READ, "")]
    own = await access_log_reading.read_log(await made.kari.acting(), LogChoice(Who.PROXIES, Kind.MESSAGES))
    assert short(own.rows) == [("Ingrid Nordmann", READ, "Nye tider")]


@pytest.mark.parametrize(
    ("chosen", "actions"),
    [
        (LogChoice(Who.SELF, Kind.MESSAGES), [READ]),
        (LogChoice(Who.SERVICES), [LogAction.FHIR_WRITE]),
        (LogChoice(Who.PROXIES), [READ, LogAction.VISITS_READ]),
        (LogChoice(kind=Kind.VISITS), [LogAction.VISITS_READ]),
        (LogChoice(kind=Kind.MESSAGES), [READ, LogAction.FHIR_WRITE, READ]),
        (LogChoice(kind=Kind.PROFILE), [LogAction.NOTICE_SEND]),
        (LogChoice(kind=Kind.DELEGATIONS), []),
        (LogChoice(span=Span.WEEK), [LogAction.LOG_READ]),
    ],
)
async def test_it_is_narrowed_by_who_what_and_when(chosen: LogChoice, actions: list[LogAction]) -> None:
    made = await told()
    page = await access_log_reading.read_log(await made.kari.acting(), chosen)
    assert [row.action for row in page.rows] == actions


async def test_it_is_narrowed_to_one_person() -> None:
    made = await told()
    listed = await access_log_reading.list_people(await made.kari.acting())
    assert [one.name for one in listed] == ["Ingrid Nordmann", "Jonas Nordmann"]
    page = await access_log_reading.read_log(await made.kari.acting(), LogChoice(person_id=listed[1].id))
    assert [row.action for row in page.rows] == [LogAction.VISITS_READ]


async def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    kari = await world.world()
    await world.add(*(by_herself(kari.kari, later(hours=n // 3), SEND) for n in range(120)))
    first = await access_log_reading.read_log(await kari.acting())
    second = await access_log_reading.read_log(await kari.acting(), after=first.following)
    third = await access_log_reading.read_log(await kari.acting(), after=second.following)
    assert [len(page.rows) for page in (first, second, third)] == [50, 50, 21]
    assert third.following is None
    ids = [row.id for page in (first, second, third) for row in page.rows]
    assert len(set(ids)) == 121


async def test_a_thousand_refreshes_are_few_rows_on_the_page_and_all_of_them_in_the_table() -> None:
    kari = await world.world()
    await world.add(
        *(by_herself(kari.kari, later(minutes=n / 100), LogAction.HOME_READ) for n in range(1000))
    )
    page = await access_log_reading.read_log(await kari.acting())
    assert [(row.action, row.count) for row in page.rows] == [
        (LogAction.LOG_READ, 1),
        (LogAction.HOME_READ, 1000),
    ]
    assert len(await world.rows(AccessLogEntry)) == 1001
    taken = [row async for row in await access_log_reading.open_download(await kari.acting())]
    assert len(taken) == 1002


async def test_fifty_rows_are_named_by_as_many_queries_as_one() -> None:
    kari = await world.world()
    counts: list[int] = []
    for many in (1, 50):
        for n in range(many):
            thread = world.thread(kari.kari, kari.service, later(hours=n), subject=f"Tema {n}")
            await world.add(thread, by_herself(kari.kari, later(hours=n), READ, "Thread", thread.id))
        page = await access_log_reading.read_log(await kari.acting(), LogChoice(kind=Kind.MESSAGES))
        assert all(row.thing.subject for row in page.rows)
        counts.append(await cost(access_log_reading.read_log, await kari.acting()))
    assert counts[0] == counts[1]
