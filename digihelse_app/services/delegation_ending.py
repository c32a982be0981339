"""Telling that a delegation runs out: 90 and 30 days before its last day, in Europe/Oslo, once each."""

from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import NoticeChannel, NoticeKind, RepresentationRole
from digihelse_app.models.database import unit_of_work
from digihelse_app.models.notice import Notice
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock
from digihelse_app.services import connection, delegation_rows, delegation_rules, notices

DAYS_BEFORE = (90, 30)
TOLD_OF = frozenset({RepresentationRole.FU, RepresentationRole.TD})


async def remind() -> int:
    """Write the notices that are due, also those of days on which nothing ran; how many.

    Of two reminders that were both missed the later is sent. None is sent of what was given since its day.
    """
    now, written = clock.now(), 0
    query = select(Representation.id, Representation.represented_id).where(
        col(Representation.role).in_(TOLD_OF),
        col(Representation.ended_at).is_(None),
        Representation.valid_from <= now,
        col(Representation.valid_until).between(now, now + timedelta(days=max(DAYS_BEFORE) + 2)),
    )
    async with unit_of_work(reading=True) as session:
        ending = (await session.exec(query)).all()
    for row_id, represented_id in ending:
        async with unit_of_work() as session:
            # One at a time: several workers may have found it.
            await delegation_rows.hold(session, represented_id)
            written += await _remind(session, await session.get_one(Representation, row_id))
    return written


async def _remind(session: AsyncSession, row: Representation) -> int:
    due = _due(row, clock.today())
    if due is None or row.ended_at is not None:
        return 0
    written, now = 0, clock.now()
    for recipient_id in _recipients(row):
        told = select(Notice.id).where(
            Notice.recipient_id == recipient_id,
            Notice.subject_id == row.id,
            Notice.kind == NoticeKind.DELEGATION_ENDING,
            Notice.created_at >= due,
        )
        if (await session.exec(told.limit(1))).first() is not None:
            continue
        if await notices.chosen_channel(session, recipient_id) is NoticeChannel.NONE:
            continue
        send_at = connection.by_day(now)
        notices.add(
            session, NoticeKind.DELEGATION_ENDING, recipient_id, row.represented_id, row.id, now, send_at
        )
        written += 1
    return written


def _recipients(row: Representation) -> list[str]:
    """The proxy, and whoever gave it; not one for whom it was assigned."""
    given = row.role is RepresentationRole.FU
    return [row.actor_id, row.represented_id] if given else [row.actor_id]


def _due(row: Representation, today: date) -> datetime | None:
    """When the reminder that is due became so (UTC); None when none is."""
    if row.valid_until is None:
        return None
    last = delegation_rules.last_day(row.valid_until)
    for days in sorted(DAYS_BEFORE):
        day = last - timedelta(days=days)
        if day <= today <= last:
            due = datetime.combine(day, time(), clock.OSLO).astimezone(UTC)
            return due if (row.given_at or row.valid_from) < due else None
    return None
