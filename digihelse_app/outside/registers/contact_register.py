"""KRR, the contact and reservation register, asked directly (REST v2) instead of for a copy of it."""

from collections.abc import Mapping
from typing import Any

from digihelse_app.outside.machine_token import MachineTokens
from digihelse_app.outside.registers.answers import (
    ContactDetails,
    ContactPoint,
    RegisterDownError,
    RegisteredPerson,
    Registers,
)
from digihelse_app.outside.registers.call import instant, post


class ContactRegister:
    """`base_url` is as `https://kontaktregisteret.no`; `scope` that of its tokens."""

    def __init__(self, base_url: str, tokens: MachineTokens, scope: str) -> None:
        self._url = f"{base_url.rstrip('/')}/rest/v2/personer"
        self._tokens = tokens
        self._scope = scope

    async def contact(self, national_id: str) -> ContactDetails:
        """Contact details; empty for one who is not registered. Raises RegisterDownError."""
        body = {"personidentifikatorer": [national_id]}
        content = await post(self._tokens, self._scope, self._url, json=body)
        try:
            people = (content or {})["personer"]
            return _contact(people[0] if people else {})
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RegisterDownError("unreadable answer") from None


class WithContactRegister:
    """`people` for who someone is, `contacts` for how to reach her."""

    def __init__(self, people: Registers, contacts: ContactRegister) -> None:
        self._people = people
        self._contacts = contacts

    async def person(self, national_id: str) -> RegisteredPerson | None:
        """See `Registers.person`."""
        return await self._people.person(national_id)

    async def contact(self, national_id: str) -> ContactDetails:
        """See `Registers.contact`."""
        return await self._contacts.contact(national_id)


def _contact(content: Mapping[str, Any]) -> ContactDetails:
    details = content.get("kontaktinformasjon") or {}
    active = content.get("status") == "AKTIV"
    return ContactDetails(
        mobile=_point(details, "mobiltelefonnummer") if active else None,
        email=_point(details, "epostadresse") if active else None,
        reserved=content.get("reservasjon") == "JA",
        language=content.get("spraak") or "",
    )


def _point(details: Mapping[str, Any], name: str) -> ContactPoint | None:
    value = details.get(name)
    if not value:
        return None
    updated, verified = details.get(f"{name}_oppdatert"), details.get(f"{name}_sist_verifisert")
    return ContactPoint(value, instant(updated), instant(verified))
