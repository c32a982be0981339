"""The relatives around one person: who has taken a question upon herself, and notes that stay among them."""

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from digihelse_app.models.database import new_id


class ThreadTaking(SQLModel, table=True):
    """That one of the circle has said she answers in a conversation; one at a time, until let go."""

    thread_id: str = Field(foreign_key="thread.id", primary_key=True, max_length=36)
    actor_id: str = Field(foreign_key="person.id", max_length=36)
    taken_at: datetime


class CircleNote(SQLModel, table=True):
    """A note on a conversation that the circle shares and that is never sent to the service.

    It never changes. `idempotency_key` is the browser's name for the act of writing it.
    """

    __table_args__ = (
        Index("ix_circlenote_thread", "thread_id", "written_at", "id"),
        UniqueConstraint("author_id", "idempotency_key"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    thread_id: str = Field(foreign_key="thread.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    author_id: str = Field(foreign_key="person.id", max_length=36)
    author_name: str
    representation_id: str | None = Field(default=None, foreign_key="representation.id", max_length=36)
    body: str
    idempotency_key: str = Field(max_length=64)
    written_at: datetime
