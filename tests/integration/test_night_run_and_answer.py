"""Digihelse and the stand-in record system on one socket: connected overnight, a question, its answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.routing import Mount

from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models.codes import ConsentKind, NoticeChannel
from digihelse_app.models.database import unit_of_work
from digihelse_app.outside.machine_token import MachineTokens as OwnTokens
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.outside.signing_keys import SigningKeys
from digihelse_app.services import (
    care,
    connection,
    consent,
    inbox,
    notices,
    organisations,
    people,
    representation,
    sending,
)
from digihelse_app.services.connection import SetupState
from digihelse_app.standins import bankid
from digihelse_app.standins.people import SyntheticPerson
from digihelse_app.standins.record_system import RecordSystem, faults
from digihelse_app.web import digital_activity
from digihelse_app.web.fhir import routes
from digihelse_app.web.fhir.tokens import MachineTokens
from tests.conftest import MovableClock
from tests.people import ASTRID, KARI, OLA
from tests.record_system_world import ALVDAL, CLIENTS, DIGIHELSE_KEY, another, client, serving
from tests.servers import free_port


@dataclass
class Place:
    """Both ends; `dispatcher` delivers what citizens wrote."""

    system: RecordSystem
    dispatcher: Dispatcher
    origin: str
    http: httpx.AsyncClient

    async def submit(self, path: str, **form: str) -> httpx.Response:
        """A form of the record system's, sent by someone in the municipality."""
        headers = {"Origin": self.origin}
        return await self.http.post(f"/fagsystem{path}", data=form, headers=headers, follow_redirects=True)


@pytest.fixture
async def place(database: AsyncEngine, tmp_path: Path, clock: MovableClock) -> AsyncIterator[Place]:
    origin = f"http://127.0.0.1:{free_port()}"
    issuer = f"{origin}/testid"
    await organisations.register(
        [
            organisations.KnownOrganisation(
                her_id=ALVDAL.her_id,
                organisation_number=ALVDAL.organisation_number,
                name=ALVDAL.name,
                phone="62 48 90 00",
                fhir_base_url=f"{origin}/fagsystem/fhir",
            )
        ]
    )
    system = another(origin, tmp_path, clock)
    await system.seed()
    provider = bankid.create(
        issuer=issuer,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'testid.db'}",
        clients=CLIENTS,
        people=(),
        clock=clock,
    )
    accepted = MachineTokens(issuer, origin)
    site = Starlette(
        routes=[
            Mount("/testid", provider),
            Mount("/fagsystem", system.app),
            *digital_activity.routes(accepted),
            *routes.routes(accepted, origin),
        ]
    )
    own = OwnTokens(issuer, "digihelse", SigningKeys({"digihelse-1": DIGIHELSE_KEY}, "digihelse-1"))
    async with serving(site, origin), client(origin) as http, httpx.AsyncClient(trust_env=False) as outgoing:
        dispatcher = Dispatcher(to_record_systems(FhirRecordSystem(own, outgoing)))
        yield Place(system, dispatcher, origin, http)
        await system.stop()


async def signs_in(synthetic: SyntheticPerson) -> str:
    """The person is known from now on, and has accepted all there is to accept; gives her id."""
    async with unit_of_work() as session:
        person = await people.find_or_create(session, synthetic.national_id)
        person.given_name, person.family_name = synthetic.given_name, synthetic.family_name
    for kind in ConsentKind:
        acting = await representation.acting_context(person.id)
        await consent.give(acting, kind, consent.CURRENT_VERSIONS[kind])
    # Notices have tests of their own; here only what goes to the record system is counted.
    await notices.choose(await representation.acting_context(person.id), NoticeChannel.NONE)
    return person.id


async def setup_of(person_id: str) -> SetupState:
    """What the home page says."""
    return (await connection.status(await representation.acting_context(person_id))).state


async def asks(person_id: str, recipient: str) -> str:
    """Writes to a service by name; gives the conversation."""
    acting = await representation.acting_context(person_id)
    services = {service.name: service.id for service in await inbox.list_recipients(acting)}
    draft = sending.Draft(
        body="Kan dere komme klokka ti?",
        idempotency_key="first-question",
        recipient=services[recipient],
        subject="Senere besøk",
    )
    return (await sending.send_new(acting, draft)).thread_id


