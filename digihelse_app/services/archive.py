"""Putting one's own copy of a conversation away, and taking it back. Nobody else's inbox changes."""

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import LogAction
from digihelse_app.models.database import mark_changed, unit_of_work
from digihelse_app.services import access_log, mailboxes
from digihelse_app.services.inbox import thread_of


async def put_away(acting: ActingContext, thread_id: str) -> None:
    """Archive the actor's copy, until something new is written in it. Raises NotFoundError."""
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id)
        mailboxes.put_away(await mailboxes.copy_of(session, acting, thread))
        access_log.record(session, acting, LogAction.THREAD_ARCHIVE, "Thread", thread.id)
        mark_changed(session, acting.represented_id)


async def take_back(acting: ActingContext, thread_id: str) -> None:
    """Put the actor's copy back among the others. Raises NotFoundError."""
    acting.require(Permission.READ_MESSAGES)
    async with unit_of_work() as session:
        thread = await thread_of(session, acting, thread_id)
        mailboxes.take_back(await mailboxes.copy_of(session, acting, thread))
        access_log.record(session, acting, LogAction.THREAD_UNARCHIVE, "Thread", thread.id)
        mark_changed(session, acting.represented_id)
