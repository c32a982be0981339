"""Reading elements of a resource whose structure is already checked, and naming those that are wrong."""

from datetime import UTC, date, datetime
from typing import Any

from digihelse_app.models.codes import AccessTag
from digihelse_app.outside import clock, fhir_names
from digihelse_app.web.fhir.outcome import FhirError, Issue

Resource = dict[str, Any]

_YEARS = range(1900, 2200)
"""Everyone alive, and all that is planned. At the calendar's edges a change of zone or one more day fails."""
_REACH_YEARS = 10
"""How far from this year a visit may lie: further than any plan or correction, and less than a slip."""


def refused(expression: str, code: str = "value", diagnostics: str = "") -> FhirError:
    """422 for the element `expression`."""
    return FhirError(422, Issue(code, expression, diagnostics))


def text(resource: Resource, name: str, path: str, limit: int, *, required: bool = False) -> str:
    """The trimmed text of an element; refused when missing though required, or longer than `limit`."""
    value = str(resource.get(name, "")).strip()
    if required and not value:
        raise refused(path, "required")
    if len(value) > limit:
        raise refused(path, "too-long", f"At most {limit} characters.")
    return value


def extension(resource: Resource, url: str, kind: str) -> Any:
    """The value (`valueDate`, …) of the extension `url`, None when absent; refused twice or as another."""
    found = [entry for entry in resource.get("extension", ()) if entry.get("url") == url]
    path = f"{resource['resourceType']}.extension('{url}')"
    if not found:
        return None
    if len(found) > 1 or kind not in found[0]:
        raise refused(path, "value", f"Once, as {kind}.")
    return found[0][kind]


def code(concepts: list[Resource], system: str) -> str:
    """The first code of `system` among CodeableConcepts, empty when there is none."""
    codings = [coding for concept in concepts for coding in concept.get("coding", ())]
    return next((str(entry.get("code", "")) for entry in codings if entry.get("system") == system), "")


def only_code(concept: Resource, system: str, path: str) -> str:
    """The one code of `system` in a CodeableConcept; refused when there is none, or another of it."""
    check_systems(concept, path)
    codes = [entry.get("code") for entry in concept.get("coding", ()) if entry.get("system") == system]
    if len(codes) != 1 or not codes[0]:
        raise refused(path, "required", f"One code of {system}.")
    return str(codes[0])


def check_systems(concept: Resource, path: str) -> None:
    """A code means nothing without its system."""
    if any("code" in entry and "system" not in entry for entry in concept.get("coding", ())):
        raise refused(f"{path}.coding.system", "required")


def access_tag(resource: Resource) -> AccessTag:
    """From whom it is kept, as `meta.security` tells; refused when told twice, or as no known code."""
    labels = resource.get("meta", {}).get("security", ())
    codes = [entry.get("code") for entry in labels if entry.get("system") == fhir_names.ACCESS_RESTRICTION]
    if not codes:
        return AccessTag.NOBODY
    tags = {tag.value: tag for tag in AccessTag}
    if len(codes) > 1 or codes[0] not in tags:
        path = f"{resource['resourceType']}.meta.security"
        raise refused(path, "value", f"Once, of {', '.join(tags)}.")
    return tags[codes[0]]


def reference(value: Resource | None, resource_type: str, path: str) -> str:
    """The id in a relative reference `Type/id`; refused when missing or of another type."""
    kind, _, resource_id = str((value or {}).get("reference", "")).partition("/")
    if kind != resource_type or not resource_id:
        raise refused(path, "required", f"A reference to {resource_type}/id.")
    return resource_id


def identifier(value: Resource | None, system: str, path: str, *, required: bool = True) -> str:
    """The identifier of `system` in a logical reference."""
    found = (value or {}).get("identifier", {})
    if found.get("system") == system and found.get("value"):
        return str(found["value"])
    if required or value:
        raise refused(path, "required", f"An identifier of {system}.")
    return ""


def her_id(value: Resource | None, path: str, *, required: bool = True) -> str:
    """The HER-id in a reference to an organisation."""
    return identifier(value, fhir_names.HER_ID, path, required=required)


def day(value: object, path: str, *, last: bool = False) -> date | None:
    """A FHIR date or dateTime, also of a year or month alone, as its first (or last) day."""
    if value is None:
        return None
    written = str(value)[:10]
    try:
        if len(written) == 10:
            return date.fromisoformat(written)
        year, month = int(written[:4]), int(written[5:7] or ("12" if last else "1"))
        return _last_of(year, month) if last else date(year, month, 1)
    except ValueError:
        raise refused(path) from None


def _last_of(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


def instant(value: object, path: str) -> datetime | None:
    """A FHIR instant as an aware time, None when absent; refused without a zone or at the calendar's edge."""
    at = moment(value, path)
    if at is not None:
        check_year(at, path)
    return at


def moment(value: object, path: str) -> datetime | None:
    """As `instant`, in whatever year: far ahead may be how some write that there is no end."""
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(str(value))
        if at.tzinfo is None:
            raise ValueError
    except ValueError:
        raise refused(path, "value", "A date and time with its zone.") from None
    return at


def instant_near(value: object, path: str) -> datetime | None:
    """As `instant`, in UTC; refused too when it lies too many years from now to be of a visit."""
    at = instant(value, path)
    if at is None:
        return None
    if abs(at.year - clock.today().year) > _REACH_YEARS:
        raise refused(path, "value", f"At most {_REACH_YEARS} years from now.")
    return at.astimezone(UTC)


def is_in_calendar(at: date) -> bool:
    """Whether a day or a moment is far enough from the calendar's edges to be reckoned with."""
    return at.year in _YEARS


def check_year(at: date, path: str) -> None:
    """Refuse what is not in the calendar."""
    if not is_in_calendar(at):
        raise refused(path, "value", f"A year from {_YEARS[0]} to {_YEARS[-1]}.")
