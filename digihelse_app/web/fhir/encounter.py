"""Encounter: that a visit has begun, and when it is over also that. Pure but for the clock."""

from digihelse_app.outside import fhir_names
from digihelse_app.services.submission import VisitProgress
from digihelse_app.web.fhir import appointment, elements
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "Encounter"
ELEMENTS = {"person": f"{TYPE}.subject", "visit": f"{TYPE}.appointment"}
AT_HOME = "HH"
_UNDER_WAY, _FINISHED = "in-progress", "finished"


def read(resource: Resource) -> VisitProgress:
    """What the resource says; raises FhirError 422."""
    status = resource.get("status")
    if status not in (_UNDER_WAY, _FINISHED):
        raise refused(f"{TYPE}.status", "value", f"{_UNDER_WAY} or {_FINISHED}.")
    kind = resource.get("class", {})
    if (kind.get("system"), kind.get("code")) != (fhir_names.ENCOUNTER_CLASS, AT_HOME):
        raise refused(f"{TYPE}.class", "not-supported", f"{AT_HOME} alone.")
    visits = resource.get("appointment", [])
    if len(visits) != 1:
        raise refused(ELEMENTS["visit"], "required", "One visit.")
    visit = elements.reference(visits[0], appointment.TYPE, ELEMENTS["visit"])
    period = resource.get("period", {})
    begun_at = elements.instant_near(period.get("start"), f"{TYPE}.period.start")
    done_at = elements.instant_near(period.get("end"), f"{TYPE}.period.end")
    if begun_at is None:
        raise refused(f"{TYPE}.period.start", "required")
    if (done_at is not None) is not (status == _FINISHED):
        raise refused(f"{TYPE}.period.end", "required", "When it was over, of a finished one alone.")
    if done_at is not None and done_at < begun_at:
        raise refused(f"{TYPE}.period.end", "value", "Not before the start.")
    return VisitProgress(visit, begun_at, done_at)
