"""One built app for all attacks, apart from the one other tests use; its log is read when they are over."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.attacked import Belongings, belongings_of, consent, data_of, sign_in


@pytest.fixture(scope="session")
def attacked(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.RunningApp]:
    """The built app with the people's story."""
    with servers.app(servers.begin_with(story, tmp_path_factory.mktemp("attacked"))) as running:
        yield running


@pytest.fixture
def url(attacked: servers.RunningApp) -> str:
    """Its address."""
    return attacked.base_url


@pytest.fixture
async def data(attacked: servers.RunningApp) -> AsyncIterator[None]:
    """Its own database, connected."""
    async with data_of(attacked):
        yield


@pytest.fixture
async def karis(data: None) -> Belongings:
    """What Kari has, and nobody else may see."""
    return await belongings_of("kari")


@pytest.fixture(scope="session")
def kari(attacked: servers.RunningApp) -> str:
    """The secret of a session of Kari's."""
    return asyncio.run(sign_in(attacked.base_url, "kari"))


@pytest.fixture(scope="session")
def ola(attacked: servers.RunningApp) -> str:
    """The secret of a session of Ola's, who has consented, and is nothing to Kari."""
    return asyncio.run(_sign_in_and_consent(attacked.base_url, "ola"))


@pytest.fixture(scope="session")
def ingrid(attacked: servers.RunningApp) -> str:
    """The secret of a session of Ingrid's, to whom Kari can give delegations."""
    return asyncio.run(_sign_in_and_consent(attacked.base_url, "ingrid"))


async def _sign_in_and_consent(base_url: str, key: str) -> str:
    secret = await sign_in(base_url, key)
    await consent(base_url, secret)
    return secret
