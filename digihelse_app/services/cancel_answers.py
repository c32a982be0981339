"""What becomes of a request to cancel, on the service's side: answered, or overtaken by what happens."""

from collections.abc import Sequence

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import (
    CancellationStatus,
    CancelReason,
    NoticeKind,
    VisitStatus,
)
from digihelse_app.models.visit import Cancellation, Visit
from digihelse_app.outside import clock
from digihelse_app.services import visit_notices
from digihelse_app.services.submission import ConflictError

_ANSWERED = (CancellationStatus.ACCEPTED, CancellationStatus.DECLINED)
_AS_ASKED = (CancelReason.BY_CITIZEN, CancelReason.FOR_CITIZEN)


async def answer(
    session: AsyncSession, visit: Visit, asked: Cancellation, *, accepted: bool, words: str
) -> None:
    """Let the service have answered a request about `visit`, both locked, and have the person told.

    The same answer again may add its words. It wins over what happened meanwhile, and over a taking back that
    the record system had not heard of; raises ConflictError for another answer, and after one it had.
    """
    status = CancellationStatus.ACCEPTED if accepted else CancellationStatus.DECLINED
    if (asked.status in _ANSWERED and asked.status is not status) or _is_taken_back(asked):
        raise ConflictError
    if words:
        asked.answer = words
    await _become(session, visit, asked, status)


async def overtake(session: AsyncSession, visit: Visit) -> None:
    """A visit, which is locked, has begun, is over or cancelled: as asked is an answer, all else is not.

    Cancelled as asked grants what waits. If nothing does, it grants what was taken back unheard, when that is
    one: of several, the answers themselves will say which.
    """
    query = select(Cancellation).where(Cancellation.visit_id == visit.id).with_for_update()
    every = (await session.exec(query)).all()
    waiting = [asked for asked in every if asked.status is CancellationStatus.REQUESTED]
    if visit.status is VisitStatus.CANCELLED and visit.cancel_reason in _AS_ASKED:
        for asked in waiting or _unheard(every):
            await _become(session, visit, asked, CancellationStatus.ACCEPTED)
    else:
        for asked in waiting:
            asked.status = CancellationStatus.OVERTAKEN
            session.add(asked)


def _unheard(every: Sequence[Cancellation]) -> list[Cancellation]:
    """The request that must have been granted, though it was taken back; none where that is not certain."""
    if any(asked.status is CancellationStatus.ACCEPTED for asked in every):
        return []
    unheard = [
        asked
        for asked in every
        if asked.status is CancellationStatus.TAKEN_BACK and not _is_taken_back(asked)
    ]
    return unheard if len(unheard) == 1 else []


def _is_taken_back(asked: Cancellation) -> bool:
    """Whether it was taken back, and the record system knows."""
    return asked.status is CancellationStatus.TAKEN_BACK and asked.delivered_version >= asked.version


async def _become(
    session: AsyncSession, visit: Visit, asked: Cancellation, status: CancellationStatus
) -> None:
    if asked.status is not status:
        asked.status, asked.answered_at = status, clock.now()
        await visit_notices.notify_visit(
            session, NoticeKind.CANCEL_ANSWERED, visit.person_id, visit.id, asked.period_id
        )
    session.add(asked)
