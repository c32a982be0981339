"""Everything a notice passes on its way, on real sockets: machine tokens, contact register, gateways."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Mount

from digihelse_app.jobs.deliveries import to_people
from digihelse_app.jobs.outbox import Dispatcher
from digihelse_app.outside import clock
from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.notice_gateways import gateways
from digihelse_app.outside.registers.answers import Registers
from digihelse_app.outside.registers.connected import registers
from digihelse_app.services import notices
from digihelse_app.settings import Settings
from digihelse_app.standins import bankid, mailbox
from digihelse_app.standins import registers as standin_registers
from digihelse_app.standins.mailbox.application import LOCK
from digihelse_app.standins.mailbox.tables import Sent, Table
from digihelse_app.standins.own_database import OwnDatabase
from digihelse_app.standins.people import PEOPLE, SyntheticPerson
from tests.servers import free_port
from tests.sign_in_site import SIGNING_KEYS, client_registration, serving

CHANGE_AT = "https://change.example"


@dataclass
class NoticeWorld:
    """What sends notices, and what they are sent to."""

    base_url: str
    dispatcher: Dispatcher
    registers: Registers
    http: httpx.AsyncClient
    _mailbox: OwnDatabase

    async def sent(self) -> list[Sent]:
        """What the gateways were handed, oldest first."""
        async with self._mailbox.transaction() as session:
            return list(await session.scalars(select(Sent).order_by(Sent.number)))

    async def recipients(self) -> list[tuple[str, str]]:
        """Kind and recipient of each."""
        return [(one.kind, one.recipient) for one in await self.sent()]

    async def set_faults(self, *names: str) -> None:
        """Switch these of the mailbox's faults on, and the others off."""
        await self.http.post("/varsler-test/feil", data=dict.fromkeys(names, "on"))

    async def set_registers_down(self, down: bool) -> None:
        """The registers' fault switch."""
        await self.http.post("/registre/feil", data={"nede": "1" if down else "0"})


def _now() -> datetime:
    return clock.now()


@asynccontextmanager
async def notice_world(
    folder: Path, people: Sequence[SyntheticPerson] = PEOPLE
) -> AsyncIterator[NoticeWorld]:
    """All of it on a free port; `people` are those the contact register knows."""
    port = free_port()
    settings = Settings(base_url=f"http://localhost:{port}", var_dir=folder).checked()
    base, issuer = settings.base_url, settings.machine_token_issuer
    mailbox_url = f"sqlite+aiosqlite:///{folder / 'varsler.db'}"
    provider = bankid.create(
        issuer=issuer,
        database_url=f"sqlite+aiosqlite:///{folder / 'testid.db'}",
        clients=[client_registration(base)],
        people=(),
        clock=_now,
    )
    register = standin_registers.create(people=people, issuer=issuer, jwks_url=f"{issuer}/jwks", clock=_now)
    mounts = [
        Mount("/testid", provider),
        Mount("/registre", register),
        Mount("/varsler-test", mailbox.create(database_url=mailbox_url, clock=_now)),
    ]
    tokens = MachineTokens(issuer, settings.machine_client_id, SIGNING_KEYS)
    connected = registers(settings, tokens)
    notices.configure(connected, CHANGE_AT)
    async with (
        serving(Starlette(routes=mounts), port),
        httpx.AsyncClient(base_url=base, trust_env=False) as http,
    ):
        dispatcher = Dispatcher(to_people(connected, gateways(settings, tokens, http), base))
        yield NoticeWorld(base, dispatcher, connected, http, OwnDatabase(mailbox_url, Table.metadata, LOCK))
