"""What of the represented person's an actor sees: of which services, from when on, and nothing kept from her.

The same rule twice, as conditions for a list and as a question about one thing.
"""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.conversation import Message, Thread
from digihelse_app.models.visit import Cancellation, Visit, VisitChange


def threads(acting: ActingContext) -> list[ColumnElement[bool]]:
    """Conditions on Thread, besides whose it is; none at all for one who sees everything."""
    return _conditions(acting, Thread, col(Thread.last_message_at), Permission.READ_MESSAGES)


def messages(acting: ActingContext) -> list[ColumnElement[bool]]:
    """Conditions on Message, besides its conversation's."""
    since = acting.reach.since
    return [] if since is None else [col(Message.sent_at) >= since]


def sees_request(acting: ActingContext, asked: Cancellation) -> bool:
    """Whether the words of a request, for a visit that the actor sees, are shown to her."""
    return acting.reach.since is None or asked.requested_at >= acting.reach.since


def visit_changes(acting: ActingContext) -> list[ColumnElement[bool]]:
    """Conditions on VisitChange, besides its visit's."""
    since = acting.reach.since
    return [] if since is None else [col(VisitChange.at) >= since]


def visits(acting: ActingContext) -> list[ColumnElement[bool]]:
    """Conditions on Visit, besides whose it is; none at all for one who sees everything."""
    return _conditions(acting, Visit, col(Visit.ends_at), Permission.SEE_VISITS)


def sees_thread(acting: ActingContext, thread: Thread) -> bool:
    """Whether the conversation is the represented person's and the actor may read it."""
    return _sees(acting, thread, thread.last_message_at, Permission.READ_MESSAGES)


def sees_message(acting: ActingContext, message: Message) -> bool:
    """Whether a message of a conversation that the actor sees is shown in it."""
    return acting.reach.since is None or message.sent_at >= acting.reach.since


def sees_visit(acting: ActingContext, visit: Visit) -> bool:
    """Whether the visit is the represented person's and the actor may see it."""
    return _sees(acting, visit, visit.ends_at, Permission.SEE_VISITS)


def _conditions(
    acting: ActingContext,
    table: type[Thread] | type[Visit],
    at: SQLCoreOperations[datetime],
    permission: Permission,
) -> list[ColumnElement[bool]]:
    reach = acting.reach
    conditions: list[ColumnElement[bool]] = []
    if (services := reach.services.get(permission)) is not None:
        conditions.append(col(table.service_id).in_(services))
    if reach.since is not None:
        conditions.append(at >= reach.since)
    if reach.withheld:
        conditions.append(col(table.access_tag).not_in(reach.withheld))
    if not reach.sees_hidden:
        conditions.append(col(table.hidden_at).is_(None))
    return conditions


def _sees(acting: ActingContext, thing: Thread | Visit, at: datetime, permission: Permission) -> bool:
    reach = acting.reach
    return (
        thing.person_id == acting.represented_id
        and acting.allows(permission, thing.service_id)
        and (reach.since is None or at >= reach.since)
        and thing.access_tag not in reach.withheld
        and (reach.sees_hidden or thing.hidden_at is None)
    )
