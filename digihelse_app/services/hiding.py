"""Keeping one conversation or one visit to oneself: from then on nobody who acts for one sees it.

What is hidden is hidden whole, with what comes in it later, until it is shown again. `services.visible` is
where that is decided; here it is said.
"""

from dataclasses import dataclass

from sqlalchemy import or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction, RepresentationRole
from digihelse_app.models.conversation import Thread
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.models.representation import Representation
from digihelse_app.models.visit import Visit
from digihelse_app.outside import clock
from digihelse_app.services import access_log, circle_taking
from digihelse_app.services.inbox import thread_of
from digihelse_app.services.visits import visit_of


@dataclass(frozen=True, slots=True)
class Hiding:
    """`hidden`: it is kept from those who act for one; `offered`: there is someone to keep it from."""

    hidden: bool
    offered: bool


async def hide_thread(acting: ActingContext, thread_id: str) -> None:
    """Keep a conversation from all who act for the represented person. Raises NotFoundError."""
    acting.require(Permission.HIDE_FROM_PROXIES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id, locked=True)
        await circle_taking.release(session, thread.id, unless_by=acting.represented_id)
        _set(session, acting, thread, LogAction.THREAD_HIDE, hidden=True)


async def show_thread(acting: ActingContext, thread_id: str) -> None:
    """Let those who may read conversations read this one again. Raises NotFoundError."""
    acting.require(Permission.HIDE_FROM_PROXIES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id, locked=True)
        _set(session, acting, thread, LogAction.THREAD_SHOW, hidden=False)


async def hide_visit(acting: ActingContext, visit_id: str) -> None:
    """Keep a visit from all who act for the represented person. Raises NotFoundError."""
    acting.require(Permission.HIDE_FROM_PROXIES)
    async with unit_of_work() as session:
        visit = await visit_of(session, acting, visit_id, locked=True)
        _set(session, acting, visit, LogAction.VISIT_HIDE, hidden=True)


async def show_visit(acting: ActingContext, visit_id: str) -> None:
    """Let those who may see visits see this one again. Raises NotFoundError."""
    acting.require(Permission.HIDE_FROM_PROXIES)
    async with unit_of_work() as session:
        visit = await visit_of(session, acting, visit_id, locked=True)
        _set(session, acting, visit, LogAction.VISIT_SHOW, hidden=False)


async def of_visit(acting: ActingContext, visit_id: str) -> Hiding:
    """Whether a visit is hidden, and whether that is offered. Raises NotFoundError."""
    acting.require(Permission.HIDE_FROM_PROXIES)
    async with unit_of_work(reading=True) as session:
        visit = await visit_of(session, acting, visit_id)
        return await of(session, acting, visit)


async def of(session: AsyncSession, acting: ActingContext, thing: Thread | Visit) -> Hiding:
    """The same of something at hand. What is hidden can always be shown again, whoever is left to see it."""
    hidden = thing.hidden_at is not None
    return Hiding(hidden, hidden or await _has_given(session, acting))


async def _has_given(session: AsyncSession, acting: ActingContext) -> bool:
    """Whether someone may act, now or later, by a delegation: parents are not chosen by the child."""
    until = col(Representation.valid_until)
    given = select(Representation.id).where(
        Representation.represented_id == acting.represented_id,
        col(Representation.role).in_((RepresentationRole.FU, RepresentationRole.TD)),
        col(Representation.ended_at).is_(None),
        or_(until.is_(None), until > clock.now()),
    )
    return (await session.exec(given.limit(1))).first() is not None


def _set(
    session: AsyncSession, acting: ActingContext, thing: Thread | Visit, action: LogAction, *, hidden: bool
) -> None:
    """Write it, and have open tabs look again; what is so already stays as it is."""
    if (thing.hidden_at is not None) is hidden:
        return
    thing.hidden_at = clock.now() if hidden else None
    session.add(thing)
    access_log.record(session, acting, action, type(thing).__name__, thing.id)
    mark_changed(session, acting.represented_id)
