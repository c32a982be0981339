"""Organisations that provide care, the services they offer, and who receives them."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import ServiceKind, stored
from digihelse_app.models.database import new_id


class Organisation(SQLModel, table=True):
    """A municipality's care organisation, and how far its record system has read the activity feed."""

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    her_id: str = Field(unique=True, max_length=20)
    organisation_number: str = Field(unique=True, max_length=9)
    name: str
    phone: str = ""
    fhir_base_url: str
    activity_offset: int = 0
    activity_read_at: datetime | None = None


class CareService(SQLModel, table=True):
    """A service one may receive and write to, as its organisation describes it (HealthcareService).

    `cancel_working_days` and `cancel_before` (wall clock, Europe/Oslo) are until when a visit can be
    cancelled (`services.visit_rules`). `shares_names`: whether one may know who comes.
    `missed_after_minutes`: how long after its end a visit that is not registered as done is told of.
    """

    __table_args__ = (UniqueConstraint("organisation_id", "external_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    organisation_id: str = Field(foreign_key="organisation.id", index=True, max_length=36)
    external_id: str = Field(max_length=64)
    name: str
    kind: ServiceKind = Field(default=ServiceKind.OTHER, sa_type=stored(ServiceKind))  # pyright: ignore[reportArgumentType]
    phone: str = ""
    opening_hours: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    opens_on: date | None = None
    reply_working_days: int | None = None
    categories: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    shows_visits: bool = False
    shares_names: bool = False
    cancel_working_days: int = 1
    cancel_before: time | None = None
    missed_after_minutes: int = 60
    emergency_text: str = ""
    active: bool = True

    def open_for_dialogue(self, today: date) -> bool:
        """Whether one may write to it on `today` (a date in Europe/Oslo)."""
        return self.active and self.opens_on is not None and self.opens_on <= today


class CareRelation(SQLModel, table=True):
    """That a person receives a service (EpisodeOfCare): the right to write to it while active."""

    __table_args__ = (UniqueConstraint("service_id", "external_id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    service_id: str = Field(foreign_key="careservice.id", max_length=36)
    external_id: str = Field(max_length=64)
    active: bool = True
    since: date | None = None
    until: date | None = None


class SetupFailure(SQLModel, table=True):
    """That an organisation tried to connect a person and the connection was refused.

    Cleared when a later night run succeeds for the same person and organisation.
    """

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    organisation_id: str = Field(foreign_key="organisation.id", primary_key=True, max_length=36)
    reason: str = Field(max_length=40)
    failed_at: datetime
