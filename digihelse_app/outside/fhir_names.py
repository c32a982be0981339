"""The names that FHIR resources use on the wire: systems of identifiers and codes, and our extensions.

Source of the OIDs: HL7 Norway's basis profiles and Volven; see docs/integration.md.
"""

from typing import Any

FODSELSNUMMER = "urn:oid:2.16.578.1.12.4.1.4.1"
D_NUMBER = "urn:oid:2.16.578.1.12.4.1.4.2"
NATIONAL_ID_SYSTEMS = frozenset({FODSELSNUMMER, D_NUMBER})
HER_ID = "urn:oid:2.16.578.1.12.4.1.2"
SERVICE_CATEGORY = "urn:oid:2.16.578.1.12.4.1.1.7619"
REPRESENTATIVE_ROLE = "urn:oid:2.16.578.1.12.4.1.1.7611"
APPOINTMENT_TYPE = "urn:oid:2.16.578.1.12.4.1.1.7617"
CANCEL_REASON = "urn:oid:2.16.578.1.12.4.1.1.7621"
ACCESS_RESTRICTION = "urn:oid:2.16.578.1.12.4.1.1.9603"
ROLE_CODE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
ENCOUNTER_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

_HELSENORGE = "http://helsenorge.no/fhir"
NOTIFICATION_TAG = f"{_HELSENORGE}/varsling"
REMINDER_TAG = f"{_HELSENORGE}/paminnelse"
RECURRING = f"{_HELSENORGE}/StructureDefinition/hn-extension-recurring"
POSTPONEMENT_REASON = f"{_HELSENORGE}/StructureDefinition/hn-basis-postponementreason"
CONSULTATION_TYPE = f"{_HELSENORGE}/StructureDefinition/hn-basis-consultationType"
PART_OF = "http://hl7.no/fhir/StructureDefinition/no-basis-partof"

_OURS = "https://digihelse.no/fhir"
TOPIC = f"{_OURS}/henvendelsestype"
OPENS_FOR_DIALOGUE = f"{_OURS}/opens-for-dialogue"
REPLY_WORKING_DAYS = f"{_OURS}/reply-working-days"
SHOWS_VISITS = f"{_OURS}/shows-visits"
SHARES_NAMES = f"{_OURS}/shares-names"
CANCEL_WORKING_DAYS = f"{_OURS}/cancel-working-days"
CANCEL_BEFORE = f"{_OURS}/cancel-before"
MISSED_AFTER_MINUTES = f"{_OURS}/missed-after-minutes"
EMERGENCY_TEXT = f"{_OURS}/emergency-text"
HEALTHCARE_SERVICE = f"{_OURS}/healthcare-service"
REPRESENTATIVE = f"{_OURS}/representant"
REPLY_DUE = f"{_OURS}/reply-due"
FOLLOW_UP = f"{_OURS}/oppfolging"
ESSENTIAL = f"{_OURS}/essential"
CANCELLATION = f"{_OURS}/avbestilling"
CANCELATION_REASON = f"{_OURS}/cancelation-reason"
DELEGATION = f"{_OURS}/fullmakt"
RIGHT = f"{_OURS}/fullmakt-rettighet"
CONSENT_SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PRIVACY = "patient-privacy"

FILE_CONTENT = "Binary"
FILE_DESCRIPTION = "DocumentReference"

MEDIA_TYPE = "application/fhir+json"


def national_identifier(number: str) -> dict[str, Any]:
    """`Identifier` of an identity number; a D-number is told by its first digit, raised by four."""
    return {"system": D_NUMBER if number[:1] > "3" else FODSELSNUMMER, "value": number}


def right(permission: str) -> str:
    """Our code for what a delegation allows, as it stands on the wire."""
    return permission.replace("_", "-")
