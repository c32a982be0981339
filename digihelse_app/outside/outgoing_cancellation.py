"""That a citizen asks for a visit to be cancelled, or takes it back, as a FHIR AppointmentResponse: pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from digihelse_app.models.codes import CancelReason, RepresentationRole
from digihelse_app.outside import fhir_names
from digihelse_app.outside.outgoing_communication import Party, instant, reference, representative

ASKED, TAKEN_BACK = 1, 2
"""The versions there are."""


@dataclass(frozen=True, slots=True, repr=False)
class OutgoingCancellation:
    """A request as it stands in its version; `visit` is what the record system knows it by, times are UTC.

    `starts_at` is when the visit was to be as it was asked; `ends_at` is None when that is no longer known.
    `said_at` is when this version was said. `actor` is the patient (role SELF) or someone acting for her.
    """

    id: str
    version: int
    said_at: datetime
    visit: str
    patient: Party
    actor: Party
    role: RepresentationRole
    reason: CancelReason
    comment: str
    starts_at: datetime
    ends_at: datetime | None


def response(asked: OutgoingCancellation) -> dict[str, Any]:
    """The resource: `declined` asks for the visit to be cancelled, `accepted` takes that back."""
    reason = {"system": fhir_names.CANCEL_REASON, "code": asked.reason.value}
    extensions: list[dict[str, Any]] = [{"url": fhir_names.CANCELATION_REASON, "valueCoding": reason}]
    if asked.role is not RepresentationRole.SELF:
        extensions.append(representative(asked.actor, asked.role))
    resource: dict[str, Any] = {
        "resourceType": "AppointmentResponse",
        "id": asked.id,
        "meta": {"versionId": str(asked.version), "lastUpdated": instant(asked.said_at)},
        "extension": extensions,
        "identifier": [{"system": fhir_names.CANCELLATION, "value": asked.id}],
        "appointment": {"reference": f"Appointment/{asked.visit}"},
        "start": instant(asked.starts_at),
        "actor": {"type": "Patient"} | reference(asked.patient),
        "participantStatus": "declined" if asked.version == ASKED else "accepted",
    }
    if asked.ends_at is not None:
        resource["end"] = instant(asked.ends_at)
    return resource | ({"comment": asked.comment} if asked.comment else {})
