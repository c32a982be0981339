"""Files that go with messages, both ways: kept with their bytes, put at Digihelse before their message."""

import uuid
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, defer, mapped_column

from digihelse_app.standins.record_system import outbox, resources
from digihelse_app.standins.record_system.parsing import NotAcceptableError
from digihelse_app.standins.record_system.resources import Resource
from digihelse_app.standins.record_system.tables import Patient, Table, Thread

MAX_FILES = 5
MAX_BYTES = 10_000_000
TYPES = {"application/pdf": b"%PDF-", "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}
"""What may be sent, and what such a file begins with."""


class File(Table):
    """A file: `document_id` is what a message names it by, `message_id` the message it went with."""

    __tablename__ = "fagsystem_file"
    id: Mapped[str] = mapped_column(primary_key=True)
    document_id: Mapped[str | None] = mapped_column(unique=True)
    patient_id: Mapped[str] = mapped_column(ForeignKey("fagsystem_patient.id"))
    message_id: Mapped[str | None] = mapped_column(index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(default="")
    content_type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Chosen:
    """A file that an employee chose to send."""

    name: str
    content: bytes

    @property
    def content_type(self) -> str:
        """The type by its first bytes, empty for one that cannot be sent."""
        return next((kind for kind, start in TYPES.items() if self.content.startswith(start)), "")


async def claim(session: AsyncSession, patient_id: str, document_ids: Sequence[str], message_id: str) -> None:
    """Let the files that Digihelse put go with the message that names them; or NotAcceptableError."""
    for position, document_id in enumerate(document_ids):
        file = await session.scalar(select(File).where(File.document_id == document_id))
        if file is None or file.patient_id != patient_id or file.message_id not in (None, message_id):
            raise NotAcceptableError("Communication.payload", "not-found")
        file.message_id, file.position = message_id, position


async def of_messages(session: AsyncSession, message_ids: Sequence[str]) -> dict[str, list[File]]:
    """The files of each message that has any, without their bytes."""
    query = select(File).where(File.message_id.in_(message_ids)).options(defer(File.content))
    found: dict[str, list[File]] = {}
    for file in await session.scalars(query.order_by(File.message_id, File.position)):
        found.setdefault(str(file.message_id), []).append(file)
    return found


def send(
    session: AsyncSession,
    chosen: Sequence[Chosen],
    thread: Thread,
    patient: Patient,
    message_id: str,
    now: datetime,
) -> list[str]:
    """Keep the chosen files and put them on their way before their message; the ids it names them by."""
    ids = []
    for position, each in enumerate(chosen):
        file = File(
            id=str(uuid.uuid4()),
            patient_id=patient.id,
            message_id=message_id,
            position=position,
            name=each.name,
            content_type=each.content_type,
            size=len(each.content),
            content=each.content,
        )
        file.document_id = file.id
        session.add(file)
        for resource in (_binary(file, patient), _document(file, patient, now)):
            outbox.queue(session, resource, thread.id, now)
        ids.append(file.id)
    return ids


def _binary(file: File, patient: Patient) -> Resource:
    return {
        "resourceType": "Binary",
        "id": file.id,
        "contentType": file.content_type,
        "securityContext": resources.person(patient.national_id),
        "data": b64encode(file.content).decode(),
    }


def _document(file: File, patient: Patient, now: datetime) -> Resource:
    attachment = {"contentType": file.content_type, "url": f"Binary/{file.id}", "title": file.name}
    return {
        "resourceType": "DocumentReference",
        "id": file.id,
        "status": "current",
        "subject": resources.person(patient.national_id),
        "date": resources.instant(now),
        "content": [{"attachment": attachment}],
    }
