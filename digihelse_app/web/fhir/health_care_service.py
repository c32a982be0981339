"""HealthcareService: a care service as its organisation describes it. Pure."""

from datetime import time
from typing import Any

from digihelse_app.models.codes import ServiceKind
from digihelse_app.outside import fhir_names
from digihelse_app.services.submission import ServiceDescription
from digihelse_app.web.fhir import elements
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "HealthcareService"
ELEMENTS = {"provider": f"{TYPE}.providedBy"}
_KINDS = {kind.value: kind for kind in ServiceKind}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MAX_WORKING_DAYS = 60


def read(resource: Resource) -> ServiceDescription:
    """What the resource says; raises FhirError 422."""
    return ServiceDescription(
        name=elements.text(resource, "name", f"{TYPE}.name", 200, required=True),
        provider_her_id=elements.her_id(resource.get("providedBy"), ELEMENTS["provider"]),
        kind=_kind(resource),
        active=resource.get("active", True),
        phone=_phone(resource),
        opening_hours=_opening_hours(resource),
        categories=_categories(resource),
        opens_on=elements.day(
            elements.extension(resource, fhir_names.OPENS_FOR_DIALOGUE, "valueDate"), f"{TYPE}.extension"
        ),
        reply_working_days=_working_days(resource),
        shows_visits=elements.extension(resource, fhir_names.SHOWS_VISITS, "valueBoolean") or False,
        emergency_text=_emergency_text(resource),
        shares_names=elements.extension(resource, fhir_names.SHARES_NAMES, "valueBoolean") or False,
        cancel_working_days=_whole(resource, fhir_names.CANCEL_WORKING_DAYS, 0, 30, 1),
        cancel_before=_cancel_before(resource),
        missed_after_minutes=_whole(resource, fhir_names.MISSED_AFTER_MINUTES, 1, 1440, 60),
    )


def _kind(resource: Resource) -> ServiceKind:
    code = elements.code(resource.get("category", []), fhir_names.SERVICE_CATEGORY)
    return _KINDS.get(code, ServiceKind.OTHER)


def _phone(resource: Resource) -> str:
    for position, entry in enumerate(resource.get("telecom", ())):
        if entry.get("system") == "phone":
            return elements.text(entry, "value", f"{TYPE}.telecom[{position}].value", 30)
    return ""


def _opening_hours(resource: Resource) -> list[dict[str, Any]]:
    entries = enumerate(resource.get("availableTime", ()))
    return [_hours(entry, f"{TYPE}.availableTime[{position}]") for position, entry in entries]


def _hours(entry: Resource, path: str) -> dict[str, Any]:
    days = list(entry.get("daysOfWeek", _DAYS))
    if not set(days) <= set(_DAYS):
        raise refused(f"{path}.daysOfWeek")
    if entry.get("allDay"):
        return {"days": days, "from": "00:00", "to": "24:00"}
    start, end = (_clock(entry, name, path) for name in ("availableStartTime", "availableEndTime"))
    if end <= start:
        raise refused(path, "value", "From a time of day to a later one.")
    return {"days": days, "from": start, "to": end}


def _clock(entry: Resource, name: str, path: str) -> str:
    """A time of day as HH:MM: pages reckon with it, so nothing else is let in."""
    told = entry.get(name)
    if told is None:
        raise refused(path, "value", "From a time of day to a later one.")
    try:
        return time.fromisoformat(told).strftime("%H:%M")
    except (TypeError, ValueError):
        raise refused(f"{path}.{name}", "value", "A time of day.") from None


def _categories(resource: Resource) -> list[dict[str, Any]]:
    concepts = resource.get("characteristic", ())
    codings = [coding for concept in concepts for coding in concept.get("coding", ())]
    return [
        {"code": str(coding["code"]), "name": str(coding.get("display", coding["code"]))}
        for coding in codings
        if coding.get("system") == fhir_names.TOPIC and coding.get("code")
    ]


def _working_days(resource: Resource) -> int | None:
    days = elements.extension(resource, fhir_names.REPLY_WORKING_DAYS, "valuePositiveInt")
    if days is not None and days > _MAX_WORKING_DAYS:
        raise refused(f"{TYPE}.extension('{fhir_names.REPLY_WORKING_DAYS}')", "value")
    return days


def _whole(resource: Resource, url: str, least: int, most: int, otherwise: int) -> int:
    """A whole number that is told within bounds, `otherwise` when it is not told."""
    given = elements.extension(resource, url, "valueUnsignedInt")
    if given is None:
        return otherwise
    if not least <= given <= most:
        raise refused(f"{TYPE}.extension('{url}')", "value", f"{least} to {most}.")
    return given


def _cancel_before(resource: Resource) -> time | None:
    """A time of day in Europe/Oslo, whole minutes; None: the visit's own."""
    given = elements.extension(resource, fhir_names.CANCEL_BEFORE, "valueTime")
    path = f"{TYPE}.extension('{fhir_names.CANCEL_BEFORE}')"
    try:
        at = None if given is None else time.fromisoformat(given)
    except (TypeError, ValueError):
        raise refused(path, "value", "A time of day.") from None
    if at is not None and (at.second or at.microsecond or at.tzinfo):
        raise refused(path, "value", "Whole minutes.")
    return at


def _emergency_text(resource: Resource) -> str:
    given = elements.extension(resource, fhir_names.EMERGENCY_TEXT, "valueString")
    path = f"{TYPE}.extension('{fhir_names.EMERGENCY_TEXT}')"
    return elements.text({"text": given or ""}, "text", path, 1000)
