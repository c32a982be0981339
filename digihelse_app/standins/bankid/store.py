"""All state of the provider, in its own database, so that any worker can serve any request.

Times are whole seconds since 1970 (UTC). What a browser or a client holds as a secret is stored as its hash.
"""

import asyncio
import hashlib
import secrets
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import JSON, BigInteger, MetaData, delete, event, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable

LOCK = 7_619_003  # PostgreSQL advisory lock
BUSY_SECONDS = 10
A_DAY = 24 * 60 * 60


class Table(DeclarativeBase):
    """Own metadata: the app's migrations never see these tables."""

    metadata = MetaData()
    type_annotation_map = {int: BigInteger, dict[str, Any]: JSON}  # noqa: RUF012 - SQLAlchemy's own idiom


class SigningKey(Table):
    __tablename__ = "testid_signing_key"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    private_jwk: Mapped[dict[str, Any]]


class Salt(Table):
    __tablename__ = "testid_salt"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class PushedRequest(Table):
    __tablename__ = "testid_pushed_request"
    request_uri: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    expires_at: Mapped[int]


class Interaction(Table):
    """A valid authorization request that waits for the person to choose."""

    __tablename__ = "testid_interaction"
    id: Mapped[str] = mapped_column(primary_key=True)
    parameters: Mapped[dict[str, Any]]
    expires_at: Mapped[int]


class SsoSession(Table):
    __tablename__ = "testid_session"
    cookie_hash: Mapped[str] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(unique=True)
    person: Mapped[str]
    acr: Mapped[str]
    auth_time: Mapped[int]
    last_seen: Mapped[int]
    ended: Mapped[bool] = mapped_column(default=False)


class SessionClient(Table):
    """A client that has been signed in to within a session, and must hear of its end."""

    __tablename__ = "testid_session_client"
    sid: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(primary_key=True)


class AuthorizationCode(Table):
    __tablename__ = "testid_code"
    code_hash: Mapped[str] = mapped_column(primary_key=True)
    client_id: Mapped[str]
    request: Mapped[dict[str, Any]]
    sid: Mapped[str]
    person: Mapped[str]
    acr: Mapped[str]
    auth_time: Mapped[int]
    fault: Mapped[str]
    expires_at: Mapped[int]
    used: Mapped[bool] = mapped_column(default=False)


class AccessToken(Table):
    __tablename__ = "testid_access_token"
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(index=True)
    client_id: Mapped[str]
    person: Mapped[str]
    locale: Mapped[str]
    no_pid: Mapped[bool]
    expires_at: Mapped[int]


class UsedJti(Table):
    __tablename__ = "testid_used_jti"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    jti_hash: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[int]


class OtherServiceSession(Table):
    """A sign-in at the dummy other service."""

    __tablename__ = "testid_other_service_session"
    cookie_hash: Mapped[str] = mapped_column(primary_key=True)
    sid: Mapped[str] = mapped_column(index=True)
    id_token: Mapped[str]


def digest(secret: str) -> str:
    """The form in which a bearer secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_secret() -> str:
    """256 random bits, safe in a URL."""
    return secrets.token_urlsafe(32)


class Store:
    """The database, made ready on first use: a mounted app's lifespan never runs."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._ready = False
        self._preparing = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose changes are committed together when the block ends without an exception.

        One transaction runs at a time, over all workers: what is read in it is still true when it writes.
        """
        await self._prepare()
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            await _lock(await session.connection())
            yield session

    async def _prepare(self) -> None:
        if self._ready:
            return
        async with self._preparing:
            if self._ready:
                return
            if self._engine.dialect.name == "sqlite":
                await _switch_to_wal(self._engine)
            async with self._engine.begin() as connection:
                await _create_tables(connection)
            self._ready = True


def _engine(url: str) -> AsyncEngine:
    # No pool: nothing stays open that a lifespan would have to close.
    if make_url(url).get_backend_name() != "sqlite":
        return create_async_engine(url, poolclass=NullPool)
    engine = create_async_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine.sync_engine, "connect")
    def _own_transactions(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine.sync_engine, "begin")
    def _write_lock_at_once(connection: Any) -> None:
        # A transaction that began as a reader cannot become a writer while another one writes.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


async def _switch_to_wal(engine: AsyncEngine) -> None:
    """WAL stays on in the file. SQLite does not wait for the lock this takes: a second worker asks again."""
    for attempts_left in reversed(range(100)):
        try:
            async with engine.connect() as connection:
                raw = await connection.get_raw_connection()
                await raw.driver_connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[union-attr]
                return
        except sqlite3.OperationalError:
            if not attempts_left:
                raise
            await asyncio.sleep(0.05)


async def _lock(connection: AsyncConnection) -> None:
    """SQLite has locked at BEGIN IMMEDIATE; PostgreSQL is asked for the same."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})


async def _create_tables(connection: AsyncConnection) -> None:
    await _lock(connection)
    for table in Table.metadata.sorted_tables:
        await connection.execute(CreateTable(table, if_not_exists=True))
        for index in table.indexes:
            await connection.execute(CreateIndex(index, if_not_exists=True))


async def sweep(session: AsyncSession, now: int) -> None:
    """Takes out what has expired, a day late: a replayed code must still revoke the tokens it gave."""
    for table in (PushedRequest, Interaction, AuthorizationCode, AccessToken, UsedJti):
        await session.execute(delete(table).where(table.expires_at < now - A_DAY))
    await session.execute(delete(SsoSession).where(SsoSession.last_seen < now - A_DAY))
    await session.execute(delete(SessionClient).where(SessionClient.sid.not_in(select(SsoSession.sid))))
