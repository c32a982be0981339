"""Digihelse and the stand-in record system over the whole wire: night run, question, answer, reply."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.applications import Starlette
from starlette.routing import Mount

from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models.codes import SenderKind
from digihelse_app.models.conversation import Message
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import CareRelation, Organisation
from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.outside.signing_keys import read_signing_keys
from digihelse_app.services import inbox, people, sending
from digihelse_app.services.representation import acting_context
from digihelse_app.standins import bankid
from digihelse_app.standins.record_system import RecordSystem
from digihelse_app.web import digital_activity
from digihelse_app.web.fhir import routes
from digihelse_app.web.fhir.tokens import MachineTokens as JudgedTokens
from tests.conftest import MovableClock
from tests.fhir_world import activate, deactivate, person_id, rows
from tests.people import ASTRID, KARI
from tests.record_system_world import ALVDAL, CLIENTS, DIGIHELSE_KEY, another, client, serving
from tests.servers import free_port


@pytest.fixture
async def record_system(
    database: AsyncEngine, tmp_path: Path, clock: MovableClock
) -> AsyncIterator[tuple[RecordSystem, Dispatcher]]:
    """The stand-in with its patients, the issuer and the API at one address, and what delivers to it."""
    origin = f"http://127.0.0.1:{free_port()}"
    issuer = f"{origin}/testid"
    files = f"sqlite+aiosqlite:///{tmp_path}"
    provider = bankid.create(
        issuer=issuer, database_url=f"{files}/testid.db", clients=CLIENTS, people=(), clock=clock
    )
    system = another(origin, tmp_path, clock)
    await system.seed()
    judged = JudgedTokens(issuer, origin)
    mounted = [Mount("/testid", provider), Mount("/fagsystem", system.app)]
    app = Starlette(routes=[*mounted, *digital_activity.routes(judged), *routes.routes(judged, origin)])
    await _populate(origin)
    keys = read_signing_keys({"keys": [DIGIHELSE_KEY.as_dict(private=True)]})
    async with serving(app, origin), client(origin), httpx.AsyncClient(trust_env=False) as http:
        outgoing = FhirRecordSystem(MachineTokens(issuer, "digihelse", keys), http)
        yield system, Dispatcher(to_record_systems(outgoing))
        await system.stop()


async def _populate(origin: str) -> None:
    async with unit_of_work() as session:
        session.add(
            Organisation(
                her_id=ALVDAL.her_id,
                organisation_number=ALVDAL.organisation_number,
                name=ALVDAL.name,
                fhir_base_url=f"{origin}/fagsystem/fhir",
            )
        )
        for synthetic in (KARI, ASTRID):
            person = await people.find_or_create(session, synthetic.national_id)
            person.given_name, person.family_name = synthetic.given_name, synthetic.family_name


async def test_citizen_is_connected_asks_and_is_answered(
    record_system: tuple[RecordSystem, Dispatcher], clock: MovableClock
) -> None:
    system, dispatcher = record_system
    await activate(KARI)
    await activate(ASTRID)
    run = await system.run_night_job()
    assert run is not None
    assert (run.seen, run.matched, run.errors, run.detail) == (2, 1, 0, "")
    [organisation] = await rows(Organisation)
    assert organisation.activity_offset == 2
    acting = await acting_context(await person_id(KARI))
    home_care = next(found for found in await inbox.list_recipients(acting) if found.open)
    draft = sending.Draft("Kan dere komme senere?", "key-00000001", home_care.id, "Besøk")
    sent = await sending.send_new(acting, draft)
    assert await dispatcher.dispatch_due() == 1
    clock.advance(minutes=5)
    await system.reply(sent.thread_id, "Ja, klokken ti.")
    await system.deliver()
    written = sorted(await rows(Message), key=lambda row: row.sent_at)
    assert [(row.sender, row.body) for row in written] == [
        (SenderKind.CITIZEN, "Kan dere komme senere?"),
        (SenderKind.SERVICE, "Ja, klokken ti."),
    ]
    question, answer = written
    assert question.delivered_at == clock.at.replace(minute=0)
    assert question.answered_at == answer.sent_at == clock.at


async def test_service_writes_first_and_the_citizen_answers(
    record_system: tuple[RecordSystem, Dispatcher],
) -> None:
    system, dispatcher = record_system
    await activate(KARI)
    await system.run_night_job()
    theirs = await system.write_first("kari", "hjemmebasert-omsorg", "Vaksine", "Vil du ha vaksine?")
    await system.deliver()
    acting = await acting_context(await person_id(KARI))
    [summary] = (await inbox.list_threads(acting)).threads
    await sending.reply(acting, summary.thread.id, sending.Draft("Ja takk", "key-00000001"))
    await dispatcher.dispatch_due()
    conversation = await system.read(theirs)
    assert conversation is not None
    assert [message.text for message in conversation.messages] == ["Vil du ha vaksine?", "Ja takk"]


async def test_night_run_again_changes_nothing_and_withdrawing_ends_the_right(
    record_system: tuple[RecordSystem, Dispatcher],
) -> None:
    system, _ = record_system
    await activate(KARI)
    await system.run_night_job()
    first = await rows(CareRelation)
    await system.run_night_job()
    again = await rows(CareRelation)
    await deactivate(KARI)
    run = await system.run_night_job()
    ended = await rows(CareRelation)
    assert run is not None
    assert (run.errors, run.detail) == (0, "")
    assert first == again
    assert ([row.active for row in first], {row.active for row in ended}) == ([True] * len(first), {False})
