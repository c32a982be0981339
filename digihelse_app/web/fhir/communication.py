"""Communication from a service: the header of a conversation, or a message in one. Pure."""

from digihelse_app.models.codes import AccessTag
from digihelse_app.services.attachments import MAX_PER_MESSAGE
from digihelse_app.services.submission import ServiceMessage, ThreadOpening
from digihelse_app.web.fhir import document_reference, elements
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "Communication"
ELEMENTS = {
    "person": f"{TYPE}.subject",
    "service": f"{TYPE}.sender",
    "thread": f"{TYPE}.partOf",
    "attachments": f"{TYPE}.payload",
}
SUBJECT_LIMIT = 200
TEXT_LIMIT = 20_000


def read(resource: Resource) -> ThreadOpening | ServiceMessage:
    """What the resource says: with `partOf` a message, without it a header. Raises FhirError 422."""
    if resource.get("status") != "completed":
        raise refused(f"{TYPE}.status", "value", "completed is what has been sent.")
    service = elements.reference(resource.get("sender"), "HealthcareService", ELEMENTS["service"])
    _check_recipients(resource)
    parts = resource.get("partOf", [])
    if not parts:
        return _opening(resource, service)
    if len(parts) > 1:
        raise refused(ELEMENTS["thread"], "value", "One conversation.")
    if elements.access_tag(resource) is not AccessTag.NOBODY:
        raise refused(f"{TYPE}.meta.security", "not-supported", "On the conversation's header.")
    thread = elements.reference(parts[0], TYPE, ELEMENTS["thread"])
    return ServiceMessage(service, thread, _text(resource), _files(resource))


def _check_recipients(resource: Resource) -> None:
    """The patient and nobody else: whose number it is was checked with the structure."""
    recipients = resource.get("recipient", [])
    if len(recipients) != 1 or "identifier" not in recipients[0]:
        raise refused(f"{TYPE}.recipient", "value", "The patient, by identifier.")


def _opening(resource: Resource, service: str) -> ThreadOpening:
    if "payload" in resource:
        raise refused(ELEMENTS["thread"], "required", "A message is part of a conversation.")
    topic = resource.get("topic", {})
    subject = elements.text(topic, "text", f"{TYPE}.topic.text", SUBJECT_LIMIT, required=True)
    return ThreadOpening(service, subject, elements.access_tag(resource))


def _text(resource: Resource) -> str:
    payload = resource.get("payload", [])
    path = f"{TYPE}.payload"
    texts = [(place, part) for place, part in enumerate(payload) if "contentString" in part]
    if len(texts) != 1:
        raise refused(path, "required", "One text.")
    place, part = texts[0]
    return elements.text(part, "contentString", f"{path}[{place}].contentString", TEXT_LIMIT, required=True)


def _files(resource: Resource) -> tuple[str, ...]:
    files = []
    for place, part in enumerate(resource["payload"]):
        path = f"{ELEMENTS['attachments']}[{place}]"
        if "contentReference" in part:
            files.append(
                elements.reference(
                    part["contentReference"], document_reference.TYPE, f"{path}.contentReference"
                )
            )
        elif "contentString" not in part:
            raise refused(path, "not-supported", "A text or a reference to a file.")
    if len(files) > MAX_PER_MESSAGE or len(set(files)) < len(files):
        raise refused(ELEMENTS["attachments"], "value", f"At most {MAX_PER_MESSAGE} files, each once.")
    return tuple(files)
