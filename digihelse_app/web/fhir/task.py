"""Task: how far a service has come with what a citizen wrote. Pure.

Who in the service has it (`owner`) is kept for reading back, and shown to nobody.
"""

from digihelse_app.models.codes import FollowUpStatus
from digihelse_app.outside import fhir_names
from digihelse_app.services.submission import FollowUp
from digihelse_app.web.fhir import communication, elements
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "Task"
ELEMENTS = {"person": f"{TYPE}.for", "about": f"{TYPE}.focus"}
CLOSED = "closed"
_STATUSES = {status.value: status for status in FollowUpStatus}


def read(resource: Resource) -> FollowUp:
    """What the resource says; raises FhirError 422."""
    status = _STATUSES.get(str(resource.get("status")))
    if status is None:
        raise refused(f"{TYPE}.status", "value", f"One of {', '.join(_STATUSES)}.")
    about = elements.reference(resource.get("focus"), communication.TYPE, ELEMENTS["about"])
    return FollowUp(about, status, closes=_closes(resource, status))


def _closes(resource: Resource, status: FollowUpStatus) -> bool:
    """Whether the service ends the conversation; only what is completed can."""
    business = resource.get("businessStatus")
    code = elements.code([business] if business else [], fhir_names.FOLLOW_UP)
    if code not in ("", CLOSED):
        raise refused(f"{TYPE}.businessStatus", "value", f"{CLOSED}, or none of ours.")
    if code and status is not FollowUpStatus.COMPLETED:
        raise refused(f"{TYPE}.businessStatus", "value", "A conversation is closed when it is completed.")
    return code == CLOSED
