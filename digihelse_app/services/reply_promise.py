"""The reply promise: by which date a service says that it will have answered. Dates are in Europe/Oslo."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.models.codes import SenderKind
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.outside.clock import OSLO
from digihelse_app.services.working_days import (
    Calendar,
    add_working_days,
    is_working_day,
    next_working_day,
)

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def due_on(
    written_at: datetime, working_days: int | None, opening_hours: Sequence[dict[str, Any]]
) -> date | None:
    """The last day for an answer to what is written at `written_at` (aware); None when nothing is promised.

    Counted in working days on which the service is open (`CareService.opening_hours`), from the day it is
    read: the day it is written, or the next when that is a day off or the service has closed for the day.
    """
    if working_days is None:
        return None
    local = written_at.astimezone(OSLO)
    counts = _calendar(opening_hours)
    day = local.date()
    if counts(day) and _has_closed(opening_hours, day, f"{local:%H:%M}"):
        day = next_working_day(day + timedelta(days=1), counts)
    return add_working_days(day, working_days, counts)


def _calendar(opening_hours: Sequence[dict[str, Any]]) -> Calendar:
    """The days that count for a service; every working day for one that is open on none, or says nothing."""
    open_days = {WEEK.index(day) for hours in opening_hours for day in hours["days"]} & set(range(5))
    if not open_days:
        return is_working_day
    return lambda day: day.weekday() in open_days and is_working_day(day)


def _has_closed(opening_hours: Sequence[dict[str, Any]], day: date, time: str) -> bool:
    closes = [hours["to"] for hours in opening_hours if WEEK[day.weekday()] in hours["days"]]
    return bool(closes) and time >= max(closes)


async def settle(session: AsyncSession, thread: Thread) -> None:
    """Let the conversation show the earliest promise that still stands, or none.

    A promise stands until it is answered: writing again does not put it off. It does not stand for what
    never reached the service, nor in a conversation that is closed. What was added must be flushed.
    """
    standing = select(func.min(col(Message.reply_due_on))).where(
        Message.thread_id == thread.id,
        Message.sender == SenderKind.CITIZEN,
        col(Message.answered_at).is_(None),
        col(Message.failed_at).is_(None),
    )
    earliest = (await session.exec(standing)).one()
    thread.reply_due_on = earliest if thread.closed_at is None else None
    session.add(thread)
