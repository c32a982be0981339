"""What a person is told of her own use: the devices she has signed in with, and everything about her."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from digihelse_app.models.codes import ExportStatus, stored
from digihelse_app.models.database import new_id


class KnownDevice(SQLModel, table=True):
    """A browser a person has signed in with: the SHA-256 of a random cookie, and what it calls itself."""

    person_id: str = Field(foreign_key="person.id", primary_key=True, max_length=36)
    device_hash: str = Field(primary_key=True, max_length=64)
    label: str = Field(default="", max_length=60)
    first_seen_at: datetime
    last_seen_at: datetime


class DataExport(SQLModel, table=True):
    """Everything about a person, being gathered or ready to fetch; its bytes go when `expires_at` has passed.

    `step` of `steps` is how far it has come. `claimed_until` is a lease, as in the outbox.
    """

    id: str = Field(default_factory=new_id, primary_key=True, max_length=36)
    person_id: str = Field(foreign_key="person.id", index=True, max_length=36)
    status: ExportStatus = Field(index=True, sa_type=stored(ExportStatus))  # pyright: ignore[reportArgumentType]
    language: str = Field(default="nb", max_length=2)
    step: int = 0
    steps: int = 1
    asked_at: datetime
    claimed_until: datetime | None = None
    done_at: datetime | None = None
    expires_at: datetime | None = None
    size: int = 0
    digest: str = Field(default="", max_length=64)


class DataExportContent(SQLModel, table=True):
    """The bytes (ZIP) of an export, in pieces by `position`: no list reads them, and no memory holds all."""

    export_id: str = Field(foreign_key="dataexport.id", primary_key=True, max_length=36)
    position: int = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)
