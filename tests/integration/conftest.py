"""What integration tests share beside the databases: the record-system API with real tokens."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.conversation import Message
from digihelse_app.services import delegation
from tests.conftest import MovableClock
from tests.delegation_world import Register, signing
from tests.fhir_world import TYNSET, World, episode, header, message, service, world, write
from tests.machine_issuer import MachineIssuer, machine_issuer
from tests.people import KARI


@pytest.fixture
def issuer() -> Iterator[MachineIssuer]:
    """A machine issuer on a real socket."""
    with machine_issuer() as running:
        yield running


@pytest.fixture
async def api(database: AsyncEngine, issuer: MachineIssuer) -> AsyncIterator[World]:
    """The record-system API on both engines in turn, with two organisations that call it."""
    async with world(issuer) as made:
        yield made


@pytest.fixture
async def small_api(sqlite_database: AsyncEngine, issuer: MachineIssuer) -> AsyncIterator[World]:
    """The same on SQLite alone, for rules that no engine changes."""
    async with world(issuer) as made:
        yield made


@pytest.fixture
async def filled(small_api: World) -> tuple[World, Message]:
    """Alvdal has a service, a relation, a conversation of its own and one that Kari began."""
    await small_api.alvdal.put(service())
    await small_api.alvdal.put(episode(KARI))
    await small_api.alvdal.put(header(KARI))
    await small_api.alvdal.put(message(KARI))
    return small_api, await write(KARI, "Kan dere komme senere?")


@pytest.fixture
def register() -> Iterator[Register]:
    """The population register, and a key for mandates."""
    made = Register()
    delegation.configure(made, {80})
    with signing():
        yield made


@pytest.fixture
async def registering(api: World, register: Register, clock: MovableClock) -> None:
    """Two municipalities that can register delegations: Alvdal has two services, and Tynset one."""
    await api.alvdal.put(service())
    await api.alvdal.put(service(service_id="praktisk-hjelp", name="Praktisk hjelp"))
    await api.tynset.put(service(TYNSET, "i-tynset", name="Hjemmetjenesten"))
