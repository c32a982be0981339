"""The record system's own tables. Own metadata: the app's migrations never see them.

Instants are UTC, dates are Europe/Oslo. Identity numbers stand in clear: they are all synthetic.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from digihelse_app.standins.own_database import Instant


class Table(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData()
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012 - SQLAlchemy's idiom


class Service(Table):
    """A service of the municipality. `opens_on` is the first day of dialogue; without one it takes none.

    A visit can be cancelled until `cancel_before` (HH:MM; empty: its own time of day), so many working days
    before it. One that is not registered so many minutes after its end counts as missed.
    """

    __tablename__ = "fagsystem_service"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    phone: Mapped[str]
    opens_at: Mapped[str]
    closes_at: Mapped[str]
    opens_on: Mapped[date | None]
    reply_working_days: Mapped[int | None]
    categories: Mapped[list[Any]]
    shows_visits: Mapped[bool]
    emergency_text: Mapped[str]
    shares_names: Mapped[bool] = mapped_column(default=False)
    cancel_working_days: Mapped[int] = mapped_column(default=1)
    cancel_before: Mapped[str] = mapped_column(default="12:00")
    missed_after_minutes: Mapped[int] = mapped_column(default=60)
    put_at: Mapped[datetime | None]
    put_failure: Mapped[str] = mapped_column(default="")


class Patient(Table):
    """Someone the municipality cares for. `connected`: digitally active by the last change that was read."""

    __tablename__ = "fagsystem_patient"
    id: Mapped[str] = mapped_column(primary_key=True)
    national_id: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    connected: Mapped[bool] = mapped_column(default=False)


class Care(Table):
    """That a patient receives a service. `put_as` is the status Digihelse last took, empty before that."""

    __tablename__ = "fagsystem_care"
    id: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_patient.id"), index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_service.id"))
    since: Mapped[date]
    until: Mapped[date | None]
    put_as: Mapped[str] = mapped_column(default="")


class Thread(Table):
    """A conversation. `waiting_since`: when the oldest unanswered message was sent.

    `category` is what the citizen says it is about, empty for nothing; `due_on` is by when the citizen was
    promised an answer to what waits; `owner` is the employee who has it, empty for nobody.
    """

    __tablename__ = "fagsystem_thread"
    id: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_patient.id"), index=True)
    service_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_service.id"))
    subject: Mapped[str]
    started_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    waiting_since: Mapped[datetime | None]
    unopened: Mapped[bool] = mapped_column(default=False)
    category: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    owner: Mapped[str] = mapped_column(default="", index=True)
    closed_at: Mapped[datetime | None]


class Message(Table):
    """A message, from the citizen (`incoming`) or the service; the `author` of the latter stays in the house.

    `sent_at` is in whole milliseconds, as on the wire; `number` is the order of arrival, for a tie.
    """

    __tablename__ = "fagsystem_message"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(unique=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_thread.id"), index=True)
    incoming: Mapped[bool]
    author: Mapped[str]
    representative: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    sent_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]


class Note(Table):
    """An internal note, of what an employee did with a conversation. It never leaves the house."""

    __tablename__ = "fagsystem_note"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    thread_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_thread.id"), index=True)
    author: Mapped[str]
    deed: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class Received(Table):
    """A Communication as Digihelse put it, with its version."""

    __tablename__ = "fagsystem_received"
    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    received_at: Mapped[datetime]
    body: Mapped[dict[str, Any]]


class Outgoing(Table):
    """A resource on its way to Digihelse. It waits for an earlier one of the same conversation or visit.

    `order_key` says which that is: a thread's id, or a visit's behind `visit/`.
    """

    __tablename__ = "fagsystem_outgoing"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    resource_type: Mapped[str]
    resource_id: Mapped[str]
    order_key: Mapped[str] = mapped_column(index=True)
    body: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")


class Feed(Table):
    """How far the feed of digital activity has been dealt with, and since when this system exists."""

    __tablename__ = "fagsystem_feed"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    offset: Mapped[int] = mapped_column("feed_offset")
    installed_at: Mapped[datetime]


class NightRun(Table):
    """The journal of night runs. `outcome` is empty until the run ends; a run that died keeps it empty."""

    __tablename__ = "fagsystem_night_run"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")
    seen: Mapped[int] = mapped_column(default=0)
    matched: Mapped[int] = mapped_column(default=0)
    put: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    detail: Mapped[str] = mapped_column(default="")


class Lease(Table):
    """Who alone may do something, until when."""

    __tablename__ = "fagsystem_lease"
    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime]


class Fault(Table):
    """A fault that is switched on, and a number that goes with it."""

    __tablename__ = "fagsystem_fault"
    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
