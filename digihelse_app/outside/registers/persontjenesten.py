"""NHN Persontjenesten: the population register for health care, with the contact register inside."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.registers.answers import (
    AddressProtection,
    ContactDetails,
    ContactPoint,
    RegisterDownError,
    RegisteredPerson,
)
from digihelse_app.outside.registers.call import instant, post

_API_VERSION = "2"
_PERSON_PARTS = (
    "Name",
    "Birth",
    "Status",
    "Death",
    "AddressProtection",
    "ParentalResponsibility",
    "GuardianshipOrFuturePowerOfAttorney",
)
_CONTACT_PARTS = ("CommonContactRegisterInformation",)


class Persontjenesten:
    """`base_url` is the service's address, without `/api`; `scope` that of its tokens."""

    def __init__(self, base_url: str, tokens: MachineTokens, scope: str) -> None:
        self._url = f"{base_url.rstrip('/')}/api/legal-basis/person/get-by-nin"
        self._tokens = tokens
        self._scope = scope

    async def person(self, national_id: str) -> RegisteredPerson | None:
        """Name, birth, status, protection and who is responsible for whom. Raises RegisterDownError."""
        content = await self._ask(national_id, _PERSON_PARTS)
        try:
            return None if content is None else _person(national_id, content)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RegisterDownError("unreadable answer") from None

    async def contact(self, national_id: str) -> ContactDetails:
        """Contact details; empty for one who is not registered. Raises RegisterDownError."""
        content = await self._ask(national_id, _CONTACT_PARTS)
        try:
            return _contact((content or {}).get("commonContactRegisterInformation") or {})
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RegisterDownError("unreadable answer") from None

    async def _ask(self, national_id: str, parts: tuple[str, ...]) -> Mapping[str, Any] | None:
        return await post(
            self._tokens,
            self._scope,
            self._url,
            params={"informationParts": list(parts)},
            headers={"Api-Version": _API_VERSION},
            data={"nin": national_id},
        )


def _person(national_id: str, content: Mapping[str, Any]) -> RegisteredPerson:
    name = _valid(content, "name") or {}
    birth = (_valid(content, "birth") or {}).get("birthDate")
    status = (_valid(content, "status") or {}).get("status", "")
    death = content.get("death") or {}
    protection = (_valid(content, "addressProtection") or {}).get("protectionLevel", "Unclassified")
    given = " ".join(part for part in (name.get("givenName"), name.get("middleName")) if part)
    return RegisteredPerson(
        given_name=given,
        family_name=name.get("familyName") or "",
        birth_date=date.fromisoformat(birth[:10]) if birth else None,
        status=status,
        deceased=status == "Deceased" or bool(death.get("deceasedDate")),
        protection=AddressProtection(protection),
        responsible_for=tuple(
            entry["subjectOfResponsibility"]
            for entry in _all_valid(content, "parentalResponsibility")
            if entry.get("subjectOfResponsibility") and entry.get("responsible") == national_id
        ),
        guardians=tuple(
            guardian["identificationNumber"]
            for entry in _all_valid(content, "guardianshipOrFuturePowerOfAttorney")
            if (guardian := entry.get("guardian") or {}).get("identificationNumber")
        ),
    )


def _contact(content: Mapping[str, Any]) -> ContactDetails:
    details = content.get("contactInformation") or {}
    active = content.get("status") == "Active"
    return ContactDetails(
        mobile=_point(details, "phoneNumber") if active else None,
        email=_point(details, "email") if active else None,
        reserved=content.get("reservation") == "Yes",
        language=content.get("language") or "",
    )


def _point(details: Mapping[str, Any], name: str) -> ContactPoint | None:
    value = details.get(name)
    if not value:
        return None
    updated, verified = details.get(f"{name}LastUpdated"), details.get(f"{name}LastVerified")
    return ContactPoint(value, instant(updated), instant(verified))


def _all_valid(content: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    entries = content.get(name) or []
    return [entry for entry in entries if entry.get("isValid", True)]


def _valid(content: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """The entry in force among present and former ones."""
    found = _all_valid(content, name)
    return found[0] if found else None
