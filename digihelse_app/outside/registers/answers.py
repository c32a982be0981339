"""What the registers say, in the app's words, and the rule for how old contact details may be."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

_MONTHS_VALID = 18


class RegisterDownError(Exception):
    """A register cannot be reached, or does not answer as agreed. The message is a code."""


class AddressProtection(StrEnum):
    """Protection level of an address (adressebeskyttelse), from open to kode 6."""

    UNCLASSIFIED = "Unclassified"
    CLIENT_ADDRESS = "ClientAddress"
    CONFIDENTIAL = "Confidential"
    STRICTLY_CONFIDENTIAL = "StrictlyConfidential"


@dataclass(frozen=True)
class RegisteredPerson:
    """A person in the population register, at the moment asked.

    `status` is the register's own word (`Resident`, `Deceased` …); children and guardians are identity
    numbers: of children one has parental responsibility for, and of those appointed for oneself.
    """

    given_name: str
    family_name: str
    birth_date: date | None
    status: str
    deceased: bool
    protection: AddressProtection = AddressProtection.UNCLASSIFIED
    responsible_for: tuple[str, ...] = field(default=(), repr=False)
    guardians: tuple[str, ...] = field(default=(), repr=False)

    @property
    def address_protected(self) -> bool:
        """Whether the address is confidential or strictly so (kode 7 and 6)."""
        return self.protection in (AddressProtection.CONFIDENTIAL, AddressProtection.STRICTLY_CONFIDENTIAL)


@dataclass(frozen=True)
class ContactPoint:
    """A mobile number or e-mail address, and when it was last changed or confirmed (UTC)."""

    value: str = field(repr=False)
    updated_at: datetime | None = None
    verified_at: datetime | None = None

    def is_fresh(self, at: datetime) -> bool:
        """Whether it may be used at `at` (UTC): changed or confirmed within 18 months.

        eForvaltningsforskriften § 32; applying it is the asker's duty, not the register's.
        """
        moments = [moment for moment in (self.updated_at, self.verified_at) if moment is not None]
        return any(moment >= months_before(at, _MONTHS_VALID) for moment in moments)


@dataclass(frozen=True)
class ContactDetails:
    """What the contact register (KRR) knows, if anything. `language` is `nb`, `nn`, `en`, `se` or empty."""

    mobile: ContactPoint | None = None
    email: ContactPoint | None = None
    reserved: bool = False
    language: str = ""


class Registers(Protocol):
    """What Digihelse asks of the registers. Both raise RegisterDownError."""

    async def person(self, national_id: str) -> RegisteredPerson | None:
        """Who has this identity number; None when nobody does."""
        ...

    async def contact(self, national_id: str) -> ContactDetails:
        """How to reach the person with this identity number."""
        ...


def months_before(at: datetime, months: int) -> datetime:
    """The same day and time `months` earlier; the last of the month where that day does not exist."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    for day in range(at.day, at.day - 4, -1):
        try:
            return at.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
