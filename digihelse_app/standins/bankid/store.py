"""All state of the provider, in its own database, so that any worker can serve any request.

Times are whole seconds since 1970 (UTC). What a browser or a client holds as a secret is stored as its hash.
"""

import hashlib
import secrets
from typing import Any

from sqlalchemy import JSON, BigInteger, MetaData, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from digihelse_app.standins.own_database import OwnDatabase

LOCK = 7_619_003  # PostgreSQL advisory lock
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


class Store(OwnDatabase):
    """The provider's database; one transaction runs at a time."""

    def __init__(self, url: str) -> None:
        super().__init__(url, Table.metadata, LOCK, one_at_a_time=True)


async def sweep(session: AsyncSession, now: int) -> None:
    """Takes out what has expired, a day late: a replayed code must still revoke the tokens it gave."""
    for table in (PushedRequest, Interaction, AuthorizationCode, AccessToken, UsedJti):
        await session.execute(delete(table).where(table.expires_at < now - A_DAY))
    await session.execute(delete(SsoSession).where(SsoSession.last_seen < now - A_DAY))
    await session.execute(delete(SessionClient).where(SessionClient.sid.not_in(select(SsoSession.sid))))