async def test_citizen_is_connected_overnight_asks_and_is_answered(place: Place, clock: MovableClock) -> None:
    ola = await signs_in(OLA)
    assert await setup_of(ola) == SetupState.TONIGHT
    page = await place.submit("/drift/nattjobb")
    assert page.text.count("Nattjobben er ferdig.") == 1
    assert await setup_of(ola) == SetupState.READY
    clock.advance(hours=1)
    thread_id = await asks(ola, "Hjemmebasert omsorg")
    assert await place.dispatcher.dispatch_due() == 1
    worklist = await place.http.get("/fagsystem/")
    assert worklist.text.count("Senere besøk") == 1
    clock.advance(hours=1)
    await place.submit(f"/samtale/{thread_id}/svar", text="Ja, vi kommer klokka ti.", staff="Trond Bakke")
    assert await place.system.deliver() == 2  # that it is worked on, and the answer
    opened = await inbox.open_thread(await representation.acting_context(ola), thread_id)
    assert [(message.body, message.author_name) for message in opened.messages] == [
        ("Kan dere komme klokka ti?", "Ola Hansen"),
        ("Ja, vi kommer klokka ti.", "Hjemmebasert omsorg"),
    ]
    assert opened.messages[0].delivered_at is not None


async def test_citizen_answers_what_the_service_began(place: Place, clock: MovableClock) -> None:
    ola = await signs_in(OLA)
    await place.system.run_night_job()
    begun = await place.system.write_first("ola", "hjemmebasert-omsorg", "Vaksine", "Vil du ha vaksine?")
    acting = await representation.acting_context(ola)
    [summary] = (await inbox.list_threads(acting)).threads
    clock.advance(hours=1)
    draft = sending.Draft(body="Ja takk.", idempotency_key="the-answer")
    await sending.reply(acting, summary.thread.id, draft)
    assert await place.dispatcher.dispatch_due() == 1
    conversation = await place.system.read(begun)
    assert conversation is not None
    assert [message.text for message in conversation.messages] == ["Vil du ha vaksine?", "Ja takk."]


async def test_each_person_sees_why_and_when(place: Place) -> None:
    kari, astrid = await signs_in(KARI), await signs_in(ASTRID)
    run = await place.system.run_night_job()
    assert run is not None
    assert (run.seen, run.matched, run.errors) == (2, 1, 0)
    assert (await setup_of(kari), await setup_of(astrid)) == (SetupState.READY, SetupState.NO_SERVICE)
    recipients = await inbox.list_recipients(await representation.acting_context(kari))
    assert {one.name: (one.open, str(one.opens_on)) for one in recipients} == {
        "Hjemmebasert omsorg": (True, "2026-01-27"),
        "Praktisk hjelp": (True, "2026-01-27"),
        "Solsida omsorgsheim": (False, "2026-12-14"),
    }


async def test_service_that_opens_can_be_written_to_at_once(place: Place) -> None:
    kari = await signs_in(KARI)
    await place.system.run_night_job()
    await place.submit("/drift/tjeneste/solsida-omsorgsheim", opens_on="2026-11-23")
    recipients = await inbox.list_recipients(await representation.acting_context(kari))
    assert [one.name for one in recipients if one.open] == [
        "Hjemmebasert omsorg",
        "Praktisk hjelp",
        "Solsida omsorgsheim",
    ]


async def test_consent_withdrawn_ends_the_relations_without_an_error(place: Place) -> None:
    ola = await signs_in(OLA)
    await place.system.run_night_job()
    await consent.withdraw(await representation.acting_context(ola), ConsentKind.DIALOGUE)
    run = await place.system.run_night_job()
    assert run is not None
    assert (run.outcome, run.matched, run.errors) == ("done", 1, 0)
    async with unit_of_work(reading=True) as session:
        assert await care.received(session, ola) == []


async def test_message_reaches_a_record_system_that_was_down(place: Place, clock: MovableClock) -> None:
    ola = await signs_in(OLA)
    await place.system.run_night_job()
    await faults.switch(place.system.system, faults.DOWN, on=True)
    thread_id = await asks(ola, "Hjemmebasert omsorg")
    await place.dispatcher.dispatch_due()
    assert await place.system.read(thread_id) is None
    await faults.switch(place.system.system, faults.DOWN, on=False)
    clock.advance(minutes=5)
    await place.dispatcher.dispatch_due()
    conversation = await place.system.read(thread_id)
    assert conversation is not None
    assert [message.text for message in conversation.messages] == ["Kan dere komme klokka ti?"]
