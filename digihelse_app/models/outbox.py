"""What waits to be delivered to another system."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import OutboxKind, OutboxStatus, stored
from digihelse_app.models.database import new_id


class OutboxItem(SQLModel, table=True):
    """One delivery, written in the same transaction as what it delivers.

    `id` is the idempotency key the receiver sees; `subject_id` names the row to deliver.
    `claimed_until` is a lease: a worker that dies lets go of the row by the clock.
    """

    __table_args__ = (Index("ix_outboxitem_due", "status", "next_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    kind: OutboxKind = Field(sa_type=stored(OutboxKind))  # pyright: ignore[reportArgumentType]
    subject_id: str = Field(index=True, max_length=36)
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id", max_length=36)
    status: OutboxStatus = Field(default=OutboxStatus.PENDING, sa_type=stored(OutboxStatus))  # pyright: ignore[reportArgumentType]
    attempts: int = 0
    next_at: datetime
    claimed_until: datetime | None = None
    last_error: str = Field(default="", max_length=80)
    created_at: datetime
    done_at: datetime | None = None
