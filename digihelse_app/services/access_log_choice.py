"""What of the access log is asked for: whose use, of what kind, since when; as conditions on its rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_, tuple_
from sqlmodel import col

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.access_log import AccessLogEntry
from digihelse_app.models.codes import AgentKind, LogAction
from digihelse_app.outside import clock


class Who(StrEnum):
    """Whose use to show."""

    ALL = "all"
    SELF = "self"
    PROXIES = "proxies"
    SERVICES = "services"


class Kind(StrEnum):
    """What the use was about."""

    ALL = "all"
    MESSAGES = "messages"
    VISITS = "visits"
    DELEGATIONS = "delegations"
    CONSENT = "consent"
    PROFILE = "profile"
    LOG = "log"


class Span(StrEnum):
    """How far back."""

    ALL = "all"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_DAYS = {Span.WEEK: 7, Span.MONTH: 30, Span.YEAR: 365}

_KIND_OF: dict[str, Kind] = {
    "sign_in": Kind.PROFILE,
    "sign_out": Kind.PROFILE,
    "home": Kind.PROFILE,
    "profile": Kind.PROFILE,
    "notice": Kind.PROFILE,
    "person": Kind.PROFILE,
    "activity": Kind.PROFILE,
    "consent": Kind.CONSENT,
    "self": Kind.CONSENT,
    "recipients": Kind.MESSAGES,
    "threads": Kind.MESSAGES,
    "thread": Kind.MESSAGES,
    "message": Kind.MESSAGES,
    "deliveries": Kind.MESSAGES,
    "delivery": Kind.MESSAGES,
    "draft": Kind.MESSAGES,
    "attachment": Kind.MESSAGES,
    "note": Kind.MESSAGES,
    "notes": Kind.MESSAGES,
    "visits": Kind.VISITS,
    "visit": Kind.VISITS,
    "feed": Kind.VISITS,
    "feeds": Kind.VISITS,
    "delegations": Kind.DELEGATIONS,
    "delegation": Kind.DELEGATIONS,
    "log": Kind.LOG,
    "export": Kind.LOG,
}
"""By the first word of the action; what comes over the wire is of the kind of what it is about."""

_KIND_OF_TYPE = {
    "Message": Kind.MESSAGES,
    "Thread": Kind.MESSAGES,
    "Attachment": Kind.MESSAGES,
    "Visit": Kind.VISITS,
    "Cancellation": Kind.VISITS,
    "Representation": Kind.DELEGATIONS,
    "CareRelation": Kind.PROFILE,
    "CareService": Kind.PROFILE,
}
OVER_THE_WIRE = frozenset({LogAction.FHIR_READ, LogAction.FHIR_SEARCH, LogAction.FHIR_WRITE})


@dataclass(frozen=True, slots=True)
class LogChoice:
    """What to show; `person_id` narrows it to what one person did, empty for everybody."""

    who: Who = Who.ALL
    kind: Kind = Kind.ALL
    span: Span = Span.ALL
    person_id: str = ""


@dataclass(frozen=True, slots=True)
class LogCursor:
    """Where a page ended: time (UTC) and id of the last row that was looked at."""

    at: datetime
    id: str


def kind_of(action: LogAction) -> Kind:
    """What an act that is not over the wire is about; raises KeyError for one that nobody has placed."""
    return _KIND_OF[action.value.partition(".")[0]]


def conditions(
    acting: ActingContext, chosen: LogChoice, after: LogCursor | None
) -> list[ColumnElement[bool]]:
    """The rows about the represented person that the reader may see, narrowed to what is chosen.

    One who may not see the whole log sees what she did herself, for this person.
    """
    row = AccessLogEntry
    found: list[ColumnElement[bool]] = [col(row.represented_id) == acting.represented_id]
    if Permission.SEE_ACCESS_LOG not in acting.permissions:
        found.append(col(row.actor_id) == acting.actor_id)
    found += _by_whom(acting.represented_id, chosen)
    if chosen.kind is not Kind.ALL:
        found.append(_about(chosen.kind))
    if chosen.span is not Span.ALL:
        found.append(col(row.at) >= clock.now() - timedelta(days=_DAYS[chosen.span]))
    if after is not None:
        found.append(tuple_(col(row.at), col(row.id)) < (after.at, after.id))
    return found


def _by_whom(represented_id: str, chosen: LogChoice) -> list[ColumnElement[bool]]:
    row = AccessLogEntry
    found: list[ColumnElement[bool]] = []
    if chosen.person_id:
        found.append(col(row.actor_id) == chosen.person_id)
    match chosen.who:
        case Who.SELF:
            found.append(col(row.actor_id) == represented_id)
        case Who.PROXIES:
            found += [col(row.agent) == AgentKind.PERSON, col(row.actor_id) != represented_id]
        case Who.SERVICES:
            found.append(col(row.agent) == AgentKind.ORGANISATION)
        case Who.ALL:
            pass
    return found


def _about(kind: Kind) -> ColumnElement[bool]:
    row = AccessLogEntry
    acts = [action for action in LogAction if action not in OVER_THE_WIRE and kind_of(action) is kind]
    types = [name for name, of in _KIND_OF_TYPE.items() if of is kind]
    wire = and_(col(row.action).in_(OVER_THE_WIRE), col(row.object_type).in_(types))
    return or_(col(row.action).in_(acts), wire)
