"""Reading a Communication from Digihelse: what is looked at, and what is not accepted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from digihelse_app.standins.record_system.resources import D_NUMBER, EXTENSION, NATIONAL_ID, to_milliseconds

ROLES = {
    "FU": "fullmakt",
    "TD": "tildelt fullmakt",
    "FO": "foreldreansvar",
}


class NotAcceptableError(Exception):
    """An element is missing, unknown or of the wrong kind; `code` is a FHIR issue type."""

    def __init__(self, element: str, code: str = "value") -> None:
        super().__init__(element)
        self.element = element
        self.code = code


@dataclass(frozen=True)
class IncomingHeader:
    """A conversation that a citizen begins. `category`: what it is about, in words, or empty."""

    id: str
    national_id: str
    service_id: str
    subject: str
    category: str
    sent: datetime


@dataclass(frozen=True)
class IncomingMessage:
    """A citizen's message. `representative`: the author's role when acting for the patient, else empty.

    `due_on`: by when the citizen was promised an answer.
    """

    id: str
    thread_id: str
    national_id: str
    service_id: str
    author: str
    representative: str
    text: str
    due_on: date | None
    files: list[str]
    sent: datetime


def parse(body: Any, resource_id: str) -> IncomingHeader | IncomingMessage:
    """The header or message. Raises NotAcceptableError, naming the element."""
    if not isinstance(body, dict) or body.get("resourceType") != "Communication":
        raise NotAcceptableError("Communication", "structure")
    if body.get("id") != resource_id:
        raise NotAcceptableError("Communication.id")
    national_id = national_id_in(body.get("subject"), "Communication.subject")
    service_id = _reference(
        _only(body.get("recipient"), "Communication.recipient"), "HealthcareService", "recipient"
    )
    sent = _instant(body.get("sent"))
    if "partOf" not in body and "payload" not in body:
        subject = words_in(body.get("topic"), "text", "Communication.topic")
        return IncomingHeader(resource_id, national_id, service_id, subject, _category(body), sent)
    payload = body.get("payload")
    if not isinstance(payload, list):
        raise NotAcceptableError("Communication.payload")
    texts = [part for part in payload if isinstance(part, dict) and "contentString" in part]
    return IncomingMessage(
        id=resource_id,
        thread_id=_reference(_only(body.get("partOf"), "Communication.partOf"), "Communication", "partOf"),
        national_id=national_id,
        service_id=service_id,
        author=words_in(body.get("sender"), "display", "Communication.sender"),
        representative=representative(body),
        text=words_in(_only(texts, "Communication.payload"), "contentString", "Communication.payload"),
        files=[_file(part) for part in payload if part not in texts],
        due_on=_due_on(body),
        sent=sent,
    )


def _category(body: dict[str, Any]) -> str:
    """The service's own name of what the conversation is about; its code when it has no name."""
    concepts = body.get("category", [])
    try:
        codings = [coding for concept in concepts for coding in concept["coding"]]
        ours = [coding for coding in codings if coding["system"] == f"{EXTENSION}henvendelsestype"]
        return str(ours[0].get("display") or ours[0]["code"]) if ours else ""
    except (AttributeError, KeyError, TypeError):
        raise NotAcceptableError("Communication.category") from None


def _due_on(body: dict[str, Any]) -> date | None:
    due = extension(body, "reply-due")
    try:
        return None if due is None else date.fromisoformat(due["valueDate"])
    except (KeyError, TypeError, ValueError):
        raise NotAcceptableError("Communication.extension") from None


def extension(body: dict[str, Any], name: str) -> dict[str, Any] | None:
    """Digihelse's own extension of that name, if the resource has it."""
    extensions = body.get("extension", [])
    if not isinstance(extensions, list):
        return None
    named = (found for found in extensions if isinstance(found, dict))
    return next((found for found in named if found.get("url") == EXTENSION + name), None)


def _only(value: Any, element: str) -> Any:
    if not isinstance(value, list) or len(value) != 1:
        raise NotAcceptableError(element)
    return value[0]


def _file(part: Any) -> str:
    reference = part.get("contentReference") if isinstance(part, dict) else None
    return _reference(reference, "DocumentReference", "payload")


def national_id_in(value: Any, element: str) -> str:
    """The number in a logical reference to a person. Raises NotAcceptableError."""
    identifier = value.get("identifier") if isinstance(value, dict) else None
    if not isinstance(identifier, dict) or identifier.get("system") not in (NATIONAL_ID, D_NUMBER):
        raise NotAcceptableError(element)
    return words_in(identifier, "value", element)


def _reference(value: Any, kind: str, element: str) -> str:
    reference = words_in(value, "reference", f"Communication.{element}")
    named, slash, resource_id = reference.rpartition("/")
    if not slash or named != kind:
        raise NotAcceptableError(f"Communication.{element}")
    return resource_id


def words_in(value: Any, key: str, element: str) -> str:
    """The text under `key`. Raises NotAcceptableError when there is none."""
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, str) or not found.strip():
        raise NotAcceptableError(element)
    return found


def _instant(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise NotAcceptableError("Communication.sent") from None
    if moment.tzinfo is None:
        raise NotAcceptableError("Communication.sent")
    return to_milliseconds(moment)


def representative(body: dict[str, Any]) -> str:
    """In what role somebody acts for the patient, in words; empty when she does it herself."""
    acting = extension(body, "representant")
    if acting is None:
        return ""
    parts = {part.get("url"): part for part in acting.get("extension", []) if isinstance(part, dict)}
    role = parts.get("role", {}).get("valueCoding", {}).get("code")
    if role not in ROLES:
        raise NotAcceptableError(f"{body['resourceType']}.extension")
    return ROLES[role]
