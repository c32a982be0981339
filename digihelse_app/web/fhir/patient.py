"""Identity numbers in a resource: taken out before storing, put back when reading.

There is the patient's alone, but for who is to act for her, where a resource tells of that.

An identity number is stored once, encrypted, with the person; never within what record systems put.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from digihelse_app.outside import fhir_names
from digihelse_app.web.fhir.elements import Resource, refused

PLACEHOLDER = "patient"
PROXY = "proxy"
"""Stands where the number of who is to act for the patient stood."""


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


def conceal(resource: Resource, element: str, proxy: str | None = None) -> tuple[Resource, str]:
    """`resource` without identity numbers, and the patient's; refused when that is missing.

    `proxy` is the number of the only other person who may be in it, and who must be another.
    """
    path = f"{resource['resourceType']}.{element}"
    number = number_in(resource, element)
    if number is None:
        raise refused(path, "required", "A patient by identity number.")
    if number == proxy:
        raise refused(path, "value", "Nobody acts for themselves.")
    placeholders = {number: PLACEHOLDER} | ({proxy: PROXY} if proxy else {})
    if set(_numbers(resource)) != placeholders.keys():
        raise refused(path, "value", "One patient throughout.")
    return _replaced(resource, placeholders), number


def has_numbers(resource: Resource) -> bool:
    """Whether an identity number stands anywhere in the resource."""
    return next(_numbers(resource), None) is not None


def reveal(resource: Resource, number: str | None, proxy: str | None = None) -> Resource:
    """`resource` with the patient's number where it stood, and the proxy's where that did."""
    numbers = {PLACEHOLDER: number, PROXY: proxy}
    return _replaced(resource, {name: value for name, value in numbers.items() if value})


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


def _replaced(content: Any, by: Mapping[str, str]) -> Any:
    if isinstance(content, list):
        return [_replaced(item, by) for item in content]
    if not isinstance(content, dict):
        return content
    replaced = {name: _replaced(value, by) for name, value in content.items()}
    if is_national(content):
        value = content.get("value")
        replaced["value"] = by.get(str(value), value)
    return replaced
