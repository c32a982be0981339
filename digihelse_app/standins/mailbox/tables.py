"""The mailbox's own tables. Own metadata: the app's migrations never see them."""

from datetime import datetime

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from digihelse_app.standins.own_database import Instant


class Table(DeclarativeBase):
    """What both tables share."""

    metadata = MetaData()
    type_annotation_map = {datetime: Instant}  # noqa: RUF012 - SQLAlchemy's idiom


class Sent(Table):
    """One SMS or e-mail. `handed_over` counts how often it came: once is shown, however often it came."""

    __tablename__ = "mailbox_sent"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
    handed_over: Mapped[int] = mapped_column(default=1)


class Fault(Table):
    """A fault that is switched on."""

    __tablename__ = "mailbox_fault"
    name: Mapped[str] = mapped_column(primary_key=True)
