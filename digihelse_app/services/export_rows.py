"""The rows of «everything about me»: which there are, and how they end before their time."""

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import ExportStatus
from digihelse_app.models.insight import DataExport, DataExportContent

_STANDS = (ExportStatus.WAITING, ExportStatus.READY)


async def standing(session: AsyncSession, person_id: str) -> DataExport | None:
    """The person's export that is being made or can be fetched, locked; None when there is none."""
    query = select(DataExport).where(DataExport.person_id == person_id, col(DataExport.status).in_(_STANDS))
    return (await session.exec(query.order_by(col(DataExport.asked_at).desc()).with_for_update())).first()


async def stop(session: AsyncSession, person_id: str) -> None:
    """Let nothing of hers be made or fetched any more: the right it was asked by has changed."""
    if row := await standing(session, person_id):
        await end(
            session, row, ExportStatus.FAILED if row.status is ExportStatus.WAITING else ExportStatus.EXPIRED
        )


async def end(session: AsyncSession, row: DataExport, status: ExportStatus) -> None:
    """End it as `status`, without its bytes."""
    row.status, row.claimed_until = status, None
    session.add(row)
    await drop_content(session, row.id)


async def drop_content(session: AsyncSession, export_id: str) -> None:
    """Forget the bytes."""
    await session.exec(delete(DataExportContent).where(col(DataExportContent.export_id) == export_id))
