"""Conversations between a represented person and a care service."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import AccessTag, RepresentationRole, SenderKind, stored
from digihelse_app.models.database import new_id


class Thread(SQLModel, table=True):
    """A conversation. `last_message_at` orders the inbox; `last_from_service_at` decides what is unread.

    `reply_due_on` (a date in Europe/Oslo) is the earliest promise that stands; empty when nothing waits.
    `category` is the service's own code, with its name as it was when chosen. `access_tag` is the service's
    word on whom it is kept from; `hidden_at` is when the represented person hid it from all who act for her.
    """

    __table_args__ = (
        Index("ix_thread_inbox", "person_id", "last_message_at", "id"),
        UniqueConstraint("service_id", "external_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", max_length=36)
    service_id: str = Field(foreign_key="careservice.id", max_length=36)
    external_id: str | None = Field(default=None, max_length=64)
    subject: str = Field(max_length=200)
    category: str = Field(default="", max_length=64)
    category_name: str = Field(default="", max_length=100)
    reply_due_on: date | None = None
    created_at: datetime
    last_message_at: datetime
    last_from_service_at: datetime | None = None
    last_from_citizen_at: datetime | None = None
    preview: str = Field(default="", max_length=200)
    closed_at: datetime | None = None
    access_tag: AccessTag = Field(default=AccessTag.NOBODY, sa_type=stored(AccessTag))  # pyright: ignore[reportArgumentType]
    hidden_at: datetime | None = None


class Message(SQLModel, table=True):
    """One message. What was written never changes; the times of its delivery are filled in as they come.

    `reply_due_on` is what the service promised for a citizen's message (a date in Europe/Oslo);
    `in_progress_at` is when the service began to work on it, empty again when it says that it no longer does.
    """

    __table_args__ = (
        Index("ix_message_thread", "thread_id", "sent_at", "id"),
        UniqueConstraint("author_id", "idempotency_key"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    thread_id: str = Field(foreign_key="thread.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", max_length=36)
    sender: SenderKind = Field(sa_type=stored(SenderKind))  # pyright: ignore[reportArgumentType]
    author_id: str | None = Field(default=None, foreign_key="person.id", max_length=36)
    author_role: RepresentationRole | None = Field(default=None, sa_type=stored(RepresentationRole))  # pyright: ignore[reportArgumentType]
    representation_id: str | None = Field(default=None, foreign_key="representation.id", max_length=36)
    author_name: str
    body: str
    idempotency_key: str | None = Field(default=None, max_length=64)
    external_id: str | None = Field(default=None, max_length=64)
    reply_due_on: date | None = None
    sent_at: datetime
    delivered_at: datetime | None = None
    opened_at: datetime | None = None
    in_progress_at: datetime | None = None
    answered_at: datetime | None = None
    failed_at: datetime | None = None


class Mailbox(SQLModel, table=True):
    """That a reader has looked into an inbox: from then on each conversation has a ThreadReading for her."""

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    reader_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)


class ThreadReading(SQLModel, table=True):
    """One reader's copy of one conversation: how far she has read, and whether she has put it away.

    Unread is per reader, never per person. The columns below `archived_at` repeat what the conversation says
    and what follows from it for this reader (`services.mailboxes` keeps them), so that each list of the inbox
    is one range of one index, however many conversations there are. `away`: archived, nothing written since.
    `read_at` is when she read as far as `read_until`, which is the time of what she read; `archived_at` is
    the time of the last message when she put it away.
    """

    __table_args__ = (
        Index("ix_threadreading_list", "reader_id", "person_id", "away", "last_message_at", "thread_id"),
        Index(
            "ix_threadreading_unread",
            "reader_id",
            "person_id",
            "away",
            "unread",
            "last_message_at",
            "thread_id",
        ),
        Index(
            "ix_threadreading_waiting",
            "reader_id",
            "person_id",
            "away",
            "awaits_reply",
            "last_message_at",
            "thread_id",
        ),
        Index(
            "ix_threadreading_service",
            "reader_id",
            "person_id",
            "service_id",
            "away",
            "last_message_at",
            "thread_id",
        ),
    )

    thread_id: str = Field(foreign_key="thread.id", primary_key=True, max_length=36)
    reader_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    read_until: datetime
    read_at: datetime | None = None
    archived_at: datetime | None = None
    person_id: str = Field(foreign_key="person.id", max_length=36)
    service_id: str = Field(foreign_key="careservice.id", max_length=36)
    last_message_at: datetime
    last_from_service_at: datetime | None = None
    awaits_reply: bool = False
    unread: bool = False
    away: bool = False
