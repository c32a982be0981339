"""Digihelse's record-system API and the stand-in record system at one address, each calling the other."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.routing import Mount

from digihelse_app.access.context import ActingContext
from digihelse_app.jobs.deliveries import to_record_systems
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import Organisation
from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.outgoing_consent import OutgoingDelegation
from digihelse_app.outside.record_system import FhirRecordSystem
from digihelse_app.outside.signing_keys import read_signing_keys
from digihelse_app.services import inbox, people, sending
from digihelse_app.services.representation import acting_context
from digihelse_app.standins import bankid
from digihelse_app.standins.record_system import RecordSystem
from digihelse_app.web import deliveries, digital_activity
from digihelse_app.web.fhir import routes
from digihelse_app.web.fhir.tokens import MachineTokens as JudgedTokens
from tests.conftest import MovableClock
from tests.fhir_world import activate, person_id
from tests.people import ASTRID, KARI
from tests.record_system_world import ALVDAL, CLIENTS, DIGIHELSE_KEY, another, client, serving
from tests.servers import free_port


@dataclass(frozen=True)
class BothEnds:
    """The stand-in with its patients, what delivers to it, and a browser of its staff."""

    system: RecordSystem
    dispatcher: Dispatcher
    outgoing: FhirRecordSystem
    staff: httpx.AsyncClient

    async def submit(self, path: str, **form: str) -> httpx.Response:
        """A form sent from the record system's own page; the page it leads to."""
        headers = {"Sec-Fetch-Site": "same-origin"}
        return await self.staff.post(f"/fagsystem{path}", data=form, headers=headers, follow_redirects=True)

    async def kari_asks(self, text: str = "Kan dere komme senere?", category: str = "") -> str:
        """Kari is connected and has written to home care; the conversation's id."""
        await activate(KARI)
        await self.system.run_night_job()
        acting = await self.kari()
        home_care = next(found for found in await inbox.list_recipients(acting) if found.categories)
        draft = sending.Draft(text, "key-00000001", home_care.id, "Besøk", category)
        return (await sending.send_new(acting, draft)).thread_id

    async def late(self, given: OutgoingDelegation) -> None:
        """What was true once reaches the record system now."""
        await self.outgoing.deliver_delegation(self.system.system.base_url + "/fhir", given, "late")

    async def kari(self) -> ActingContext:
        """Kari for herself."""
        return await acting_context(await person_id(KARI))


@asynccontextmanager
async def both_ends(folder: Path, clock: MovableClock) -> AsyncIterator[BothEnds]:
    """Both on a socket, with the connected database and the stand-ins' own in `folder`."""
    origin = f"http://127.0.0.1:{free_port()}"
    issuer = f"{origin}/testid"
    provider = bankid.create(
        issuer=issuer,
        database_url=f"sqlite+aiosqlite:///{folder}/testid.db",
        clients=CLIENTS,
        people=(),
        clock=clock,
    )
    system = another(origin, folder, clock)
    await system.seed()
    judged = JudgedTokens(issuer, origin)
    app = Starlette(
        routes=[
            Mount("/testid", provider),
            Mount("/fagsystem", system.app),
            *digital_activity.routes(judged),
            *deliveries.routes(judged),
            *routes.routes(judged, origin),
        ]
    )
    await populate(origin)
    keys = read_signing_keys({"keys": [DIGIHELSE_KEY.as_dict(private=True)]})
    async with serving(app, origin), client(origin) as http, httpx.AsyncClient(trust_env=False) as outward:
        outgoing = FhirRecordSystem(MachineTokens(issuer, "digihelse", keys), outward)
        yield BothEnds(system, Dispatcher(to_record_systems(outgoing)), outgoing, http)
        await system.stop()


async def populate(origin: str) -> None:
    """The connected database knows the municipality, whose record system is at `origin`, Kari and Astrid."""
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
