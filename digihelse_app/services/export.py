"""«Everything about me»: asking for it, following how far it has come, and fetching it. Each is logged."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import ExportStatus, LogAction
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.insight import DataExport, DataExportContent
from digihelse_app.models.person import Person
from digihelse_app.outside import clock
from digihelse_app.services import access_log, export_rows
from digihelse_app.services.export_parts import PARTS
from digihelse_app.text.catalogue import FALLBACK, LANGUAGES


@dataclass(frozen=True, slots=True)
class Export:
    """How it stands: `step` of `steps` are done; `size` in bytes, and gone at `expires_at` (UTC)."""

    id: str
    status: ExportStatus
    step: int
    steps: int
    size: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExportFile:
    """What is fetched: `size` bytes in `pieces`, read as they are taken."""

    size: int
    pieces: AsyncIterator[bytes]


async def ask(acting: ActingContext, language: str) -> None:
    """Have everything about oneself gathered; when it is being made or is ready, that is the one."""
    acting.require(Permission.SEE_PROFILE)
    async with unit_of_work() as session:
        person_id = acting.represented_id
        await session.get_one(Person, person_id, with_for_update={"key_share": True})
        row = await export_rows.standing(session, person_id)
        if row is not None and not _is_over(row):
            return
        if row is not None:
            await export_rows.end(session, row, ExportStatus.EXPIRED)
        row = DataExport(
            person_id=person_id,
            status=ExportStatus.WAITING,
            language=language if language in LANGUAGES else FALLBACK,
            steps=len(PARTS) + 1,
            asked_at=clock.now(),
        )
        session.add(row)
        access_log.record(session, acting, LogAction.EXPORT_ASK, "DataExport", row.id)
        mark_changed(session, person_id)


async def newest(acting: ActingContext) -> Export | None:
    """The last one asked for, as it stands; None when there never was one."""
    acting.require(Permission.SEE_PROFILE)
    async with unit_of_work(reading=True) as session:
        query = select(DataExport).where(DataExport.person_id == acting.represented_id)
        row = (await session.exec(query.order_by(col(DataExport.asked_at).desc()).limit(1))).first()
    if row is None:
        return None
    status = ExportStatus.EXPIRED if _is_over(row) else row.status
    return Export(row.id, status, row.step, row.steps, row.size, row.expires_at)


async def fetch(acting: ActingContext, export_id: str) -> ExportFile:
    """One's own, while it is ready; raises NotFoundError for any other."""
    acting.require(Permission.SEE_PROFILE)
    async with unit_of_work() as session:
        row = await session.get(DataExport, export_id) if export_id.isprintable() else None
        if (
            row is None
            or row.person_id != acting.represented_id
            or row.status is not ExportStatus.READY
            or _is_over(row)
        ):
            raise NotFoundError
        access_log.record(session, acting, LogAction.EXPORT_READ, "DataExport", row.id)
    return ExportFile(row.size, _pieces(row.id))


async def _pieces(export_id: str) -> AsyncIterator[bytes]:
    position = 0
    while True:
        async with unit_of_work(reading=True) as session:
            piece = await session.get(DataExportContent, (export_id, position))
        if piece is None:
            return
        yield piece.content
        position += 1


def _is_over(row: DataExport) -> bool:
    return row.expires_at is not None and row.expires_at <= clock.now()
