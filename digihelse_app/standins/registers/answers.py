"""What the registers answer about a synthetic person, field by field as the real ones write it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from digihelse_app.standins.people import SyntheticPerson

_KRR_LANGUAGES = ("nb", "nn", "en", "se")


def person(who: SyntheticPerson, people: Mapping[str, SyntheticPerson], now: datetime) -> dict[str, Any]:
    """The whole Person of NHN Persontjenesten v2; `people` are all, by key."""
    in_force = {"registeredAt": _day(now, 400), "isValid": True, "source": "KILDE_DSF"}
    children = [people[key] for key in who.parental_responsibility]
    mine = [parent for parent in people.values() if who.key in parent.parental_responsibility]
    responsibility = [(who, child) for child in children] + [(parent, who) for parent in mine]
    return {
        "name": [{**in_force, "givenName": who.given_name, "familyName": who.family_name}],
        "birth": [{**in_force, "birthDate": who.birth_date.isoformat()}],
        "status": [{**in_force, "status": who.status}],
        "death": {**in_force, "deceasedDate": _day(now, 30)} if who.status == "Deceased" else None,
        "addressProtection": [{**in_force, "protectionLevel": who.address_protection}],
        "norwegianIdentificationNumber": [
            {**in_force, "identificationNumber": who.national_id, "status": "InUse"}
        ],
        "parentalResponsibility": [
            {**in_force, "responsible": parent.national_id, "subjectOfResponsibility": child.national_id}
            for parent, child in responsibility
        ],
        "guardianshipOrFuturePowerOfAttorney": [],
        "commonContactRegisterInformation": contact_of_person(who, now),
    }


def contact_of_person(who: SyntheticPerson, now: datetime) -> dict[str, Any]:
    """`commonContactRegisterInformation`: KRR's facts under NHN's names."""
    known = who.phone is not None or who.email is not None
    if not known:
        return {"reservation": "No", "status": "NotRegistered", "notificationStatus": "CanNotBeNotified"}
    return {
        "reservation": "Yes" if who.reserved else "No",
        "status": "Active",
        "notificationStatus": "CanNotBeNotified" if who.reserved else "CanBeNotified",
        "contactInformation": {
            **_dated("phoneNumber", who.phone, "LastUpdated", "LastVerified", now),
            **_dated("email", who.email, "LastUpdated", "LastVerified", now),
        },
        "language": who.language,
    }


def contact(national_id: str, who: SyntheticPerson | None, now: datetime) -> dict[str, Any]:
    """One person of KRR's REST v2."""
    if who is None or (who.phone is None and who.email is None):
        return {
            "personidentifikator": national_id,
            "status": "IKKE_REGISTRERT",
            "varslingsstatus": "KAN_IKKE_VARSLES",
        }
    return {
        "personidentifikator": national_id,
        "reservasjon": "JA" if who.reserved else "NEI",
        "status": "AKTIV",
        "varslingsstatus": "KAN_IKKE_VARSLES" if who.reserved else "KAN_VARSLES",
        "kontaktinformasjon": {
            **_dated("mobiltelefonnummer", who.phone, "_oppdatert", "_sist_verifisert", now),
            **_dated("epostadresse", who.email, "_oppdatert", "_sist_verifisert", now),
        },
        "spraak": who.language,
        "spraak_oppdatert": _day(now, 200),
    }


def _dated(name: str, value: str | None, updated: str, verified: str, now: datetime) -> dict[str, str]:
    if value is None:
        return {}
    return {name: value, f"{name}{updated}": _day(now, 200), f"{name}{verified}": _day(now, 60)}


def _day(now: datetime, days_ago: int) -> str:
    return (now - timedelta(days=days_ago)).replace(microsecond=0).isoformat()
