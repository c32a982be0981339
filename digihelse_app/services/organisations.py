"""The organisations whose record systems may call, as the installation's settings name them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from digihelse_app.models.database import unit_of_work
from digihelse_app.models.organisation import Organisation
from digihelse_app.settings import SettingsError


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """One organisation: HER-id, organisation number, name, the phone shown, and its FHIR base address."""

    her_id: str
    organisation_number: str
    name: str
    phone: str
    fhir_base_url: str


def read(file: Path) -> list[KnownOrganisation]:
    """The `[[organisation]]` tables of a TOML file; raises SettingsError when it cannot be read."""
    try:
        tables = tomllib.loads(file.read_text("utf-8"))["organisation"]
        return [KnownOrganisation(**table) for table in tables]
    except (OSError, ValueError, KeyError, TypeError):
        raise SettingsError("DIGIHELSE_ORGANISATIONS_FILE cannot be read: see docs/operations.md") from None


async def register(known: list[KnownOrganisation]) -> None:
    """Make the organisations known, or take over what has changed; none is ever removed."""
    try:
        await _write(known)
    except IntegrityError:  # another worker that starts at this moment made them known first
        await _write(known)


async def _write(known: list[KnownOrganisation]) -> None:
    async with unit_of_work() as session:
        for one in known:
            found = await session.exec(select(Organisation).where(Organisation.her_id == one.her_id))
            row = found.one_or_none() or Organisation(
                her_id=one.her_id, organisation_number="", name="", fhir_base_url=""
            )
            row.organisation_number, row.name = one.organisation_number, one.name
            row.phone, row.fhir_base_url = one.phone, one.fhir_base_url
            session.add(row)
