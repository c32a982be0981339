"""Consent: a delegation that a municipality has registered from a paper, or that it ends.

What limits what is given may not be passed over: of `provision` only what is understood is taken.
Pure, but for the date of today.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models import national_id
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.outside import clock, fhir_names
from digihelse_app.outside.clock import OSLO
from digihelse_app.services import delegation_rules
from digihelse_app.services.submission import DelegationReport
from digihelse_app.web.fhir import elements, patient
from digihelse_app.web.fhir.elements import Resource, refused

TYPE = "Consent"
_PROVISION = f"{TYPE}.provision"
_PERIOD = f"{_PROVISION}.period"
_ACTOR = f"{_PROVISION}.actor"
_RIGHTS = f"{_PROVISION}.provision"
ELEMENTS = {
    "person": f"{TYPE}.patient",
    "proxy": f"{_ACTOR}[0].reference",
    "service": f"{_RIGHTS}.data",
    "period": f"{_PERIOD}.end",
}
EVIDENCE_LIMIT = 200
NAME_LIMIT = 200
_ROLES = {role.value: role for role in (RepresentationRole.FU, RepresentationRole.TD)}
_PERMISSIONS = {fhir_names.right(permission): permission for permission in DELEGABLE}
_UNDERSTOOD = frozenset({"type", "period", "actor", "provision", "dataPeriod"})
_UNDERSTOOD_RIGHT = frozenset({"type", "action", "data"})


def read(resource: Resource) -> DelegationReport:
    """What the resource says; raises FhirError 422."""
    status = resource.get("status")
    if status not in ("active", "inactive"):
        raise refused(f"{TYPE}.status", "value", "active or inactive.")
    _check_kind(resource)
    provision = resource.get("provision")
    if provision is None:
        raise refused(_PROVISION, "required")
    _check_limits(provision, _UNDERSTOOD, _PROVISION)
    role, name = _actor(provision, resource)
    starts_at, ends_at = _period(provision, role)
    report = DelegationReport(
        role=role,
        active=status == "active",
        proxy_name=name,
        scopes=_rights(provision),
        starts_at=starts_at,
        ends_at=ends_at,
        since=_since(provision),
        evidence=_evidence(resource, required=role is RepresentationRole.TD),
    )
    _check_end(report)
    return report


def proxy_number(resource: Resource) -> str | None:
    """The identity number of who is to act, None when there is none."""
    provision = resource.get("provision")
    actors = provision.get("actor") if isinstance(provision, dict) else None
    first = actors[0] if isinstance(actors, list) and actors else None
    reference = first.get("reference") if isinstance(first, dict) else None
    identifier = reference.get("identifier") if isinstance(reference, dict) else None
    if not isinstance(identifier, dict) or not patient.is_national(identifier):
        return None
    return str(identifier.get("value"))


def _check_kind(resource: Resource) -> None:
    """That it is about privacy, by the code that Digihelse's own have."""
    scope = resource.get("scope", {})
    if elements.only_code(scope, fhir_names.CONSENT_SCOPE, f"{TYPE}.scope") != fhir_names.PRIVACY:
        raise refused(f"{TYPE}.scope", "value", fhir_names.PRIVACY)
    if len(resource.get("category", ())) != 1:
        raise refused(f"{TYPE}.category", "required", "One.")
    for name in ("policy", "verification", "sourceAttachment"):
        if name in resource:
            raise refused(f"{TYPE}.{name}", "not-supported")


def _check_limits(provision: Resource, understood: Iterable[str], path: str) -> None:
    for name in sorted(provision.keys() - set(understood)):
        raise refused(f"{path}.{name}", "not-supported", "What limits it may not be passed over.")
    if provision.get("type") != "permit":
        raise refused(f"{path}.type", "value", "permit.")


def _actor(provision: Resource, resource: Resource) -> tuple[RepresentationRole, str]:
    """In which role, and the name of who is to act."""
    actors = provision.get("actor", [])
    if len(actors) != 1:
        raise refused(_ACTOR, "required", "One.")
    path = f"{_ACTOR}[0]"
    code = elements.only_code(actors[0].get("role", {}), fhir_names.REPRESENTATIVE_ROLE, f"{path}.role")
    if code not in _ROLES:
        raise refused(f"{path}.role", "value", f"One of {', '.join(_ROLES)}.")
    category = elements.only_code(resource["category"][0], fhir_names.DELEGATION, f"{TYPE}.category")
    if category != code.lower():
        raise refused(f"{TYPE}.category", "value", "The same as the role, in small letters.")
    reference = actors[0].get("reference", {})
    if "reference" in reference or not patient.is_national(reference.get("identifier")):
        raise refused(f"{path}.reference", "required", "A person by identity number alone.")
    name = elements.text(reference, "display", f"{path}.reference.display", NAME_LIMIT, required=True)
    return _ROLES[code], name


