"""FHIR resources as this record system puts them at Digihelse (docs/integration.md §2 and §5)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from digihelse_app.standins.record_system.tables import Care, Message, Patient, Service, Thread

NATIONAL_ID = "urn:oid:2.16.578.1.12.4.1.4.1"
D_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.2"
HER_ID = "urn:oid:2.16.578.1.12.4.1.2"
SERVICE_CATEGORY = "urn:oid:2.16.578.1.12.4.1.1.7619"
EXTENSION = "https://digihelse.no/fhir/"
WORKING_DAYS = ["mon", "tue", "wed", "thu", "fri"]

ACTIVE = "active"
PLANNED = "planned"
FINISHED = "finished"

ACCEPTED = "accepted"
IN_PROGRESS = "in-progress"
COMPLETED = "completed"

Resource = dict[str, Any]


def healthcare_service(service: Service, her_id: str, organisation_name: str) -> Resource:
    """A service of the catalogue."""
    extensions: list[Resource] = [
        extension("shows-visits", "valueBoolean", service.shows_visits),
        extension("shares-names", "valueBoolean", service.shares_names),
        extension("cancel-working-days", "valueUnsignedInt", service.cancel_working_days),
        extension("missed-after-minutes", "valueUnsignedInt", service.missed_after_minutes),
    ]
    if service.cancel_before:
        extensions.append(extension("cancel-before", "valueTime", f"{service.cancel_before}:00"))
    if service.opens_on is not None:
        extensions.append(extension("opens-for-dialogue", "valueDate", service.opens_on.isoformat()))
    if service.reply_working_days is not None:
        extensions.append(extension("reply-working-days", "valuePositiveInt", service.reply_working_days))
    if service.emergency_text:
        extensions.append(extension("emergency-text", "valueString", service.emergency_text))
    resource: Resource = {
        "resourceType": "HealthcareService",
        "id": service.id,
        "active": True,
        "name": service.name,
        "providedBy": {**_organisation(her_id), "display": organisation_name},
        "category": [{"coding": [{"system": SERVICE_CATEGORY, "code": service.kind}]}],
        "telecom": [{"system": "phone", "value": service.phone}],
        "availableTime": [
            {
                "daysOfWeek": WORKING_DAYS,
                "availableStartTime": f"{service.opens_at}:00",
                "availableEndTime": f"{service.closes_at}:00",
            }
        ],
        "extension": extensions,
    }
    if service.categories:
        resource["characteristic"] = [
            {"coding": [{"system": f"{EXTENSION}henvendelsestype", **category}]}
            for category in service.categories
        ]
    return resource


def extension(name: str, kind: str, value: object) -> Resource:
    """One of Digihelse's own extensions; `kind` is FHIR's name of the value, such as `valueBoolean`."""
    return {"url": EXTENSION + name, kind: value}


def _organisation(her_id: str) -> Resource:
    return {"identifier": {"system": HER_ID, "value": her_id}}


def person(national_id: str) -> Resource:
    """A logical reference to a person; a D-number has 4 added to its first digit."""
    system = D_NUMBER if national_id[0] >= "4" else NATIONAL_ID
    return {"identifier": {"system": system, "value": national_id}}


def episode_of_care(care: Care, patient: Patient, her_id: str, status: str) -> Resource:
    """That the patient receives the service, or no longer does."""
    period = {"start": care.since.isoformat()}
    if care.until is not None:
        period["end"] = care.until.isoformat()
    return {
        "resourceType": "EpisodeOfCare",
        "id": care.id,
        "status": status,
        "patient": person(patient.national_id),
        "managingOrganization": _organisation(her_id),
        "period": period,
        "extension": [
            extension("healthcare-service", "valueReference", reference("HealthcareService", care.service_id))
        ],
    }


def header(thread: Thread, patient: Patient) -> Resource:
    """The header of a conversation that the service begins."""
    return {
        "resourceType": "Communication",
        "id": thread.id,
        "status": "completed",
        "subject": person(patient.national_id),
        "topic": {"text": thread.subject},
        "sent": instant(thread.started_at),
        "sender": reference("HealthcareService", thread.service_id),
        "recipient": [person(patient.national_id)],
    }


def message(written: Message, thread: Thread, patient: Patient, files: Sequence[str] = ()) -> Resource:
    """A message from the service, never in an employee's name; `files` are ids of DocumentReferences."""
    attached = [{"contentReference": reference("DocumentReference", each)} for each in files]
    return {
        "resourceType": "Communication",
        "id": written.id,
        "status": "completed",
        "subject": person(patient.national_id),
        "partOf": [reference("Communication", thread.id)],
        "sent": instant(written.sent_at),
        "sender": reference("HealthcareService", thread.service_id),
        "recipient": [person(patient.national_id)],
        "payload": [{"contentString": written.text}, *attached],
    }


def follow_up(thread: Thread, patient: Patient, about: str, status: str, at: datetime) -> Resource:
    """How far the service has come with the message or conversation `about`; never who has it.

    `at` makes each telling a new one, and an old one that comes late has no effect.
    """
    return {
        "resourceType": "Task",
        "id": thread.id,
        "meta": {"lastUpdated": instant(at)},
        "status": status,
        "intent": "order",
        "for": person(patient.national_id),
        "focus": reference("Communication", about),
        "owner": reference("HealthcareService", thread.service_id),
        "lastModified": instant(at),
    }


def closing(thread: Thread, patient: Patient, at: datetime) -> Resource:
    """The service ends the conversation."""
    code = {"system": f"{EXTENSION}oppfolging", "code": "closed"}
    return follow_up(thread, patient, thread.id, COMPLETED, at) | {"businessStatus": {"coding": [code]}}


def reference(kind: str, resource_id: str) -> Resource:
    """A relative reference."""
    return {"reference": f"{kind}/{resource_id}"}


def instant(moment: datetime) -> str:
    """A moment as FHIR writes it, in UTC to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_milliseconds(moment: datetime) -> datetime:
    """The moment as precise as it is on the wire."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
