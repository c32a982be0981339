"""The patient's identity number in a resource: taken out before storing, put back when reading.

An identity number is stored once, encrypted, with the person; never within what record systems put.
"""

from collections.abc import Callable, Iterator
from typing import Any

from digihelse_app.outside import fhir_names
from digihelse_app.web.fhir.elements import Resource, refused

PLACEHOLDER = "patient"


def number_in(resource: Resource, element: str) -> str | None:
    """The identity number in the logical reference `element`, None when there is none.

    What is a list (`participant`) has its references in `actor`.
    """
    value = resource.get(element)
    many = isinstance(value, list)
    references = [part.get("actor") for part in value if isinstance(part, dict)] if many else [value]
    for reference in references:
        identifier = reference.get("identifier") if isinstance(reference, dict) else None
        if isinstance(identifier, dict) and is_national(identifier):
            return str(identifier.get("value"))
    return None


def conceal(resource: Resource, element: str) -> tuple[Resource, str]:
    """`resource` without identity numbers, and the number; refused when missing or when there are two."""
    path = f"{resource['resourceType']}.{element}"
    number = number_in(resource, element)
    if number is None:
        raise refused(path, "required", "A patient by identity number.")
    if set(_numbers(resource)) != {number}:
        raise refused(path, "value", "One patient throughout.")
    return _replaced(resource, lambda _: PLACEHOLDER), number


def has_numbers(resource: Resource) -> bool:
    """Whether an identity number stands anywhere in the resource."""
    return next(_numbers(resource), None) is not None


def reveal(resource: Resource, number: str | None) -> Resource:
    """`resource` with the patient's number where it stood."""
    return _replaced(resource, lambda value: number or value)


def is_national(identifier: Any) -> bool:
    """Whether it is an Identifier that holds an identity number."""
    return isinstance(identifier, dict) and identifier.get("system") in fhir_names.NATIONAL_ID_SYSTEMS


def _numbers(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        if is_national(content):
            yield str(content.get("value"))
        for value in content.values():
            yield from _numbers(value)
    elif isinstance(content, list):
        for item in content:
            yield from _numbers(item)


def _replaced(content: Any, by: Callable[[str], str]) -> Any:
    if isinstance(content, list):
        return [_replaced(item, by) for item in content]
    if not isinstance(content, dict):
        return content
    replaced = {name: _replaced(value, by) for name, value in content.items()}
    if is_national(content):
        replaced["value"] = by(content["value"])
    return replaced
