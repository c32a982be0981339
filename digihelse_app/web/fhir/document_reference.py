"""DocumentReference: what a file is called, and which Binary holds it. Pure."""

from digihelse_app.services.submission import FileDescription
from digihelse_app.web.fhir import binary, elements
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "DocumentReference"
_ATTACHMENT = f"{TYPE}.content[0].attachment"
ELEMENTS = {
    "person": f"{TYPE}.subject",
    "content": f"{_ATTACHMENT}.url",
    "content_type": f"{_ATTACHMENT}.contentType",
}
TITLE_LIMIT = 200


def read(resource: Resource) -> FileDescription:
    """What the resource says. Raises FhirError 422."""
    if resource.get("status") != "current":
        raise refused(f"{TYPE}.status", "value", "current is what can be sent.")
    contents = resource.get("content", [])
    if len(contents) != 1:
        raise refused(f"{TYPE}.content", "value", "One file.")
    attachment = contents[0].get("attachment", {})
    if "data" in attachment:
        raise refused(f"{_ATTACHMENT}.data", "not-supported", "Put the bytes as a Binary.")
    file = elements.reference({"reference": attachment.get("url")}, binary.TYPE, ELEMENTS["content"])
    title = elements.text(attachment, "title", f"{_ATTACHMENT}.title", TITLE_LIMIT, required=True)
    return FileDescription(file, title, str(attachment.get("contentType", "")))
