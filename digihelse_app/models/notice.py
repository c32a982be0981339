"""Notices by SMS or e-mail that something has come, and each person's choice of them."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import NoticeChannel, NoticeKind, NoticeStatus, stored
from digihelse_app.models.database import new_id


class NoticeChoice(SQLModel, table=True):
    """How one person wants to be told. No row is the default: SMS."""

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    channel: NoticeChannel = Field(sa_type=stored(NoticeChannel))  # pyright: ignore[reportArgumentType]
    updated_at: datetime


class Notice(SQLModel, table=True):
    """That `recipient_id` is to be told of something about `person_id`. It holds no health data.

    One notice a conversation until the recipient has read it: `subject_id` is the conversation.
    """

    __table_args__ = (Index("ix_notice_subject", "recipient_id", "subject_id", "created_at"),)

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    kind: NoticeKind = Field(sa_type=stored(NoticeKind))  # pyright: ignore[reportArgumentType]
    recipient_id: str = Field(foreign_key="person.id", max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    subject_id: str = Field(max_length=36)
    status: NoticeStatus = Field(sa_type=stored(NoticeStatus))  # pyright: ignore[reportArgumentType]
    channel: NoticeChannel | None = Field(default=None, sa_type=stored(NoticeChannel))  # pyright: ignore[reportArgumentType]
    reason: str = Field(default="", max_length=40)
    created_at: datetime
    done_at: datetime | None = None
