"""What an Appointment carries within: who takes part, where it is, what one may do, whose it is. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from digihelse_app.models.codes import CancelRight
from digihelse_app.outside import fhir_names
from digihelse_app.web.fhir import elements, patient
from digihelse_app.web.fhir.elements import Resource, refused

_TYPE = "Appointment"
_CONTAINED = f"{_TYPE}.contained"
_INFORMATION = f"{_TYPE}.supportingInformation"
_KINDS = frozenset({"Location", "Organization", "Flag", "DocumentReference"})
_AT_HOME, _AT_OFFICE = "PTRES", "OF"
_FLAGS = frozenset({"cancel", "cancelWithComment", "canChangeAppointment", "canCancelServiceRequest"})
_MOST_FLAGS = 4
_ROLE_LIMIT = 100
_NAME_LIMIT = 200


@dataclass(frozen=True, slots=True, repr=False)
class Parts:
    """What is told within. `who` is what tells those who come apart from others, empty until it is told."""

    provider_her_id: str
    cancel_right: CancelRight
    who_role: str
    who_name: str
    who: str


def read(resource: Resource) -> Parts:
    """The parts, checked; raises FhirError 422."""
    contained = _contained(resource)
    _check_place(resource, contained)
    provider = _provider(resource, contained)
    role, name, key = _who(resource, contained)
    return Parts(provider, _right(resource, contained), role, name, key)


def _contained(resource: Resource) -> dict[str, Resource]:
    """What is contained, by its id."""
    found: dict[str, Resource] = {}
    for position, part in enumerate(resource.get("contained", ())):
        path = f"{_CONTAINED}[{position}]"
        if part.get("resourceType") not in _KINDS:
            raise refused(path, "not-supported", f"One of {', '.join(sorted(_KINDS))}.")
        for name in ("contained", "modifierExtension", "implicitRules"):
            if name in part:
                raise refused(f"{path}.{name}", "not-supported")
        if not part.get("id") or part["id"] in found:
            raise refused(f"{path}.id", "required", "An id of its own.")
        found[part["id"]] = part
    return found


def _of_kind(contained: dict[str, Resource], kind: str) -> dict[str, Resource]:
    return {name: part for name, part in contained.items() if part["resourceType"] == kind}


def _check_place(resource: Resource, contained: dict[str, Resource]) -> None:
    """At home or at an office, not both; of a visit at home nobody is reminded."""
    places = [
        elements.code(place.get("type", []), fhir_names.ROLE_CODE)
        for place in _of_kind(contained, "Location").values()
    ]
    if not places or not set(places) <= {_AT_HOME, _AT_OFFICE} or len(set(places)) > 1:
        raise refused(_CONTAINED, "value", f"A Location of type {_AT_HOME}, or else {_AT_OFFICE}.")
    tags = {tag.get("system") for tag in resource.get("meta", {}).get("tag", ())}
    if _AT_HOME in places and tags & {fhir_names.NOTIFICATION_TAG, fhir_names.REMINDER_TAG}:
        raise refused(f"{_TYPE}.meta.tag", "not-supported", "Nobody is reminded of a visit at home.")


def _referred(resource: Resource, contained: dict[str, Resource]) -> Iterator[tuple[str, Resource]]:
    """Each piece of supporting information: its kind, and what it is (empty for what is elsewhere)."""
    for position, entry in enumerate(resource.get("supportingInformation", ())):
        named = str(entry.get("reference", ""))
        path = f"{_INFORMATION}[{position}]"
        if not named.startswith("#"):
            elements.reference(entry, "DocumentReference", path)
            yield "DocumentReference", {}
        elif (part := contained.get(named[1:])) is None or part["resourceType"] == "Location":
            raise refused(path, "value", "What is contained: an Organization, a Flag, a DocumentReference.")
        else:
            yield part["resourceType"], part


def _provider(resource: Resource, contained: dict[str, Resource]) -> str:
    """The HER-id of the communication party."""
    referred = list(_referred(resource, contained))
    if len([kind for kind, _ in referred if kind == "DocumentReference"]) > 1:
        raise refused(_INFORMATION, "value", "At most one DocumentReference.")
    parties = [part for kind, part in referred if kind == "Organization"]
    if len(parties) != 1 or len(_of_kind(contained, "Organization")) != 1:
        raise refused(_INFORMATION, "required", "One contained Organization, by HER-id.")
    identifiers = parties[0].get("identifier", ())
    her_ids = [entry.get("value", "") for entry in identifiers if entry.get("system") == fhir_names.HER_ID]
    if len(her_ids) != 1 or not her_ids[0]:
        raise refused(_INFORMATION, "required", "One contained Organization, by HER-id.")
    return str(her_ids[0])


def _right(resource: Resource, contained: dict[str, Resource]) -> CancelRight:
    """What the flags let the citizen do."""
    flags = _of_kind(contained, "Flag")
    referred = [part["id"] for kind, part in _referred(resource, contained) if kind == "Flag"]
    if len(flags) > _MOST_FLAGS or sorted(referred) != sorted(flags):
        raise refused(_INFORMATION, "value", f"Each contained Flag once, and at most {_MOST_FLAGS}.")
    codes = [_flag_code(flag, position) for position, flag in zip(count(), flags.values())]
    if len(set(codes)) < len(codes):
        raise refused(_CONTAINED, "duplicate", "Each Flag once.")
    if CancelRight.WITH_COMMENT in codes:
        return CancelRight.WITH_COMMENT
    return CancelRight.CANCEL if CancelRight.CANCEL in codes else CancelRight.NONE


def _flag_code(flag: Resource, position: int) -> str:
    path = f"{_CONTAINED}.ofType(Flag)[{position}]"
    codings = flag.get("code", {}).get("coding", ())
    code = codings[0].get("code") if len(codings) == 1 else None
    if code not in _FLAGS:
        raise refused(f"{path}.code", "not-supported", f"One of {', '.join(sorted(_FLAGS))}.")
    if flag.get("status") != "active":
        raise refused(f"{path}.status", "value", "active; leave out what is not.")
    return str(code)


def _who(resource: Resource, contained: dict[str, Resource]) -> tuple[str, str, str]:
    """Role and name of who comes, and what tells them apart; also checks that one patient takes part."""
    patients, roles, names, keys = 0, [], [], []
    for position, part in enumerate(resource.get("participant", ())):
        path = f"{_TYPE}.participant[{position}]"
        actor = part.get("actor")
        if actor is None:
            raise refused(f"{path}.actor", "required")
        if patient.is_national(actor.get("identifier")) or actor.get("type") == "Patient":
            patients += 1
            _check_patient(part, path)
        elif not _is_place(actor, contained):
            role, name, key = _comer(part, path)
            roles, names, keys = [*roles, role], [*names, name], [*keys, key]
    if patients != 1:
        raise refused(f"{_TYPE}.participant", "required", "One patient, by identity number.")
    role, name = ", ".join(dict.fromkeys(filter(None, roles))), ", ".join(filter(None, names))
    return role[:_ROLE_LIMIT], name[:_NAME_LIMIT], "\n".join(sorted(filter(None, keys)))


def _check_patient(part: Resource, path: str) -> None:
    if "reference" in part["actor"] or not patient.is_national(part["actor"].get("identifier")):
        raise refused(f"{path}.actor", "value", "The patient by identity number alone.")
    if part.get("status") not in ("accepted", "needs-action"):
        raise refused(f"{path}.status", "value", "accepted or needs-action.")


def _is_place(actor: Resource, contained: dict[str, Resource]) -> bool:
    named = str(actor.get("reference", ""))
    return named.startswith("#") and contained.get(named[1:], {}).get("resourceType") == "Location"


def _comer(part: Resource, path: str) -> tuple[str, str, str]:
    """Role, name and key of one who comes; without an identifier only the role is known."""
    actor = part["actor"]
    types = part.get("type", [])
    for concept in types:
        elements.check_systems(concept, f"{path}.type")
    role = elements.text(types[0], "text", f"{path}.type.text", _ROLE_LIMIT) if types else ""
    name = elements.text(actor, "display", f"{path}.actor.display", _NAME_LIMIT, required=True)
    if actor.get("type") == "PractitionerRole" and "identifier" not in actor:
        return role or name[:_ROLE_LIMIT], "", ""
    identifier = actor.get("identifier", {})
    if not identifier.get("system") or not identifier.get("value"):
        raise refused(f"{path}.actor.identifier", "required", "Who it is, with system and value.")
    return role, name, f"{identifier['system']}|{identifier['value']}"
