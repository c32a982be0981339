"""Delegations that the municipality has registered: from a paper, or because the patient cannot consent."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from digihelse_app.standins.record_system.tables import Table


class Paper(Table):
    """That someone may act for a patient. Days are Europe/Oslo; `until` is the last one, None for no end.

    `evidence` is the archive's reference to the paper.
    """

    __tablename__ = "fagsystem_paper"
    id: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_patient.id"), index=True)
    proxy_national_id: Mapped[str]
    proxy_name: Mapped[str]
    role: Mapped[str]
    evidence: Mapped[str]
    begins_on: Mapped[date]
    until: Mapped[date | None]
    registered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
