"""Who may act for a patient, as Digihelse tells it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from digihelse_app.standins.record_system.tables import Table


class Delegation(Table):
    """A Consent as Digihelse last put it. `updated_at` is its own word on when it became what it says."""

    __tablename__ = "fagsystem_delegation"
    id: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_patient.id"), index=True)
    proxy: Mapped[str]
    role: Mapped[str]
    rights: Mapped[list[Any]]
    active: Mapped[bool]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
