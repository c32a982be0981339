"""Making «everything about me»: claimed by lease, made part by part, decided anew before each of them.

A worker that dies lets go by the clock, and another begins at the first part. None can be had half.
"""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import AccessDeniedError
from digihelse_app.models.codes import ExportStatus
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.insight import DataExport, DataExportContent
from digihelse_app.outside import clock
from digihelse_app.services import attachments, export_rows
from digihelse_app.services.export_bundle import Bundle, JsonList
from digihelse_app.services.export_items import File, Part
from digihelse_app.services.export_page import Page
from digihelse_app.services.export_parts import PARTS
from digihelse_app.services.representation import acting_context

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
KEPT_FOR = timedelta(hours=24)
GIVE_UP_AFTER = timedelta(hours=1)
LARGEST = 500 * 1024 * 1024
"""Bytes of attachments in one download; the rest is listed as left out, and can be fetched one by one."""
PIECE = 1024 * 1024


class StoppedError(Exception):
    """It is no longer this worker's to make: its right is gone, or another has taken it over."""


@dataclass(slots=True)
class _Making:
    export: DataExport
    bundle: Bundle
    page: Page
    files: list[File] = field(default_factory=list)


async def make_next(*, largest: int = LARGEST) -> bool:
    """Make the one that has waited longest, if any waits; whether there was one."""
    export = await claim()
    if export is None:
        return False
    bundle, page = Bundle(largest), Page(export.language)
    try:
        await _make(_Making(export, bundle, page))
    except (StoppedError, AccessDeniedError):
        logger.info("an export was stopped while it was being made")
    finally:
        page.close()
        bundle.close()
    return True


async def claim() -> DataExport | None:
    """The one that has waited longest and is nobody's, for this worker until the lease is out."""
    now = clock.now()
    query = (
        select(DataExport)
        .where(
            DataExport.status == ExportStatus.WAITING,
            or_(col(DataExport.claimed_until).is_(None), col(DataExport.claimed_until) <= now),
        )
        .order_by(col(DataExport.asked_at), col(DataExport.id))
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    async with unit_of_work() as session:
        row = (await session.exec(query)).first()
        if row is not None:
            row.step, row.claimed_until = 0, now + LEASE
            session.add(row)
            await export_rows.drop_content(session, row.id)
    return row


async def _make(making: _Making) -> None:
    for step, part in enumerate(PARTS):
        await _hold(making, step)
        await _write(making, part)
    await _hold(making, len(PARTS))
    await _write_files(making)
    with making.bundle.entry(making.page.name) as entry:
        await asyncio.to_thread(making.page.write_to, entry.write)
    await asyncio.to_thread(making.bundle.finish)
    await _keep(making)


async def _write(making: _Making, part: Part) -> None:
    """One part, with the rights the person has at this instant."""
    acting = await acting_context(making.export.person_id)
    making.page.begin(part.title)
    with making.bundle.entry(f"{part.key}.json") as entry:
        records = JsonList(entry)
        if part.needs in acting.permissions:
            async for item in part.read(acting, making.export.language):
                records.add(item.record)
                making.page.add(item.title, item.lines)
                making.files += item.files
        records.end()


async def _write_files(making: _Making) -> None:
    left_out: list[str] = []
    for file in making.files:
        if not making.bundle.takes(file.size):
            left_out.append(file.path)
            continue
        async with unit_of_work(reading=True) as session:
            content = await attachments.content_of(session, file.id)
        await asyncio.to_thread(making.bundle.add, file.path, content)
        await _hold(making, len(PARTS))
    if left_out:
        making.page.leave_out(left_out)


async def _hold(making: _Making, step: int) -> None:
    """Tell how far it has come, and hold on to it; raises StoppedError when it is no longer ours."""
    async with unit_of_work() as session:
        row = await _ours(session, making.export)
        if row.step != step:
            mark_changed(session, row.person_id)
        row.step, row.claimed_until = step, clock.now() + LEASE
        session.add(row)
    making.export = row


async def _ours(session: AsyncSession, claimed: DataExport) -> DataExport:
    row = await session.get_one(DataExport, claimed.id, with_for_update=True)
    if row.status is not ExportStatus.WAITING or row.claimed_until != claimed.claimed_until:
        raise StoppedError
    return row


async def _keep(making: _Making) -> None:
    """Put the bytes away piece by piece, and let them be fetched."""
    digest, size = hashlib.sha256(), 0
    for position, piece in enumerate(making.bundle.pieces(PIECE)):
        await _hold(making, len(PARTS))
        async with unit_of_work() as session:
            session.add(DataExportContent(export_id=making.export.id, position=position, content=piece))
        digest.update(piece)
        size += len(piece)
    now = clock.now()
    async with unit_of_work() as session:
        row = await _ours(session, making.export)
        row.status, row.step, row.claimed_until = ExportStatus.READY, row.steps, None
        row.done_at, row.expires_at, row.size, row.digest = now, now + KEPT_FOR, size, digest.hexdigest()
        session.add(row)
        mark_changed(session, row.person_id)


async def purge() -> int:
    """Drop what has been ready for a day, and give up what could not be made in an hour; how many."""
    now = clock.now()
    over = or_(
        and_(col(DataExport.status) == ExportStatus.READY, col(DataExport.expires_at) <= now),
        and_(col(DataExport.status) == ExportStatus.WAITING, col(DataExport.asked_at) <= now - GIVE_UP_AFTER),
    )
    async with unit_of_work() as session:
        rows: Sequence[DataExport] = (
            await session.exec(select(DataExport).where(over).with_for_update())
        ).all()
        for row in rows:
            ready = row.status is ExportStatus.READY
            await export_rows.end(session, row, ExportStatus.EXPIRED if ready else ExportStatus.FAILED)
            mark_changed(session, row.person_id)
    return len(rows)
