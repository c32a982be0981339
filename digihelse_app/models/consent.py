"""Consents, and the feed that tells record systems who is digitally active."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import ConsentKind, stored
from digihelse_app.models.database import new_id


class Consent(SQLModel, table=True):
    """One acceptance of one version of one text. Never changed but by being withdrawn."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    kind: ConsentKind = Field(sa_type=stored(ConsentKind))  # pyright: ignore[reportArgumentType]
    version: str = Field(max_length=20)
    given_by: str = Field(foreign_key="person.id", max_length=36)
    given_at: datetime
    withdrawn_by: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    withdrawn_at: datetime | None = None


class ActivityChange(SQLModel, table=True):
    """One line of the feed: a person became, or stopped being, digitally active."""

    __table_args__ = {"sqlite_autoincrement": True}

    offset: int | None = Field(default=None, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    active: bool
    at: datetime
