"""Binary: the bytes of a file that a service will send. Pure, but heavy: read in a thread."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error

from digihelse_app.services import attachment_check
from digihelse_app.services.attachment_refusal import FileRefusedError
from digihelse_app.services.submission import FileContent
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "Binary"
ELEMENTS = {"person": f"{TYPE}.securityContext"}
MAX_BODY = 14_000_000
"""Ten megabytes are 13.4 as base64, and there is a little around them."""


def read(resource: Resource) -> FileContent:
    """The file, checked and cleaned as a citizen's is. Raises FhirError 422."""
    declared = str(resource.get("contentType", "")).partition(";")[0].strip().lower()
    if declared not in attachment_check.EXTENSIONS:
        raise refused(f"{TYPE}.contentType", "value", f"One of {', '.join(attachment_check.EXTENSIONS)}.")
    try:
        file = attachment_check.checked("", _bytes(resource))
    except FileRefusedError as refusal:
        raise refused(f"{TYPE}.data", "value", f"Refused: {refusal.key.rpartition('.')[2]}.") from None
    if file.content_type != declared:
        raise refused(f"{TYPE}.contentType", "value", "The type that the bytes have.")
    return FileContent(file)


def _bytes(resource: Resource) -> bytes:
    data = resource.get("data")
    if not isinstance(data, str) or not data:
        raise refused(f"{TYPE}.data", "required")
    try:
        return b64decode("".join(data.split()), validate=True)
    except (Error, ValueError):
        raise refused(f"{TYPE}.data", "value", "Base64.") from None


def condensed(resource: Resource) -> Resource:
    """The resource with a fingerprint in the place of its bytes, which are kept elsewhere."""
    data = resource.get("data")
    if not isinstance(data, str) or not data:
        return resource
    return resource | {"data": b64encode(hashlib.sha256(data.encode()).digest()).decode()}


def whole(resource: Resource, content: bytes) -> Resource:
    """A condensed resource with its bytes, as they are kept."""
    return resource | {"data": b64encode(content).decode()}
