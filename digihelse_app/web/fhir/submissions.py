"""From a resource to what the services take, and from what they refuse to an answer that says where."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from digihelse_app.services import attachments, care_relations
from digihelse_app.services.record_reading import Source
from digihelse_app.services.submission import (
    ConflictError,
    Content,
    Submission,
    UnacceptableError,
    VersionMismatchError,
)
from digihelse_app.web.fhir import (
    binary,
    communication,
    document_reference,
    elements,
    episode_of_care,
    health_care_service,
    patient,
    structure,
    task,
)
from digihelse_app.web.fhir.elements import Resource, refused
from digihelse_app.web.fhir.outcome import FhirError, Issue

_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource type: its translation, the element that each typed field is, and where the patient is.

    `condensed` takes out what is large: what is left is checked and stored as a resource.
    """

    read: Callable[[Resource], Content]
    elements: dict[str, str]
    patient: str | None
    source: Source
    condensed: Callable[[Resource], Resource] | None = None

    @property
    def is_file(self) -> bool:
        """Whether it belongs to a file: read and put by its id, not searched for."""
        return self.source.object_type == "Attachment"

    @property
    def patient_parameters(self) -> tuple[str, ...]:
        """The search parameters for the patient; what stands in `for` is searched for as `subject`."""
        if self.patient is None:
            return ()
        return tuple(dict.fromkeys(("patient", "subject" if self.patient == "for" else self.patient)))


KINDS = {
    health_care_service.TYPE: Kind(
        health_care_service.read,
        health_care_service.ELEMENTS,
        None,
        Source(health_care_service.TYPE, "CareService"),
    ),
    episode_of_care.TYPE: Kind(
        episode_of_care.read,
        episode_of_care.ELEMENTS,
        "patient",
        Source(episode_of_care.TYPE, "CareRelation"),
    ),
    binary.TYPE: Kind(
        binary.read,
        binary.ELEMENTS,
        "securityContext",
        Source(binary.TYPE, "Attachment"),
        binary.condensed,
    ),
    document_reference.TYPE: Kind(
        document_reference.read,
        document_reference.ELEMENTS,
        "subject",
        Source(document_reference.TYPE, "Attachment"),
    ),
    communication.TYPE: Kind(
        communication.read,
        communication.ELEMENTS,
        "subject",
        Source(communication.TYPE, "Message", with_citizens=True),
    ),
    task.TYPE: Kind(task.read, task.ELEMENTS, "for", Source(task.TYPE, "Message")),
}
"""In the order that one may depend on another."""


async def submission(
    organisation_id: str, resource_type: str, resource_id: str, resource: Resource, if_match: str | None
) -> Submission:
    """What is to be put; raises FhirError 422 or 400. A refused care relation is noted for its person."""
    try:
        if KINDS[resource_type].condensed is not None:
            return await attachments.in_thread(read, resource_type, resource_id, resource, if_match)
        return read(resource_type, resource_id, resource, if_match)
    except FhirError:
        number = patient.number_in(resource, "patient")
        if resource_type == episode_of_care.TYPE and number and resource.get("status") == "active":
            await care_relations.note_failure(organisation_id, number, "invalid")
        raise


def read(resource_type: str, resource_id: str, resource: Resource, if_match: str | None) -> Submission:
    """What is to be put, purely; raises FhirError 422 or 400."""
    kind = KINDS[resource_type]
    body = kind.condensed(resource) if kind.condensed else resource
    structure.check(body, resource_type, resource_id)
    content = kind.read(resource)
    number: str | None = None
    if kind.patient is not None:
        body, number = patient.conceal(body, kind.patient)
    elif patient.has_numbers(resource):
        raise refused(resource_type, "value", "No patient belongs here.")
    changed = resource.get("meta", {}).get("lastUpdated")
    return Submission(
        resource_type=resource_type,
        resource_id=resource_id,
        body={name: value for name, value in body.items() if name != "meta"},
        content=content,
        national_id=number,
        source_updated_at=elements.instant(changed, f"{resource_type}.meta.lastUpdated"),
        if_match=_version(if_match),
    )


def _version(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    match = _ETAG.fullmatch(if_match)
    if match is None:
        raise FhirError(400, Issue("value", diagnostics='If-Match holds one ETag, such as W/"3".'))
    return int(match[1])


def refusal(resource_type: str, error: BaseException | None) -> FhirError:
    """The answer to what the services raised."""
    if isinstance(error, UnacceptableError):
        return refused(KINDS[resource_type].elements.get(error.field, resource_type), error.reason)
    if isinstance(error, ConflictError):
        told = "The id is taken, or names what cannot change."
        return FhirError(409, Issue("conflict", f"{resource_type}.id", told))
    if isinstance(error, VersionMismatchError):
        return FhirError(412, Issue("conflict", diagnostics="Another version is stored by now."))
    raise error or TypeError
