"""What record systems have put, as they put it, with its version."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel


class FhirResource(SQLModel, table=True):
    """A resource under the caller's own id: unique within organisation and type, versioned for ETag.

    `person_id` is whose it is, and `proxy_id` who is to act for her, where it tells of that: the two whose
    identity numbers are filled in again for the placeholders in `body`.
    """

    __table_args__ = (Index("ix_fhirresource_updated", "organisation_id", "resource_type", "updated_at"),)

    organisation_id: str = Field(foreign_key="organisation.id", primary_key=True, max_length=36)
    resource_type: str = Field(primary_key=True, max_length=40)
    resource_id: str = Field(primary_key=True, max_length=64)
    version: int
    updated_at: datetime
    source_updated_at: datetime | None = None
    digest: str = Field(max_length=64)
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36)
    proxy_id: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36)
    body: dict[str, Any] = Field(sa_type=JSON)
