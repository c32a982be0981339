"""Appointment: a home visit as its service tells it now, by hn-basis-appointment. Pure but for the clock."""

import hashlib
from datetime import datetime, timedelta

from digihelse_app.models.codes import CancelReason, VisitStatus
from digihelse_app.outside import fhir_names
from digihelse_app.services.submission import VisitReport
from digihelse_app.web.fhir import appointment_parts, elements
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "Appointment"
_SERVICE = f"{TYPE}.extension('{fhir_names.HEALTHCARE_SERVICE}')"
ELEMENTS = {
    "person": f"{TYPE}.participant",
    "service": _SERVICE,
    "provider": f"{TYPE}.supportingInformation",
}
CATEGORY = "7"
HOME_VISIT = "Hjemmebesok"
TEXT_LIMIT = 1000
TITLE_SHOWN = 200
LONGEST = timedelta(hours=24)
_FORBIDDEN = (
    "language",
    "text",
    "serviceType",
    "specialty",
    "reasonCode",
    "reasonReference",
    "priority",
    "slot",
    "comment",
    "basedOn",
)
_FORBIDDEN_EXTENSIONS = (fhir_names.PART_OF, fhir_names.POSTPONEMENT_REASON, fhir_names.CONSULTATION_TYPE)
_STATUSES = {status.value: status for status in VisitStatus}
_REASONS = {reason.value: reason for reason in CancelReason}
_BY_EITHER = frozenset({VisitStatus.CANCELLED, VisitStatus.NO_SHOW, VisitStatus.ENTERED_IN_ERROR})
"""What may still be told by the window it was planned in."""


def read(resource: Resource) -> VisitReport:
    """What the resource says; raises FhirError 422."""
    _check_kind(resource)
    status = _STATUSES.get(str(resource.get("status")))
    if status is None:
        raise refused(f"{TYPE}.status", "value", f"One of {', '.join(_STATUSES)}.")
    starts_at, ends_at, is_window = _times(resource, status)
    parts = appointment_parts.read(resource)
    return VisitReport(
        service=elements.reference(
            elements.extension(resource, fhir_names.HEALTHCARE_SERVICE, "valueReference"),
            "HealthcareService",
            _SERVICE,
        ),
        provider_her_id=parts.provider_her_id,
        status=status,
        cancel_reason=_cancel_reason(resource, status),
        starts_at=starts_at,
        ends_at=ends_at,
        is_window=is_window,
        title=elements.text(resource, "description", f"{TYPE}.description", TEXT_LIMIT)[:TITLE_SHOWN],
        instruction=elements.text(resource, "patientInstruction", f"{TYPE}.patientInstruction", TEXT_LIMIT),
        who_role=parts.who_role,
        who_name=parts.who_name,
        who_key=hashlib.sha256(parts.who.encode()).hexdigest() if parts.who else "",
        essential=elements.extension(resource, fhir_names.ESSENTIAL, "valueBoolean") or False,
        recurring=elements.extension(resource, fhir_names.RECURRING, "valueBoolean") or False,
        cancel_right=parts.cancel_right,
        access_tag=elements.access_tag(resource),
    )


def _check_kind(resource: Resource) -> None:
    """That it is a home visit, with what such a one must have, and nothing that it may not."""
    for name in _FORBIDDEN:
        if name in resource:
            raise refused(f"{TYPE}.{name}", "not-supported")
    for url in _FORBIDDEN_EXTENSIONS:
        if any(entry.get("url") == url for entry in resource.get("extension", ())):
            raise refused(f"{TYPE}.extension('{url}')", "not-supported")
    if "lastUpdated" not in resource.get("meta", {}):
        raise refused(f"{TYPE}.meta.lastUpdated", "required")
    identifiers = resource.get("identifier", [])
    if len(identifiers) != 1 or not {"system", "value"} <= identifiers[0].keys():
        raise refused(f"{TYPE}.identifier", "required", "One, with system and value.")
    categories = resource.get("serviceCategory", [])
    if len(categories) != 1:
        raise refused(f"{TYPE}.serviceCategory", "required", "One.")
    if elements.only_code(categories[0], fhir_names.SERVICE_CATEGORY, f"{TYPE}.serviceCategory") != CATEGORY:
        raise refused(f"{TYPE}.serviceCategory", "not-supported", "Home services alone.")
    kind = resource.get("appointmentType", {})
    if elements.only_code(kind, fhir_names.APPOINTMENT_TYPE, f"{TYPE}.appointmentType") != HOME_VISIT:
        raise refused(f"{TYPE}.appointmentType", "not-supported", f"{HOME_VISIT} alone.")


def _times(resource: Resource, status: VisitStatus) -> tuple[datetime, datetime, bool]:
    """From when until when (UTC), and whether it is a window."""
    by_clock = [name for name in ("start", "end") if name in resource]
    windows = resource.get("requestedPeriod", [])
    if status is VisitStatus.PROPOSED or (status in _BY_EITHER and not by_clock):
        if by_clock:
            raise refused(f"{TYPE}.{by_clock[0]}", "value", "A proposed visit has a requestedPeriod.")
        if len(windows) != 1:
            raise refused(f"{TYPE}.requestedPeriod", "required", "One.")
        return *_span(windows[0], f"{TYPE}.requestedPeriod[0]"), True
    if windows:
        raise refused(f"{TYPE}.requestedPeriod", "value", "Either a window, or start and end.")
    return *_span(resource, TYPE), False


def _span(told: Resource, path: str) -> tuple[datetime, datetime]:
    start = elements.instant_near(told.get("start"), f"{path}.start")
    end = elements.instant_near(told.get("end"), f"{path}.end")
    if start is None or end is None:
        raise refused(f"{path}.{'end' if start else 'start'}", "required")
    if not start < end <= start + LONGEST:
        raise refused(f"{path}.end", "value", "After the start, and within 24 hours of it.")
    return start, end


def _cancel_reason(resource: Resource, status: VisitStatus) -> CancelReason | None:
    path = f"{TYPE}.cancelationReason"
    concept = resource.get("cancelationReason")
    if concept is None:
        if status is VisitStatus.CANCELLED:
            raise refused(path, "required", "Why it is cancelled, of Volven 7621.")
        return None
    reason = _REASONS.get(elements.only_code(concept, fhir_names.CANCEL_REASON, path))
    if reason is None:
        raise refused(path, "value", f"One of {', '.join(_REASONS)}.")
    not_met = status is VisitStatus.NO_SHOW and reason is CancelReason.DID_NOT_MEET
    if status is not VisitStatus.CANCELLED and not not_met:
        raise refused(path, "value", "Of a cancelled visit alone.")
    return reason
