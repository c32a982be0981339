"""Parts of asking for a delegation: the rows, which of them wait, and whom they reach, if anyone."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import NotFoundError
from digihelse_app.models.codes import DelegationRequestStatus, NoticeKind
from digihelse_app.models.representation import DelegationRequest
from digihelse_app.outside import clock
from digihelse_app.services import notices, people
from digihelse_app.services.people import Registered

HOLDS_FOR = timedelta(days=30)
SEEMS_TO_WAIT = (DelegationRequestStatus.WAITING, DelegationRequestStatus.DECLINED)
"""What the asker sees as waiting: a no is not told."""


def waiting(at: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Conditions on what waits for an answer at `at`."""
    return (
        col(DelegationRequest.status) == DelegationRequestStatus.WAITING,
        col(DelegationRequest.asked_at) > at - HOLDS_FOR,
    )


async def find(
    session: AsyncSession, request_id: str, *where: ColumnElement[bool], locked: bool = False
) -> DelegationRequest:
    """The row, if it meets `where`; raises NotFoundError."""
    if not request_id.isprintable():  # what no database would take
        raise NotFoundError
    query = select(DelegationRequest).where(DelegationRequest.id == request_id, *where)
    row = (await session.exec(query.with_for_update() if locked else query)).one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def still_waits(session: AsyncSession, request_id: str) -> bool:
    """Whether there is something to decide yet."""
    query = select(DelegationRequest.id).where(DelegationRequest.id == request_id, *waiting(clock.now()))
    return (await session.exec(query)).first() is not None


async def count_waiting(session: AsyncSession, asker_id: str) -> int:
    """How many the asker waits for, as she sees it."""
    query = select(DelegationRequest.id).where(
        DelegationRequest.asker_id == asker_id,
        col(DelegationRequest.status).in_(SEEMS_TO_WAIT),
        col(DelegationRequest.asked_at) > clock.now() - HOLDS_FOR,
    )
    return len((await session.exec(query)).all())


async def grantor(
    session: AsyncSession, national_id: str, described: Registered, request_id: str, *, meant: bool
) -> str | None:
    """The one who is asked, told of it; when nobody is `meant`, the same is done and undone."""
    attempt = await session.begin_nested()
    person = await people.find_or_create(session, national_id)
    people.describe(person, described)
    session.add(person)
    person_id = person.id
    notices.add(session, NoticeKind.DELEGATION_ASKED, person_id, person_id, request_id, clock.now())
    await session.flush()
    if meant:
        await attempt.commit()
        return person_id
    await attempt.rollback()
    return None


async def approve_all(session: AsyncSession, row: DelegationRequest, representation_id: str) -> None:
    """The row, and whatever else the same person asks the same person for."""
    same = select(DelegationRequest).where(
        DelegationRequest.asker_id == row.asker_id,
        DelegationRequest.grantor_id == row.grantor_id,
        *waiting(clock.now()),
    )
    for one in (await session.exec(same.with_for_update())).all():
        one.representation_id = representation_id
        settle(session, one, DelegationRequestStatus.APPROVED)


def settle(session: AsyncSession, row: DelegationRequest, status: DelegationRequestStatus) -> None:
    """It is decided now."""
    row.status, row.decided_at = status, clock.now()
    session.add(row)
