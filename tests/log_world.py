"""Rows of the access log to read: of Kari herself, of those who act for her, of services and of Digihelse."""

from datetime import datetime

from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import AgentKind, LogAction, RepresentationRole
from digihelse_app.models.organisation import Organisation
from digihelse_app.models.person import Person
from digihelse_app.models.representation import Representation

SELF = RepresentationRole.SELF


def by_herself(
    who: Person, at: datetime, action: LogAction, kind: str = "", thing: str = ""
) -> AccessLogEntry:
    """What someone did for herself."""
    return AccessLogEntry(
        at=at,
        agent=AgentKind.PERSON,
        actor_id=who.id,
        represented_id=who.id,
        role=SELF,
        action=action,
        object_type=kind,
        object_id=thing,
    )


def by_proxy(
    used: Representation, at: datetime, action: LogAction, kind: str = "", thing: str = ""
) -> AccessLogEntry:
    """What one who acts for another did."""
    return AccessLogEntry(
        at=at,
        agent=AgentKind.PERSON,
        actor_id=used.actor_id,
        represented_id=used.represented_id,
        role=used.role,
        representation_id=used.id,
        action=action,
        object_type=kind,
        object_id=thing,
    )


def by_organisation(
    who: Organisation, about: Person, at: datetime, action: LogAction, kind: str = "", thing: str = ""
) -> AccessLogEntry:
    """What an organisation's record system did."""
    return AccessLogEntry(
        at=at,
        agent=AgentKind.ORGANISATION,
        organisation_id=who.id,
        represented_id=about.id,
        action=action,
        object_type=kind,
        object_id=thing,
    )


def by_digihelse(about: Person, at: datetime, action: LogAction) -> AccessLogEntry:
    """What was done by itself."""
    return AccessLogEntry(at=at, agent=AgentKind.SYSTEM, represented_id=about.id, action=action)
