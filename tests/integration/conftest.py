"""What integration tests share beside the databases: the record-system API with real tokens."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.models.conversation import Message
from tests.fhir_world import World, episode, header, message, service, world, write
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
