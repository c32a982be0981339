"""Files that go with a message: what is known of them, and apart from it what is in them."""

from datetime import datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from digihelse_app.models.database import new_id


class Attachment(SQLModel, table=True):
    """One file, checked and cleaned before it is stored.

    Until it is sent it belongs to its uploader alone (`message_id` empty), with the draft it was added to
    (`draft_place`, as `Draft.place`); afterwards to the message.
    `uploader_id` is empty for a file from a service, which has the record system's `external_id`, and the
    `document_id` that its message names it by. `delivered_at` is when a citizen's file was handed over.
    """

    __table_args__ = (
        Index("ix_attachment_message", "message_id", "position"),
        UniqueConstraint("organisation_id", "external_id"),
        UniqueConstraint("organisation_id", "document_id"),
    )

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    uploader_id: str | None = Field(default=None, foreign_key="person.id", index=True, max_length=36)
    organisation_id: str | None = Field(default=None, foreign_key="organisation.id", max_length=36)
    external_id: str | None = Field(default=None, max_length=64)
    document_id: str | None = Field(default=None, max_length=64)
    draft_place: str = Field(default="", max_length=36)
    message_id: str | None = Field(default=None, foreign_key="message.id", max_length=36)
    position: int = 0
    file_name: str = Field(max_length=120)
    content_type: str = Field(max_length=40)
    size: int
    digest: str = Field(max_length=64)
    created_at: datetime
    delivered_at: datetime | None = None


class AttachmentContent(SQLModel, table=True):
    """The bytes of an attachment, in a table of their own so that no list ever reads them."""

    attachment_id: str = Field(foreign_key="attachment.id", primary_key=True, max_length=36)
    content: bytes = Field(sa_type=LargeBinary)
