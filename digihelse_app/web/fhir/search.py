"""Searching: what to look for, read from a query or a form, and the Bundle that answers."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from digihelse_app.models.vault import UnreadableError, vault
from digihelse_app.services import record_reading
from digihelse_app.services.record_reading import Record
from digihelse_app.services.record_selection import Position, Selection
from digihelse_app.web.fhir import communication, elements, rendering
from digihelse_app.web.fhir.elements import Resource
from digihelse_app.web.fhir.outcome import FhirError, Issue
from digihelse_app.web.fhir.submissions import KINDS

DEFAULT_COUNT = 50
MAX_COUNT = 200
_MAX_IDS = 50
_BOUNDS = {"ge": "since", "gt": "after", "le": "until", "lt": "before"}


@dataclass(frozen=True, slots=True)
class Search:
    """One page asked for: what, from where on, how many at most."""

    selection: Selection
    start: Position | None
    count: int


def invalid(name: str, told: str = "") -> FhirError:
    """400 for the search parameter `name` (one of ours, so it may be named)."""
    return FhirError(400, Issue("invalid", diagnostics=f"Parameter {name} cannot be used so. {told}".strip()))


async def read(
    organisation_id: str, resource_type: str, parameters: Sequence[tuple[str, str]], *, in_body: bool
) -> Search:
    """What to look for; raises FhirError 400 for anything that would otherwise be passed over in silence."""
    given = [(name, value) for name, value in parameters if name not in ("_count", "_cursor", "_format")]
    count = _count([value for name, value in parameters if name == "_count"])
    cursors = [value for name, value in parameters if name == "_cursor"]
    if cursors:
        if given or len(cursors) > 1:
            raise invalid("_cursor", "It carries the rest of the search.")
        return _resumed(organisation_id, resource_type, cursors[0], count)
    selection = Selection()
    for name, value in given:
        selection = await _narrowed(selection, resource_type, name, value, in_body=in_body)
    return Search(selection, None, count)


def _count(given: list[str]) -> int:
    if not given:
        return DEFAULT_COUNT
    if len(given) > 1 or not (given[0].isascii() and given[0].isdigit()) or not int(given[0][:9]) > 0:
        raise invalid("_count")
    return min(int(given[0][:9]), MAX_COUNT)


async def _narrowed(
    selection: Selection, resource_type: str, name: str, value: str, *, in_body: bool
) -> Selection:
    if name == "_lastUpdated":
        return _bounded(selection, value)
    if name == "_id":
        ids = tuple(value.split(","))
        if len(ids) > _MAX_IDS or selection.ids:
            raise invalid("_id")
        return replace(selection, ids=ids)
    if name == "part-of" and resource_type == communication.TYPE and selection.thread is None:
        return replace(selection, thread=value.removeprefix(f"{communication.TYPE}/"))
    if name.endswith(":identifier"):
        if not in_body:
            raise invalid("identifier", "An identity number never stands in an address: use POST _search.")
        if name.removesuffix(":identifier") in KINDS[resource_type].patient_parameters:
            person_id = await record_reading.person_id_of(value.rpartition("|")[2])
            return replace(selection, person_id=person_id or "")
    raise FhirError(400, Issue("not-supported", diagnostics="A parameter is not known: see /fhir/metadata."))


def _bounded(selection: Selection, value: str) -> Selection:
    bound = _BOUNDS.get(value[:2])
    written = value[2:].replace(" ", "+")  # a plus sign that was not encoded
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise invalid("_lastUpdated") from None
    if not elements.is_in_calendar(at):
        raise invalid("_lastUpdated")
    if bound is None or (at.tzinfo is None and len(written) > 10):
        raise invalid("_lastUpdated", "One of ge, gt, le, lt and a date, or a time with its zone.")
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
        if bound in ("after", "until"):  # a date is the whole day
            at, bound = at + timedelta(days=1), {"after": "since", "until": "before"}[bound]
    if getattr(selection, bound) is not None:
        raise invalid("_lastUpdated")
    return replace(selection, **{bound: at})


def bundle(
    base_url: str,
    organisation_id: str,
    resource_type: str,
    search: Search,
    found: list[Record],
    following: Position | None,
) -> Resource:
    """The searchset: resources in order of change, and where to go on."""
    links: list[dict[str, Any]] = []
    if following is not None:
        cursor = _cursor(organisation_id, resource_type, search.selection, following)
        query = urlencode({"_cursor": cursor, "_count": search.count})
        links.append({"relation": "next", "url": f"{base_url}/fhir/{resource_type}?{query}"})
    entries = [
        {
            "fullUrl": f"{base_url}/fhir/{resource_type}/{record.id}",
            "resource": rendering.record(record),
            "search": {"mode": "match"},
        }
        for record in found
    ]
    answer: Resource = {"resourceType": "Bundle", "type": "searchset"}
    return answer | ({"link": links} if links else {}) | ({"entry": entries} if entries else {})


def _context(organisation_id: str, resource_type: str) -> str:
    return f"fhir.cursor:{organisation_id}:{resource_type}"


def _cursor(organisation_id: str, resource_type: str, selection: Selection, position: Position) -> str:
    """Encrypted: it carries whose data was asked for, and is of use to the same organisation alone."""
    content = json.dumps([asdict(selection), asdict(position)], default=datetime.isoformat)
    sealed = vault().encrypt(content, _context(organisation_id, resource_type))
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def _resumed(organisation_id: str, resource_type: str, cursor: str, count: int) -> Search:
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        content = vault().decrypt(sealed, _context(organisation_id, resource_type))
    except (UnreadableError, ValueError):
        raise invalid("_cursor") from None
    chosen, place = json.loads(content)
    times = {name: datetime.fromisoformat(chosen[name]) for name in _BOUNDS.values() if chosen[name]}
    selection = Selection(**(chosen | times | {"ids": tuple(chosen["ids"])}))
    return Search(selection, Position(datetime.fromisoformat(place["updated_at"]), place["id"]), count)
