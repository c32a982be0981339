"""The access log: who looked at or changed what, for whom, and by what right."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import AgentKind, LogAction, RepresentationRole, stored
from digihelse_app.models.database import new_id


class AccessLogEntry(SQLModel, table=True):
    """One act, append only (pasientjournalforskriften § 14; shape of FHIR AuditEvent)."""

    __table_args__ = (Index("ix_accesslogentry_represented", "represented_id", "at", "id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    at: datetime
    agent: AgentKind = Field(sa_type=stored(AgentKind))  # pyright: ignore[reportArgumentType]
    actor_id: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id", max_length=36)
    represented_id: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    role: RepresentationRole | None = Field(default=None, sa_type=stored(RepresentationRole))  # pyright: ignore[reportArgumentType]
    representation_id: str | None = Field(default=None, foreign_key="representation.id", max_length=36)
    action: LogAction = Field(sa_type=stored(LogAction))  # pyright: ignore[reportArgumentType]
    object_type: str = Field(default="", max_length=40)
    object_id: str = Field(default="", max_length=64)
