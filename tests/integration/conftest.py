"""What integration tests share beside the databases: the record-system API with real tokens."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.fhir_world import World, world
from tests.machine_issuer import MachineIssuer, machine_issuer


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
