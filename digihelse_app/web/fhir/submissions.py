"""From a resource to what the services take, and from what they refuse to an answer that says where."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from digihelse_app.outside.registers.answers import RegisterDownError
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
    appointment,
    appointment_response,
    binary,
    communication,
    consent,
    document_reference,
    elements,
    encounter,
    episode_of_care,
    health_care_service,
    patient,
    structure,
    task,
)
from digihelse_app.web.fhir.elements import Resource, refused
from digihelse_app.web.fhir.outcome import FhirError, Issue

_PARAMETERS = {"for": "subject", "participant": "actor"}
"""Search parameters that are called otherwise than the element they look into."""
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')


@dataclass(frozen=True, slots=True)
class Kind:
    """One resource type: its translation, the element that each typed field is, and where the patient is.

    `condensed` takes out what is large: what is left is checked and stored as a resource. `contains`: other
    resources may be contained. `needs_patient` unless whose it is follows from what it speaks of. `proxy`
    finds the number of who is to act for the patient, where that is what it tells.
    """

    read: Callable[[Resource], Content]
    elements: dict[str, str]
    patient: str | None
    source: Source
    condensed: Callable[[Resource], Resource] | None = None
    contains: bool = False
    needs_patient: bool = True
    proxy: Callable[[Resource], str | None] | None = None

    @property
    def is_file(self) -> bool:
        """Whether it belongs to a file: read and put by its id, not searched for."""
        return self.source.object_type == "Attachment"

    @property
    def patient_parameters(self) -> tuple[str, ...]:
        """The search parameters for the patient, by their names in FHIR."""
        if self.patient is None:
            return ()
        return tuple(dict.fromkeys(("patient", _PARAMETERS.get(self.patient, self.patient))))


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
    consent.TYPE: Kind(
        consent.read,
        consent.ELEMENTS,
        "patient",
        Source(consent.TYPE, "Representation"),
        proxy=consent.proxy_number,
    ),
    appointment.TYPE: Kind(
        appointment.read,
        appointment.ELEMENTS,
        "participant",
        Source(appointment.TYPE, "Visit"),
        contains=True,
    ),
    encounter.TYPE: Kind(encounter.read, encounter.ELEMENTS, "subject", Source(encounter.TYPE, "Visit")),
    appointment_response.TYPE: Kind(
        appointment_response.read,
        appointment_response.ELEMENTS,
        "actor",
        Source(appointment_response.TYPE, "Cancellation", with_citizens=True),
        needs_patient=False,
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
    structure.check(body, resource_type, resource_id, contains=kind.contains)
    content = kind.read(resource)
    meta = resource.get("meta", {})
    proxy = kind.proxy(body) if kind.proxy else None
    body, number = _concealed(kind, _without_versions(body), proxy)
    changed = meta.get("lastUpdated")
    return Submission(
        resource_type=resource_type,
        resource_id=resource_id,
        body=body,
        content=content,
        national_id=number,
        proxy_national_id=proxy,
        source_updated_at=elements.instant(changed, f"{resource_type}.meta.lastUpdated"),
        if_match=_version(if_match),
    )


def _without_versions(resource: Resource) -> Resource:
    """The resource as it is kept: of `meta` only what says from whom it is kept, which is content."""
    kept = {name: value for name, value in resource.items() if name != "meta"}
    labels = resource.get("meta", {}).get("security")
    return kept | {"meta": {"security": labels}} if labels else kept


def _concealed(kind: Kind, resource: Resource, proxy: str | None) -> tuple[Resource, str | None]:
    """The resource without identity numbers, and the patient's, None where there is none to be."""
    if kind.patient is None:
        if patient.has_numbers(resource):
            raise refused(resource["resourceType"], "value", "No patient belongs here.")
        return resource, None
    if not kind.needs_patient and not patient.has_numbers(resource):
        return resource, None
    return patient.conceal(resource, kind.patient, proxy)


def _version(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    match = _ETAG.fullmatch(if_match)
    if match is None:
        raise FhirError(400, Issue("value", diagnostics='If-Match holds one ETag, such as W/"3".'))
    return int(match[1])


REFUSALS = (UnacceptableError, ConflictError, VersionMismatchError, RegisterDownError)
"""What the services raise that is the caller's to know."""


def refusal(resource_type: str, error: BaseException | None) -> FhirError:
    """The answer to what the services raised."""
    if isinstance(error, UnacceptableError):
        return refused(KINDS[resource_type].elements.get(error.field, resource_type), error.reason)
    if isinstance(error, ConflictError):
        told = "The id is taken, or names what cannot change."
        return FhirError(409, Issue("conflict", f"{resource_type}.id", told))
    if isinstance(error, VersionMismatchError):
        return FhirError(412, Issue("conflict", diagnostics="Another version is stored by now."))
    if isinstance(error, RegisterDownError):
        told = "The population register does not answer; try again."
        return FhirError(503, Issue("transient", diagnostics=told), headers={"Retry-After": "60"})
    raise error or TypeError
