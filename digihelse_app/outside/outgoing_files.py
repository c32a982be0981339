"""A citizen's file as FHIR: the bytes as a Binary, and what is known of them as a DocumentReference. Pure."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digihelse_app.outside import fhir_names
from digihelse_app.outside.outgoing_communication import instant


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingFile:
    """What is known of a file; `created_at` is when Digihelse took it in (UTC), `size` in bytes."""

    id: str
    patient_number: str
    file_name: str
    content_type: str
    size: int
    created_at: datetime


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingContent:
    """A file with its bytes."""

    file: OutgoingFile
    content: bytes


def binary(whole: OutgoingContent) -> dict[str, Any]:
    """The bytes; `securityContext` says whose they are."""
    return {
        "resourceType": fhir_names.FILE_CONTENT,
        "id": whole.file.id,
        "contentType": whole.file.content_type,
        "securityContext": _patient(whole.file),
        "data": b64encode(whole.content).decode(),
    }


def document(file: OutgoingFile) -> dict[str, Any]:
    """What the file is called, and where its bytes are."""
    attachment = {
        "contentType": file.content_type,
        "url": f"Binary/{file.id}",
        "size": file.size,
        "title": file.file_name,
        "creation": instant(file.created_at),
    }
    return {
        "resourceType": fhir_names.FILE_DESCRIPTION,
        "id": file.id,
        "status": "current",
        "subject": _patient(file),
        "date": instant(file.created_at),
        "content": [{"attachment": attachment}],
    }


def _patient(file: OutgoingFile) -> dict[str, Any]:
    return {"identifier": fhir_names.national_identifier(file.patient_number)}
