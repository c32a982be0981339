"""The access log is written here and nowhere else, in the transaction of the act it tells of."""

from dataclasses import replace

from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import ActingContext
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import AgentKind, LogAction
from digihelse_app.models.representation import Representation
from digihelse_app.outside import clock


def record(
    session: AsyncSession,
    acting: ActingContext,
    action: LogAction,
    object_type: str = "",
    object_id: str = "",
) -> None:
    """Log that `acting` did `action`, on one object or (both empty) on a list."""
    session.add(
        AccessLogEntry(
            at=clock.now(),
            agent=AgentKind.PERSON,
            actor_id=acting.actor_id,
            represented_id=acting.represented_id,
            role=acting.role,
            representation_id=acting.representation_id,
            action=action,
            object_type=object_type,
            object_id=object_id,
        )
    )


def record_for(
    session: AsyncSession,
    acting: ActingContext,
    used: Representation,
    action: LogAction,
    object_type: str = "",
    object_id: str = "",
) -> None:
    """Log what `acting`, for herself, did with a right to act for another: it concerns that other person."""
    by_right = replace(acting, represented_id=used.represented_id, role=used.role, representation_id=used.id)
    record(session, by_right, action, object_type, object_id)


def record_organisation(
    session: AsyncSession,
    organisation_id: str,
    action: LogAction,
    *,
    represented_id: str | None = None,
    object_type: str = "",
    object_id: str = "",
) -> None:
    """Log what an organisation's record system did; `represented_id` is whose data it touched, if any."""
    session.add(
        AccessLogEntry(
            at=clock.now(),
            agent=AgentKind.ORGANISATION,
            organisation_id=organisation_id,
            represented_id=represented_id,
            action=action,
            object_type=object_type,
            object_id=object_id,
        )
    )


def record_person(session: AsyncSession, person_id: str, action: LogAction) -> None:
    """Log an act that concerns the person alone and needs no right: signing in and out."""
    session.add(
        AccessLogEntry(
            at=clock.now(),
            agent=AgentKind.PERSON,
            actor_id=person_id,
            represented_id=person_id,
            action=action,
        )
    )


def record_system(
    session: AsyncSession, action: LogAction, represented_id: str, object_type: str, object_id: str
) -> None:
    """Log what Digihelse did by itself about `represented_id`."""
    session.add(
        AccessLogEntry(
            at=clock.now(),
            agent=AgentKind.SYSTEM,
            represented_id=represented_id,
            action=action,
            object_type=object_type,
            object_id=object_id,
        )
    )
