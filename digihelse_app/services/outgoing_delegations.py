"""A delegation as an organisation is told of it: as it stands now, and of its own services alone."""

from collections.abc import Mapping

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.organisation import CareService
from digihelse_app.models.person import Person
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.outside import clock, fhir_names
from digihelse_app.outside.outgoing_communication import Party
from digihelse_app.outside.outgoing_consent import OutgoingDelegation
from digihelse_app.services import people

TOLD_OF = frozenset({RepresentationRole.FU, RepresentationRole.TD})
"""What was given or assigned. Of parents and guardians a record system hears from the register."""


async def outgoing_delegation(
    session: AsyncSession, representation_id: str, organisation_id: str
) -> OutgoingDelegation | None:
    """What to tell; None when it does not concern the organisation. Raises NotFoundError."""
    row = await session.get(Representation, representation_id)
    if row is None:
        raise NotFoundError
    rights = await _rights(session, row.scopes, organisation_id)
    if row.role not in TOLD_OF or not rights:
        return None
    now, given_at = clock.now(), row.given_at or row.valid_from
    ends = [end for end in (row.valid_until, row.ended_at) if end is not None]
    ends_at = min(ends) if ends else None
    active = ends_at is None or now < ends_at
    return OutgoingDelegation(
        id=row.id,
        patient=_party(await session.get_one(Person, row.represented_id)),
        proxy=_party(await session.get_one(Person, row.actor_id)),
        role=row.role,
        rights=rights,
        active=active,
        given_at=given_at,
        begins_at=row.valid_from,
        ends_at=ends_at,
        since=row.since,
        changed_at=given_at if active or ends_at is None else max(given_at, ends_at),
    )


async def _rights(
    session: AsyncSession, scopes: Mapping[str, list[str]], organisation_id: str
) -> dict[str, tuple[str, ...] | None]:
    named = {service for services in scopes.values() for service in services} - {EVERY_SERVICE}
    query = select(CareService).where(
        col(CareService.id).in_(named), CareService.organisation_id == organisation_id
    )
    own = {service.id: service.external_id for service in await session.exec(query)}
    rights: dict[str, tuple[str, ...] | None] = {}
    for permission, services in sorted(scopes.items()):
        if EVERY_SERVICE in services:
            rights[fhir_names.right(permission)] = None
        elif theirs := sorted(own[service] for service in services if service in own):
            rights[fhir_names.right(permission)] = tuple(theirs)
    return rights


def _party(person: Person) -> Party:
    return Party(people.national_id(person), person.name)
