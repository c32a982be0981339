"""What a citizen wrote, as FHIR Communications: pure, the same for delivering and for reading back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from digihelse_app.models.codes import RepresentationRole
from digihelse_app.outside import fhir_names


@dataclass(frozen=True, slots=True, repr=False)
class Party:
    """A person on the wire."""

    national_id: str
    name: str


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingThread:
    """A conversation. `id` and `service` are what the record system knows them by; times are UTC.

    `category` is the service's own code, empty for none, with its name as it was when chosen.
    """

    id: str
    service: str
    subject: str
    started_at: datetime
    patient: Party
    begun_by_service: bool = False
    category: str = ""
    category_name: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingMessage:
    """A citizen's message, by the patient (role SELF) or by someone acting for her.

    `reply_due_on` is by when she was promised an answer, a date in Europe/Oslo; None for no promise.
    `attachments` are ids of the files that go with it.
    """

    id: str
    thread: OutgoingThread
    author: Party
    role: RepresentationRole
    text: str
    sent_at: datetime
    reply_due_on: date | None = None
    attachments: tuple[str, ...] = ()


def header(thread: OutgoingThread) -> dict[str, Any]:
    """The conversation itself: the same body every time, so that putting it again changes nothing."""
    patient = reference(thread.patient)
    return {
        "resourceType": "Communication",
        "id": thread.id,
        "status": "completed",
        "subject": patient,
        "topic": {"text": thread.subject},
        "sent": instant(thread.started_at),
        "recipient": [_service(thread)],
        "sender": patient,
    } | _category(thread)


def message(written: OutgoingMessage) -> dict[str, Any]:
    """One message of the conversation, with who acted when it was not the patient."""
    thread = written.thread
    resource: dict[str, Any] = {
        "resourceType": "Communication",
        "id": written.id,
        "status": "completed",
        "subject": reference(thread.patient),
        "partOf": [{"reference": f"Communication/{thread.id}"}],
        "sent": instant(written.sent_at),
        "sender": reference(written.author),
        "recipient": [_service(thread)],
        "payload": [{"contentString": written.text}, *map(_file, written.attachments)],
    } | _category(thread)
    extensions = []
    if written.role is not RepresentationRole.SELF:
        extensions.append(representative(written.author, written.role))
    if written.reply_due_on is not None:
        extensions.append({"url": fhir_names.REPLY_DUE, "valueDate": written.reply_due_on.isoformat()})
    return resource | ({"extension": extensions} if extensions else {})


def instant(at: datetime) -> str:
    """An instant in UTC as FHIR writes it, to the millisecond."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reference(party: Party) -> dict[str, Any]:
    """A logical reference to a person."""
    return {"identifier": fhir_names.national_identifier(party.national_id), "display": party.name}


def _service(thread: OutgoingThread) -> dict[str, Any]:
    return {"reference": f"HealthcareService/{thread.service}"}


def _file(attachment_id: str) -> dict[str, Any]:
    return {"contentReference": {"reference": f"DocumentReference/{attachment_id}"}}


def _category(thread: OutgoingThread) -> dict[str, Any]:
    """On the header and on each message, so that either can be routed by it."""
    if not thread.category:
        return {}
    coding = {"system": fhir_names.TOPIC, "code": thread.category, "display": thread.category_name}
    return {"category": [{"coding": [coding]}]}


def representative(actor: Party, role: RepresentationRole) -> dict[str, Any]:
    """The extension that says who acted for the patient, and in what capacity."""
    coding = {"system": fhir_names.REPRESENTATIVE_ROLE, "code": role.value}
    return {
        "url": fhir_names.REPRESENTATIVE,
        "extension": [
            {"url": "name", "valueString": actor.name},
            {"url": "ident", "valueIdentifier": fhir_names.national_identifier(actor.national_id)},
            {"url": "role", "valueCoding": coding},
        ],
    }
