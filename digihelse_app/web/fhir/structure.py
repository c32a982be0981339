"""Is it a resource at all: FHIR's own structure (R4B models, equal to R4 for what we take) and our rules."""

import json
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from digihelse_app.models import national_id
from digihelse_app.web.fhir.elements import Resource, refused
from digihelse_app.web.fhir.outcome import FhirError, Issue

_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")
_ELEMENT = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,40}")
_MAX_ISSUES = 20
_UNSUPPORTED = ("contained", "modifierExtension", "implicitRules")


def check_id(resource_id: str, expression: str) -> None:
    """Refuse an id that is not FHIR's, would be a step in a path, or holds an identity number."""
    usable = _ID.fullmatch(resource_id) and resource_id.strip(".")
    if not usable or national_id.redact(resource_id.replace(".", "")) != resource_id.replace(".", ""):
        raise refused(expression, "value", "An id of letters, digits, dots and hyphens, at most 64.")


def check(resource: Resource, resource_type: str, resource_id: str, *, contains: bool = False) -> None:
    """Raises FhirError 422 with every fault found; `contains`: other resources may be contained in it."""
    if resource.get("resourceType") != resource_type:
        raise refused("resourceType", "value", "The type of the address.")
    check_id(resource_id, f"{resource_type}.id")
    if resource.get("id") != resource_id:
        raise refused(f"{resource_type}.id", "value", "The id of the address.")
    faults = (
        _unsupported(resource, contains=contains)
        or [*_ill_written(resource, resource_type)]
        or _structural(resource)
    )
    if faults:
        raise FhirError(422, *faults[:_MAX_ISSUES])


def _unsupported(resource: Resource, *, contains: bool) -> list[Issue]:
    """What may not be ignored by one who does not understand it."""
    resource_type = resource["resourceType"]
    names = [name for name in _UNSUPPORTED if name in resource and not (contains and name == "contained")]
    return [Issue("not-supported", f"{resource_type}.{name}") for name in names]


def _ill_written(content: object, path: str) -> Iterator[Issue]:
    """What the models let pass: null and empty elements, and names that no element has."""
    if content is None or content in ("", [], {}):
        yield Issue("structure", path, "An element has a value.")
    elif isinstance(content, list):
        for position, item in enumerate(content):
            yield from _ill_written(item, f"{path}[{position}]")
    elif isinstance(content, dict):
        for name, value in content.items():
            if _ELEMENT.fullmatch(name):
                yield from _ill_written(value, f"{path}.{name}")
            else:
                yield Issue("structure", path, "An element is not known.")


def _structural(resource: Resource) -> list[Issue]:
    resource_type = resource["resourceType"]
    # Imported when first used: the models take a third of a second, which starting the app need not wait for.
    module = import_module(f"fhir.resources.R4B.{resource_type.lower()}")
    from pydantic import ValidationError

    try:
        understood = getattr(module, resource_type).model_validate(resource)
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        return [_issue(resource_type, fault) for fault in faults]
    return [*_mistyped(resource, json.loads(understood.model_dump_json()), resource_type)]


def _mistyped(given: object, understood: object, path: str) -> Iterator[Issue]:
    """Where the models were lenient: "true" understood as true, "2" as 2, true as 1, 9 as a time."""
    if isinstance(given, dict) and isinstance(understood, dict):
        for name in given:
            yield from _mistyped(given[name], understood.get(name), f"{path}.{name}")
    elif isinstance(given, list) and isinstance(understood, list):
        for position, (item, other) in enumerate(zip(given, understood, strict=False)):
            yield from _mistyped(item, other, f"{path}[{position}]")
    elif isinstance(understood, bool) or isinstance(given, bool):
        if type(given) is not type(understood):
            yield Issue("structure", path)
    elif any(isinstance(understood, kind) and not isinstance(given, kind) for kind in (int, str)):
        yield Issue("structure", path)


def _issue(resource_type: str, fault: Any) -> Issue:
    code = "required" if fault["type"] == "missing" else "structure"
    return Issue(code, resource_type + "".join(_step(part) for part in fault["loc"]))


def _step(part: object) -> str:
    """One step of the path; what could not be an element's name is left out, for it may be anything."""
    if isinstance(part, int):
        return f"[{part}]"
    return f".{part}" if _ELEMENT.fullmatch(str(part)) else ""
