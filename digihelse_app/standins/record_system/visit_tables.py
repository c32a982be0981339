"""Tables for home visits: the plan, what citizens ask to have cancelled, and a day that is played."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from digihelse_app.standins.record_system.tables import Table


class VisitState(StrEnum):
    """Where a visit stands in the house."""

    PLANNED = "planned"
    BEGUN = "begun"
    DONE = "done"
    CANCELLED = "cancelled"
    IN_ERROR = "in-error"


class RequestState(StrEnum):
    """What has become of a citizen's request. Overtaken: the visit went another way before an answer."""

    WAITING = "waiting"
    TAKEN_BACK = "taken-back"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    OVERTAKEN = "overtaken"


class Visit(Table):
    """A visit. `is_window`: we come some time between `starts_at` and `ends_at`, not at `starts_at` sharp.

    `series_id` is shared by what was planned at once, empty for a single one. `role` is who it is for
    (*Sykepleier*), `carer` the number of the employee it is given to, both empty until somebody says.
    `cancel_right` and `cancel_reason` are codes as on the wire. `told_at` is the version last told: each
    telling has a later one.
    """

    __tablename__ = "fagsystem_visit"
    id: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_patient.id"), index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_service.id"))
    series_id: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    instruction: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    is_window: Mapped[bool]
    role: Mapped[str] = mapped_column(default="")
    carer: Mapped[str] = mapped_column(default="")
    essential: Mapped[bool] = mapped_column(default=False)
    cancel_right: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default=VisitState.PLANNED)
    cancel_reason: Mapped[str] = mapped_column(default="")
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]


class CancelRequest(Table):
    """That a citizen, or someone for her, asks that a visit is cancelled, as Digihelse last put it.

    `version` is 1 for the asking and 2 for taking it back. `starts_at` is when the visit was to be then.
    """

    __tablename__ = "fagsystem_cancel_request"
    id: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_visit.id"), index=True)
    version: Mapped[int]
    body: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(index=True)
    author: Mapped[str]
    representative: Mapped[str] = mapped_column(default="")
    reason: Mapped[str]
    comment: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    received_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


class PlayedDay(Table):
    """Whether the laid-out day plays by itself, and when its next step may be taken."""

    __tablename__ = "fagsystem_played_day"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    playing: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime]


class PlayedStep(Table):
    """One step of it: what is done with which visit. `skipped`: the visit had gone another way meanwhile."""

    __tablename__ = "fagsystem_played_step"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_visit.id"))
    deed: Mapped[str]
    done_at: Mapped[datetime | None]
    skipped: Mapped[bool] = mapped_column(default=False)
