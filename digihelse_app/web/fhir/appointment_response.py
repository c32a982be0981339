"""AppointmentResponse from a service: what it answers one who asks for a visit to be cancelled. Pure.

Whose it is follows from the request. An identity number may stand in `actor`, as hn-basis-AppointmentResponse
has it for what a patient says, and is then the patient's; ours is the service's word, so it need not.
"""

from digihelse_app.outside import fhir_names
from digihelse_app.services.submission import CancelAnswer
from digihelse_app.web.fhir import appointment, elements, patient
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "AppointmentResponse"
ELEMENTS = {
    "person": f"{TYPE}.actor",
    "service": f"{TYPE}.actor",
    "provider": f"{TYPE}.actor",
    "request": f"{TYPE}.identifier",
    "visit": f"{TYPE}.appointment",
}
TEXT_LIMIT = 1000
_ANSWERS = {"accepted": True, "declined": False}


def read(resource: Resource) -> CancelAnswer:
    """What the resource says; raises FhirError 422."""
    identifiers = resource.get("identifier", [])
    if len(identifiers) != 1 or identifiers[0].get("system") != fhir_names.CANCELLATION:
        raise refused(ELEMENTS["request"], "required", f"The request, once, of {fhir_names.CANCELLATION}.")
    request = elements.text(identifiers[0], "value", f"{ELEMENTS['request']}.value", 64, required=True)
    accepted = _ANSWERS.get(str(resource.get("participantStatus")))
    if accepted is None:
        raise refused(f"{TYPE}.participantStatus", "value", f"One of {', '.join(_ANSWERS)}.")
    service, provider = _actor(resource)
    return CancelAnswer(
        request=request,
        visit=elements.reference(resource.get("appointment"), appointment.TYPE, ELEMENTS["visit"]),
        accepted=accepted,
        words=elements.text(resource, "comment", f"{TYPE}.comment", TEXT_LIMIT),
        service=service,
        provider_her_id=provider,
    )


def _actor(resource: Resource) -> tuple[str, str]:
    """The service's id and the organisation's HER-id, whichever is told."""
    actor = resource.get("actor", {})
    if "reference" in actor:
        return elements.reference(actor, "HealthcareService", f"{TYPE}.actor"), ""
    if patient.is_national(actor.get("identifier")):
        return "", ""
    return "", elements.her_id(actor, f"{TYPE}.actor")
