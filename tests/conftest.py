"""What every test may ask for: databases on both engines, Redis, a clock to set, a browser, the built app."""

import asyncio
import gc
import os
import shutil
import ssl
from collections import deque
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from joserfc.jwk import RSAKey
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.migrations.run import upgrade
from digihelse_app.models import database as app_database
from digihelse_app.models import vault as app_vault
from digihelse_app.outside import clock as app_clock
from digihelse_app.outside.registers.answers import ContactDetails, RegisterDownError, RegisteredPerson
from digihelse_app.services import notices
from digihelse_app.standins.bankid import keys
from tests import servers
from tests.postgres_database import ReusedDatabase
from tests.vault import TEST_VAULT
from tools import find_chromium

# How long an example takes is for the benchmarks: a busy machine is no fault of the code's.
settings.register_profile(
    "digihelse", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("explore", settings.get_profile("digihelse"), derandomize=False, max_examples=1000)
# The same examples every time: what is green stays green until something changes. Others are for explorers.
settings.load_profile(os.environ.get("DIGIHELSE_EXAMPLES", "digihelse"))

FEW = 4
TEMPLATE = "template_with_tables"
ENGINES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps an event loop running, and beside it no other test can run one."""
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """What is loaded stays: to look through it for garbage, again and again, took a tenth of the time."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Show the app's own log with a test that failed against it."""
    report: Any = yield
    if report.failed:
        for given in getattr(item, "funcargs", {}).values():
            running = getattr(given, "app", given)
            if isinstance(running, servers.RunningApp):
                report.sections.append(("the app's log", running.tail()))
    return report


@pytest.fixture(scope="session", autouse=True)
def _one_list_of_authorities() -> Iterator[None]:
    """Each client of httpx reads the list of certificate authorities, which takes longer than most tests."""
    create = ssl.create_default_context
    kept = cache(lambda cafile: create(cafile=cafile))

    def once(*arguments: Any, **options: Any) -> ssl.SSLContext:
        only_a_file = not arguments and options.keys() == {"cafile"}
        return kept(options["cafile"]) if only_a_file else create(*arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _few_signing_keys() -> Iterator[None]:
    """To find an RSA key, too, takes longer than most tests: the stand-in provider gets one of a few."""
    find, found = keys.new_key, deque[RSAKey]()

    async def another() -> RSAKey:
        if len(found) < FEW:
            found.append(await find())
        found.rotate()
        return found[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "new_key", another)
        yield


@pytest.fixture(autouse=True)
def vault() -> app_vault.Vault:
    """Keys for the identity numbers; the same in every test."""
    app_vault.hold(TEST_VAULT)
    return TEST_VAULT


class _DownRegister:
    """Registers that do not answer: what a test has until it starts the stand-ins."""

    async def person(self, national_id: str) -> RegisteredPerson | None:  # noqa: ARG002
        raise RegisterDownError

    async def contact(self, national_id: str) -> ContactDetails:  # noqa: ARG002
        raise RegisterDownError


@pytest.fixture(autouse=True)
def _no_registers() -> None:
    notices.configure(_DownRegister(), "")


class MovableClock:
    """A clock that stands still until it is told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def set(self, at: datetime) -> None:
        """It is `at` now (aware)."""
        self.at = at.astimezone(UTC)

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        """So much time has gone by."""
        self.at += timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    """The app's clock, standing at Monday 23 November 2026 10:00 in Oslo until it is moved."""
    movable = MovableClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    app_clock.use(movable)
    yield movable
    app_clock.use(app_clock.system_clock)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every table and no row."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_make_tables(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    """A PostgreSQL server with a template that has every table and no row."""
    with servers.postgres() as server:
        server.sql(f"CREATE DATABASE {TEMPLATE}")
        asyncio.run(_make_tables(server.url(TEMPLATE)))
        yield server


async def _make_tables(url: str) -> None:
    engine = app_database.connect(url)
    await upgrade(engine)
    await app_database.disconnect()


@pytest.fixture(scope="session")
def reused_database(postgres: servers.Postgres) -> Iterator[ReusedDatabase]:
    """What `postgres_url` lends."""
    reused = ReusedDatabase(postgres, TEMPLATE)
    yield reused
    reused.close()


@pytest.fixture
def postgres_url(reused_database: ReusedDatabase) -> Iterator[str]:
    """Address of a PostgreSQL database of one's own, with every table and no row."""
    yield reused_database.lend()
    reused_database.take_back()


@pytest.fixture
def sqlite_url(sqlite_template: Path) -> str:
    """Address of an SQLite database of one's own, with every table and no row; the same for every test."""
    folder = sqlite_template.parent / "test"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "test.db")
    return f"sqlite+aiosqlite:///{folder}/test.db"


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """`sqlite_url` and `postgres_url` in turn: a test that asks for it runs on both engines."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@cache
def _engine_for(url: str) -> AsyncEngine:
    """Kept from test to test, without a connection: it knows what each statement is in SQL."""
    return app_database.engine_for(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[AsyncEngine]:
    """The app's database on both engines in turn: connected, with every table and no row."""
    yield app_database.use(_engine_for(database_url))
    await app_database.disconnect()


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    """The app's database on SQLite alone, for tests of rules that no engine changes."""
    yield app_database.use(_engine_for(sqlite_url))
    await app_database.disconnect()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Address of a Redis server."""
    with servers.redis() as url:
        yield url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """How pytest-playwright starts the machine's Chromium."""
    arguments = list(find_chromium.ARGUMENTS)
    return {**browser_type_launch_args, "executable_path": find_chromium.find(), "args": arguments}


@pytest.fixture(scope="session")
def story(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of an installation in which the synthetic people's story has been played."""
    shared = pytestconfig.getoption("--turns", default=None)
    return servers.played(Path(shared) / "story" if shared else tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="module")
def app_server(story: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.RunningApp]:
    """The built app with stand-ins and the synthetic people, anew for each file of tests.

    Which program runs a file, and after which others, is different every time; what it finds is not.
    """
    with servers.app(servers.begin_with(story, tmp_path_factory.mktemp("app"))) as running:
        yield running
