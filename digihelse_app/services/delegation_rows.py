"""Making and ending the rows that let one person act for another: one way to do it, whoever decides.

Each row is made with its signed mandate, told to the services that must know, and to both people.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import (
    DelegationOrigin,
    EndReason,
    NoticeKind,
    OutboxKind,
    RepresentationRole,
)
from digihelse_app.models.database import mark_changed, new_id
from digihelse_app.models.outbox import OutboxItem
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Mandate, Representation
from digihelse_app.outside import clock
from digihelse_app.services import care, circle_taking, consent, delegation_notices, delivery
from digihelse_app.services.consent_by_others import STANDS_IN

Sign = Callable[[Mapping[str, Any]], str]
"""Signs claims as a compact JWS."""


class _Held:
    sign: Sign | None = None


def configure(sign: Sign) -> None:
    """What mandates are signed with; called by the composition root."""
    _Held.sign = sign


@dataclass(frozen=True, slots=True)
class Grant:
    """What is to be written: as in Representation, times in UTC. `given_by` is None for a municipality."""

    actor_id: str
    represented_id: str
    role: RepresentationRole
    origin: DelegationOrigin
    scopes: dict[str, list[str]]
    valid_from: datetime
    valid_until: datetime | None = None
    since: datetime | None = None
    given_by: str | None = None
    organisation_id: str | None = None
    external_id: str | None = None
    evidence: str = ""


async def hold(session: AsyncSession, person_id: str, *others: str) -> Person:
    """The represented person, locked: her delegations are given and ended one at a time.

    `others` are locked with her, all in the same order for everyone: none waits for one who waits for her.
    """
    query = select(Person).where(col(Person.id).in_({person_id, *others})).order_by(Person.id)
    held = await session.exec(query.with_for_update(key_share=True).execution_options(populate_existing=True))
    return next(person for person in held.all() if person.id == person_id)


async def standing(
    session: AsyncSession, represented_id: str, actor_id: str, role: RepresentationRole
) -> Representation | None:
    """The row of this pair and role that holds now or will, if there is one."""
    now = clock.now()
    query = select(Representation).where(
        Representation.represented_id == represented_id,
        Representation.actor_id == actor_id,
        Representation.role == role,
        col(Representation.ended_at).is_(None),
        or_(col(Representation.valid_until).is_(None), col(Representation.valid_until) > now),
    )
    found = await session.exec(query.order_by(col(Representation.valid_from).desc()).limit(1))
    return found.first()


async def add(session: AsyncSession, grant: Grant, replaces: Representation | None = None) -> Representation:
    """Write the row with its mandate; `replaces` is ended by it. The represented person is held."""
    now = clock.now()
    if replaces is None:  # what ran out without being ended
        await circle_taking.release_all(session, grant.represented_id, grant.actor_id)
    else:
        replaces.ended_at, replaces.end_reason, replaces.ended_by = now, EndReason.CHANGED, grant.given_by
        session.add(replaces)
        await _tell_record_systems(session, replaces)
    row = Representation(
        **{name: getattr(grant, name) for name in Grant.__slots__},
        key=await _key(session, grant),
        given_at=now,
        replaces_id=replaces.id if replaces else None,
    )
    session.add(row)
    await session.flush()
    session.add(_mandate(row, now))
    kind = NoticeKind.DELEGATION_CHANGED if replaces else NoticeKind.DELEGATION_NEW
    await _tell(session, row, kind)
    return row


async def end(session: AsyncSession, row: Representation, reason: EndReason, by: str | None) -> None:
    """End the row at this instant; one that has ended stays as it is. The represented person is held."""
    if row.ended_at is not None:
        return
    row.ended_at, row.end_reason, row.ended_by = clock.now(), reason, by
    session.add(row)
    if row.origin in STANDS_IN:
        await consent.announce(session, row.represented_id)
    await circle_taking.release_all(session, row.represented_id, row.actor_id)
    await _tell(session, row, NoticeKind.DELEGATION_ENDED)


async def _key(session: AsyncSession, grant: Grant) -> str:
    """What stands in addresses for this pair of people; made the first time."""
    query = select(Representation.key).where(
        Representation.actor_id == grant.actor_id, Representation.represented_id == grant.represented_id
    )
    return (await session.exec(query.limit(1))).first() or new_id()


def _mandate(row: Representation, now: datetime) -> Mandate:
    if _Held.sign is None:
        message = "no signing key: the composition root has not run"
        raise RuntimeError(message)
    content = {
        "representation": row.id,
        "actor": row.actor_id,
        "represented": row.represented_id,
        "role": row.role.value,
        "origin": row.origin.value,
        "scopes": row.scopes,
        "since": _instant(row.since),
        "valid_from": _instant(row.valid_from),
        "valid_until": _instant(row.valid_until),
        "given_by": row.given_by,
        "evidence": row.evidence,
        "iat": int(now.timestamp()),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return Mandate(representation_id=row.id, jws=_Held.sign(content), digest=digest, made_at=now)


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


async def _tell(session: AsyncSession, row: Representation, kind: NoticeKind) -> None:
    """Both people's open tabs, the other party by a notice, and the record systems by the outbox."""
    mark_changed(session, row.represented_id)
    mark_changed(session, row.actor_id)
    await delegation_notices.tell(session, row, kind)
    await _tell_record_systems(session, row)


async def tell_organisation(session: AsyncSession, represented_id: str, organisation_id: str) -> None:
    """Tell one organisation of all that holds now or will, but for what it registered itself."""
    until = col(Representation.valid_until)
    query = select(Representation).where(
        Representation.represented_id == represented_id,
        col(Representation.ended_at).is_(None),
        or_(until.is_(None), until > clock.now()),
    )
    for row in await session.exec(query.order_by(col(Representation.valid_from), Representation.id)):
        if row.organisation_id != organisation_id:
            delivery.enqueue(session, OutboxKind.DELEGATION, row.id, organisation_id)


async def _tell_record_systems(session: AsyncSession, row: Representation) -> None:
    """All whose services the represented person receives, and all told before; not the one it comes from."""
    receiving = {one.organisation_id for one in await care.received(session, row.represented_id)}
    organisations = receiving | await _told_before(session, row.id)
    for organisation_id in sorted(organisations - {row.organisation_id}):
        delivery.enqueue(session, OutboxKind.DELEGATION, row.id, organisation_id)


async def _told_before(session: AsyncSession, row_id: str) -> set[str]:
    """Who believes that it holds until told otherwise, also while no service is received from them."""
    query = select(OutboxItem.organisation_id).where(
        OutboxItem.subject_id == row_id, OutboxItem.kind == OutboxKind.DELEGATION
    )
    return {told for told in await session.exec(query) if told is not None}
