"""Home visits, what has changed with them, and what citizens ask for: that one is cancelled."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import (
    AccessTag,
    CancellationStatus,
    CancelReason,
    CancelRight,
    RepresentationRole,
    VisitChangeKind,
    VisitStatus,
    stored,
)
from digihelse_app.models.database import new_id


class Visit(SQLModel, table=True):
    """One visit as its service last told it (Appointment, Encounter). Times are UTC.

    `is_window`: the service comes some time between `starts_at` and `ends_at`, and not at `starts_at` sharp.
    `begun_at` and `done_at` are when it really began and was done. `changed_at` is the last change that the
    person should notice, None for none; `late_at` and `missed_at` are when it was found to be late beyond its
    window, and not registered as done. `essential`: something she depends on, such as medication.
    `who_role` and `who_name` say who comes, empty until told; `who_key` tells people apart, unnamed.
    `access_tag` and `hidden_at` are as in `Thread`.
    """

    __table_args__ = (
        UniqueConstraint("organisation_id", "external_id"),
        Index("ix_visit_agenda", "person_id", "starts_at", "id"),
        Index("ix_visit_service", "person_id", "service_id", "starts_at", "id"),
        Index("ix_visit_watch", "status", "ends_at"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", max_length=36)
    service_id: str = Field(foreign_key="careservice.id", max_length=36)
    organisation_id: str = Field(foreign_key="organisation.id", max_length=36)
    external_id: str = Field(max_length=64)
    status: VisitStatus = Field(sa_type=stored(VisitStatus))  # pyright: ignore[reportArgumentType]
    cancel_reason: CancelReason | None = Field(default=None, sa_type=stored(CancelReason))  # pyright: ignore[reportArgumentType]
    starts_at: datetime
    ends_at: datetime
    is_window: bool = False
    title: str = Field(default="", max_length=200)
    instruction: str = Field(default="", max_length=1000)
    who_role: str = Field(default="", max_length=100)
    who_name: str = Field(default="", max_length=200)
    who_key: str = Field(default="", max_length=64)
    essential: bool = False
    recurring: bool = False
    cancel_right: CancelRight = Field(default=CancelRight.NONE, sa_type=stored(CancelRight))  # pyright: ignore[reportArgumentType]
    begun_at: datetime | None = None
    done_at: datetime | None = None
    late_at: datetime | None = None
    missed_at: datetime | None = None
    changed_at: datetime | None = None
    created_at: datetime
    access_tag: AccessTag = Field(default=AccessTag.NOBODY, sa_type=stored(AccessTag))  # pyright: ignore[reportArgumentType]
    hidden_at: datetime | None = None


class VisitChange(SQLModel, table=True):
    """One change of a visit, append only; `starts_at`, `ends_at` and `is_window` are what was before it."""

    __table_args__ = (Index("ix_visitchange_visit", "visit_id", "at", "id"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    visit_id: str = Field(foreign_key="visit.id", max_length=36)
    kind: VisitChangeKind = Field(sa_type=stored(VisitChangeKind))  # pyright: ignore[reportArgumentType]
    at: datetime
    starts_at: datetime
    ends_at: datetime
    is_window: bool


class Cancellation(SQLModel, table=True):
    """That someone asks for a visit to be cancelled (AppointmentResponse), and what became of it.

    One that waits for an answer is the only one of its visit. `version` counts what was said to the service:
    asked (1), and taken back (2); `delivered_version` is what it has receipted, `failed_at` when the handing
    over was given up. `visit_starts_at` is when the visit was to be as it was asked. `period_id` is shared by
    what was asked for at once. `answer` is the service's words.
    """

    __table_args__ = (
        UniqueConstraint("actor_id", "idempotency_key", "visit_id"),
        Index("ix_cancellation_visit", "visit_id", "requested_at"),
        Index("ix_cancellation_period", "person_id", "period_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    visit_id: str = Field(foreign_key="visit.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", max_length=36)
    actor_id: str = Field(foreign_key="person.id", max_length=36)
    actor_name: str
    role: RepresentationRole = Field(sa_type=stored(RepresentationRole))  # pyright: ignore[reportArgumentType]
    representation_id: str | None = Field(default=None, foreign_key="representation.id", max_length=36)
    reason: CancelReason = Field(sa_type=stored(CancelReason))  # pyright: ignore[reportArgumentType]
    comment: str = Field(default="", max_length=1000)
    idempotency_key: str = Field(max_length=64)
    period_id: str | None = Field(default=None, max_length=36)
    status: CancellationStatus = Field(sa_type=stored(CancellationStatus))  # pyright: ignore[reportArgumentType]
    visit_starts_at: datetime
    requested_at: datetime
    taken_back_at: datetime | None = None
    answered_at: datetime | None = None
    answer: str = Field(default="", max_length=1000)
    version: int = 1
    delivered_version: int = 0
    failed_at: datetime | None = None


class VisitReading(SQLModel, table=True):
    """Until when one reader has looked through one person's agenda: what changed after it is marked."""

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    reader_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    seen_until: datetime


class CalendarFeed(SQLModel, table=True):
    """A private address that calendars fetch one's visits from, as long as it is not revoked.

    Only the SHA-256 of the secret in the address is kept. `key` is of the represented person, as in `?for=`,
    empty for oneself: what the feed shows is authorised anew at each reading.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    secret_hash: str = Field(unique=True, max_length=64)
    actor_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    key: str = Field(default="", max_length=36)
    language: str = Field(default="nb", max_length=2)
    created_at: datetime
    read_at: datetime | None = None
    revoked_at: datetime | None = None
