"""Terms and consent: what one agrees to before Digihelse may be used, and taking it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import ConsentKind, LogAction
from digihelse_app.models.consent import ActivityChange, Consent
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import access_log, consent_by_others, export_rows

CURRENT_VERSIONS = {ConsentKind.TERMS: "2026-11", ConsentKind.DIALOGUE: "2026-11"}
"""The version asked for now. Its text is in the catalogues under `consent.<kind>.<version>`."""


class OutdatedConsentError(Exception):
    """The text that was agreed to is not the one asked for now; it must be read again."""


@dataclass(frozen=True, slots=True)
class GivenConsent:
    """One consent as its giver sees it; times are UTC."""

    id: str
    kind: ConsentKind
    version: str
    given_at: datetime
    withdrawn_at: datetime | None


async def is_active(session: AsyncSession, person_id: str) -> bool:
    """Whether the person is digitally active: she has consented herself, or others have who may."""
    return bool(await active_among(session, {person_id}))


async def active_among(session: AsyncSession, person_ids: Collection[str]) -> set[str]:
    """Those of `person_ids` who are digitally active, as `is_active` says of one."""
    own = await consent_by_others.consented_themselves(session, person_ids)
    return own | await consent_by_others.consented_for(session, set(person_ids) - own)


async def announce(session: AsyncSession, person_id: str, *, was_active: bool | None = None) -> bool:
    """Tell of it in the feed if the person has become, or is no longer, digitally active; whether it was.

    `was_active`: as it was before, by default as the feed has it. Nobody else changes her consents or
    delegations until this unit of work ends.
    """
    await session.flush()
    if was_active is None:
        newest = select(ActivityChange).where(ActivityChange.person_id == person_id)
        newest = newest.order_by(col(ActivityChange.offset).desc()).limit(1)
        told = (await session.exec(newest)).one_or_none()
        was_active = told is not None and told.active
    active = await is_active(session, person_id)
    if active is was_active:
        return False
    session.add(ActivityChange(person_id=person_id, active=active, at=clock.now()))
    mark_changed(session, person_id)
    return True


async def is_active_herself(session: AsyncSession, person: Person) -> bool:
    """Whether the person has consented herself, and has not left it to those who act for her."""
    own = await consent_by_others.consented_themselves(session, {person.id})
    return person.self_inactive_at is None and bool(own)


async def missing(session: AsyncSession, person_id: str) -> list[ConsentKind]:
    """The kinds of which the current version is not accepted, in the order they are asked for."""
    accepted = {(consent.kind, consent.version) for consent in await _in_force(session, person_id)}
    return [kind for kind, version in CURRENT_VERSIONS.items() if (kind, version) not in accepted]


async def never_given(session: AsyncSession, person_id: str) -> bool:
    """Whether the person has never consented to anything: a first visit."""
    any_given = await session.exec(select(Consent.id).where(Consent.person_id == person_id).limit(1))
    return any_given.first() is None


async def _in_force(session: AsyncSession, person_id: str) -> Collection[Consent]:
    query = select(Consent).where(Consent.person_id == person_id, col(Consent.withdrawn_at).is_(None))
    return (await session.exec(query)).all()


async def still_to_accept(acting: ActingContext) -> list[ConsentKind]:
    """The kinds the represented person has yet to accept in their current version."""
    acting.require(Permission.MANAGE_CONSENT)
    async with unit_of_work(reading=True) as session:
        return await missing(session, acting.represented_id)


async def list_consents(acting: ActingContext) -> list[GivenConsent]:
    """Every consent ever given, newest first."""
    acting.require(Permission.MANAGE_CONSENT)
    async with unit_of_work() as session:
        access_log.record(session, acting, LogAction.CONSENT_READ, "Consent")
        query = select(Consent).where(Consent.person_id == acting.represented_id)
        order = (col(Consent.given_at).desc(), col(Consent.kind), col(Consent.version).desc())
        rows = await session.exec(query.order_by(*order))
        return [GivenConsent(row.id, row.kind, row.version, row.given_at, row.withdrawn_at) for row in rows]


async def give(acting: ActingContext, kind: ConsentKind, version: str) -> None:
    """Accept `version` of `kind`; accepting what is accepted changes nothing.

    Raises OutdatedConsentError when another version is asked for by now.
    """
    acting.require(Permission.MANAGE_CONSENT)
    if version != CURRENT_VERSIONS[kind]:
        raise OutdatedConsentError
    async with unit_of_work() as session:
        person_id = (await hold(session, acting)).id
        if kind not in await missing(session, person_id):
            return
        was_active = await is_active(session, person_id)
        consent = Consent(
            person_id=person_id, kind=kind, version=version, given_by=acting.actor_id, given_at=clock.now()
        )
        session.add(consent)
        await session.flush()
        access_log.record(session, acting, LogAction.CONSENT_GIVE, "Consent", consent.id)
        await _announce_with_children(session, person_id, was_active=was_active)
        mark_changed(session, person_id)


async def withdraw(acting: ActingContext, kind: ConsentKind) -> None:
    """Take back every accepted version of `kind`: ends access, keeps what is written."""
    acting.require(Permission.MANAGE_CONSENT)
    async with unit_of_work() as session:
        person_id = (await hold(session, acting)).id
        was_active = await is_active(session, person_id)
        for consent in await _in_force(session, person_id):
            if consent.kind is kind:
                consent.withdrawn_at, consent.withdrawn_by = clock.now(), acting.actor_id
                session.add(consent)
                access_log.record(session, acting, LogAction.CONSENT_WITHDRAW, "Consent", consent.id)
        await export_rows.stop(session, person_id)
        await _announce_with_children(session, person_id, was_active=was_active)
        mark_changed(session, person_id)


async def hold(session: AsyncSession, acting: ActingContext) -> Person:
    """The represented person, whose consents nobody else changes until this unit of work ends."""
    lock = {"key_share": True}
    return await session.get_one(Person, acting.represented_id, with_for_update=lock)


async def _announce_with_children(session: AsyncSession, person_id: str, *, was_active: bool) -> None:
    """A parent's consent holds for the children too."""
    await announce(session, person_id, was_active=was_active)
    for child_id in await consent_by_others.children_of(session, person_id):
        await session.get_one(Person, child_id, with_for_update={"key_share": True})
        await announce(session, child_id)
