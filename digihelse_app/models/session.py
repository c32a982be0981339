"""Signing in: the login on its way, and the session that comes of it."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from digihelse_app.models.database import new_id


class LoginTransaction(SQLModel, table=True):
    """A login under way: what the callback must match. Found by the hash of `state`, used once.

    `browser_hash` is of a cookie: the answer must come to the browser that asked.
    """

    state_hash: str = Field(primary_key=True, max_length=64)
    browser_hash: str = Field(index=True, max_length=64)
    nonce: str
    code_verifier: str
    return_path: str
    started_at: datetime
    expires_at: datetime = Field(index=True)
    prompt_login: bool = False
    language: str = Field(default="nb", max_length=2)
    taken_at: datetime | None = None


class Session(SQLModel, table=True):
    """A signed-in browser. The cookie's secret is never stored, only its SHA-256.

    `id_token_cipher` is kept, encrypted, for `id_token_hint` when signing out at the provider.
    """

    __tablename__ = "login_session"  # pyright: ignore[reportAssignmentType]

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    secret_hash: str = Field(unique=True, max_length=64)
    actor_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    issuer: str
    provider_sid: str | None = Field(default=None, index=True, max_length=200)
    acr: str = Field(max_length=80)
    auth_time: datetime
    id_token_cipher: bytes | None = None
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