def _period(provision: Resource, role: RepresentationRole) -> tuple[datetime, datetime | None]:
    """From when, and until when; an end too far ahead is how some write that what was given has none."""
    period = provision.get("period", {})
    starts_at = _beginning(period.get("start"), f"{_PERIOD}.start")
    if starts_at is None:
        raise refused(f"{_PERIOD}.start", "required")
    ends_at = _moment(period.get("end"), f"{_PERIOD}.end", last=True)
    if ends_at is not None and ends_at <= starts_at:
        raise refused(f"{_PERIOD}.end", "value", "After the start.")
    endless = role is RepresentationRole.FU and ends_at is not None and _is_too_far(ends_at)
    return starts_at, None if endless else ends_at


def _beginning(value: object, path: str) -> datetime | None:
    at = _moment(value, path)
    if at is not None and _is_too_far(at):
        raise refused(path, "business-rule", f"At most {delegation_rules.FARTHEST_YEARS} years ahead.")
    return at


def _is_too_far(at: datetime) -> bool:
    latest = delegation_rules.ends(delegation_rules.farthest_day(clock.today()))
    return latest is not None and at > latest


def _check_end(report: DelegationReport) -> None:
    too_long = delegation_rules.is_assigned_too_long(report.starts_at, report.ends_at)
    if report.role is not RepresentationRole.TD or not too_long:
        return
    if report.ends_at is None:
        raise refused(f"{_PERIOD}.end", "required", "What is assigned has an end.")
    years = delegation_rules.LONGEST_ASSIGNED_YEARS
    raise refused(f"{_PERIOD}.end", "business-rule", f"At most {years} years after the start.")


def _moment(value: object, path: str, *, last: bool = False) -> datetime | None:
    """An instant in UTC; of a day in Europe/Oslo its beginning, or (`last`) when it is over."""
    try:
        return None if value is None else _in_utc(str(value), path, last=last)
    except OverflowError:  # the calendar begins or ends between there and UTC
        raise refused(path, "value") from None


def _in_utc(written: str, path: str, *, last: bool) -> datetime | None:
    if "T" in written:
        at = elements.moment(written, path)
        return at.astimezone(UTC) if at else None
    if len(written) != len("2026-11-26"):
        raise refused(path, "value", "A day, or a moment with its zone.")
    day = elements.day(written, path)
    if day is None:
        return None
    return delegation_rules.ends(day) if last else datetime.combine(day, time(), OSLO).astimezone(UTC)


def _since(provision: Resource) -> datetime | None:
    period = provision.get("dataPeriod", {})
    if "end" in period:
        raise refused(f"{_PROVISION}.dataPeriod.end", "not-supported")
    return _beginning(period.get("start"), f"{_PROVISION}.dataPeriod.start")


def _rights(provision: Resource) -> Mapping[Permission, tuple[str, ...] | None]:
    rights: dict[Permission, tuple[str, ...] | None] = {}
    for position, right in enumerate(provision.get("provision", ())):
        path = f"{_RIGHTS}[{position}]"
        _check_limits(right, _UNDERSTOOD_RIGHT, path)
        actions = right.get("action", [])
        if len(actions) != 1:
            raise refused(f"{path}.action", "required", "One.")
        permission = _PERMISSIONS.get(elements.only_code(actions[0], fhir_names.RIGHT, f"{path}.action"))
        if permission is None:
            raise refused(f"{path}.action", "value", f"One of {', '.join(sorted(_PERMISSIONS))}.")
        if permission in rights:
            raise refused(f"{path}.action", "duplicate", "Each once.")
        rights[permission] = _services(right, path)
    if not rights:
        raise refused(_RIGHTS, "required", "At least one right.")
    return rights


def _services(right: Resource, path: str) -> tuple[str, ...] | None:
    """Ids of the services it holds for, None for all."""
    if "data" not in right:
        return None
    named = []
    for position, entry in enumerate(right["data"]):
        if entry.get("meaning") != "related":
            raise refused(f"{path}.data[{position}].meaning", "value", "related.")
        told = entry.get("reference")
        named.append(elements.reference(told, "HealthcareService", f"{path}.data[{position}].reference"))
    return tuple(named)


def _evidence(resource: Resource, *, required: bool) -> str:
    """The municipality's reference to the paper."""
    path = f"{TYPE}.sourceReference.identifier.value"
    identifier = resource.get("sourceReference", {}).get("identifier", {})
    told = elements.text(identifier, "value", path, EVIDENCE_LIMIT, required=required)
    if national_id.redact(told) != told or patient.is_national(identifier):
        raise refused(path, "value", "No identity number.")
    return told
