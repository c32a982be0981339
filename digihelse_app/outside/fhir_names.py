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

_OURS = "https://digihelse.no/fhir"
TOPIC = f"{_OURS}/henvendelsestype"
OPENS_FOR_DIALOGUE = f"{_OURS}/opens-for-dialogue"
REPLY_WORKING_DAYS = f"{_OURS}/reply-working-days"
SHOWS_VISITS = f"{_OURS}/shows-visits"
EMERGENCY_TEXT = f"{_OURS}/emergency-text"
HEALTHCARE_SERVICE = f"{_OURS}/healthcare-service"
REPRESENTATIVE = f"{_OURS}/representant"
REPLY_DUE = f"{_OURS}/reply-due"
FOLLOW_UP = f"{_OURS}/oppfolging"

FILE_CONTENT = "Binary"
FILE_DESCRIPTION = "DocumentReference"

MEDIA_TYPE = "application/fhir+json"


def national_identifier(number: str) -> dict[str, Any]:
    """`Identifier` of an identity number; a D-number is told by its first digit, raised by four."""
    return {"system": D_NUMBER if number[:1] > "3" else FODSELSNUMMER, "value": number}
