"""What is read back, as resources with their version."""

from typing import Any

from digihelse_app.outside import outgoing_cancellation, outgoing_communication, outgoing_files
from digihelse_app.outside.outgoing_cancellation import OutgoingCancellation
from digihelse_app.outside.outgoing_communication import OutgoingMessage, OutgoingThread
from digihelse_app.outside.outgoing_files import OutgoingContent, OutgoingFile
from digihelse_app.services.record_keeping import Kept
from digihelse_app.services.record_reading import Record
from digihelse_app.web.fhir import binary, patient
from digihelse_app.web.fhir.elements import Resource


def stored(kept: Kept) -> Resource:
    """A resource as it was put."""
    return _versioned(patient.reveal(kept.body, kept.national_id, kept.proxy_national_id), kept)


def record(found: Record) -> Resource:
    """A resource as it was put, or what a citizen wrote."""
    content = found.content
    if isinstance(content, OutgoingThread):
        return _versioned(outgoing_communication.header(content), found)
    if isinstance(content, OutgoingMessage):
        return _versioned(outgoing_communication.message(content), found)
    if isinstance(content, OutgoingFile):
        return _versioned(outgoing_files.document(content), found)
    if isinstance(content, OutgoingContent):
        return _versioned(outgoing_files.binary(content), found)
    if isinstance(content, OutgoingCancellation):
        return _versioned(outgoing_cancellation.response(content), found)
    resource = content.body if content.file is None else binary.whole(content.body, content.file)
    return _versioned(patient.reveal(resource, content.national_id, content.proxy_national_id), found)


def etag(of: Kept | Record) -> str:
    """The version as an ETag; weak, for the same version may be written differently."""
    return f'W/"{of.version}"'


def _versioned(resource: Resource, of: Kept | Record) -> Resource:
    updated: dict[str, Any] = {
        "versionId": str(of.version),
        "lastUpdated": outgoing_communication.instant(of.updated_at),
    }
    meta = resource.get("meta", {}) | updated
    return {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta} | {
        name: value for name, value in resource.items() if name != "meta"
    }
