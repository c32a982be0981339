"""EpisodeOfCare: that a patient receives a service, or no longer does. Pure."""

from digihelse_app.outside import fhir_names
from digihelse_app.services.submission import CareReport
from digihelse_app.web.fhir import elements
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "EpisodeOfCare"
_SERVICE = f"{TYPE}.extension('{fhir_names.HEALTHCARE_SERVICE}')"
ELEMENTS = {"person": f"{TYPE}.patient", "service": _SERVICE, "provider": f"{TYPE}.managingOrganization"}
STATUSES = frozenset({"active", "planned", "waitlist", "onhold", "finished", "cancelled", "entered-in-error"})
"""FHIR's own code set; only `active` gives the right to write."""


def read(resource: Resource) -> CareReport:
    """What the resource says; raises FhirError 422."""
    status = resource.get("status")
    if status not in STATUSES:
        raise refused(f"{TYPE}.status")
    named = elements.extension(resource, fhir_names.HEALTHCARE_SERVICE, "valueReference")
    period = resource.get("period", {})
    return CareReport(
        service=elements.reference(named, "HealthcareService", _SERVICE),
        provider_her_id=elements.her_id(
            resource.get("managingOrganization"), ELEMENTS["provider"], required=False
        ),
        active=status == "active",
        since=elements.day(period.get("start"), f"{TYPE}.period.start"),
        until=elements.day(period.get("end"), f"{TYPE}.period.end", last=True),
    )
