"""A row of the access log in plain words: who, what, and by what right. Times are Europe/Oslo."""

from datetime import date, datetime

from digihelse_app.models.codes import AgentKind, DelegationOrigin, LogAction, RepresentationRole
from digihelse_app.services.access_log_names import Thing
from digihelse_app.services.access_log_reading import LogRow
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

_WIRE = {
    (LogAction.FHIR_WRITE, "Message"): "log.wire.wrote_message",
    (LogAction.FHIR_WRITE, "Thread"): "log.wire.wrote_thread",
    (LogAction.FHIR_WRITE, "Attachment"): "log.wire.wrote_file",
    (LogAction.FHIR_WRITE, "Visit"): "log.wire.wrote_visit",
    (LogAction.FHIR_WRITE, "Cancellation"): "log.wire.answered_cancellation",
    (LogAction.FHIR_WRITE, "CareRelation"): "log.wire.wrote_relation",
    (LogAction.FHIR_WRITE, "Representation"): "log.wire.wrote_delegation",
    (LogAction.FHIR_READ, "Message"): "log.wire.read_message",
    (LogAction.FHIR_READ, "Attachment"): "log.wire.read_file",
    (LogAction.FHIR_SEARCH, "Message"): "log.wire.searched_messages",
}
"""What a record system did, where there are better words than that it read or wrote."""


def did_key(action: LogAction) -> str:
    """The catalogue key of what an action is in plain words."""
    return f"log.did.{action.name.lower()}"


def who(row: LogRow, language: str) -> str:
    """Who did it: the reader, a person, a service or organisation, or Digihelse."""
    if row.by_reader:
        return lookup(language, "log.you")
    if row.agent is AgentKind.ORGANISATION:
        return row.thing.service or row.who
    return row.who or lookup(language, "log.digihelse")


def what(row: LogRow, language: str) -> str:
    """What was done, and to what where that may be named."""
    did = lookup(language, _WIRE.get((row.action, row.object_type)) or did_key(row.action))
    thing = _named(row.thing, row, language)
    return lookup(language, "log.about", did=did, thing=thing) if thing else did


def _named(thing: Thing, row: LogRow, language: str) -> str:
    if thing.subject:
        key = "log.thread" if row.agent is AgentKind.ORGANISATION else "log.thread_with"
        return lookup(language, key, subject=thing.subject, service=thing.service)
    if thing.visit_at is not None:
        when = f"{dates.long_date(language, _day(thing.visit_at))} {dates.at_time(language, thing.visit_at)}"
        key = "log.visit" if row.agent is AgentKind.ORGANISATION else "log.visit_by"
        return lookup(language, key, when=when, service=thing.service)
    if thing.consent is not None:
        return lookup(language, f"consent.{thing.consent}_name")
    return thing.person


def ground(row: LogRow, language: str) -> str:
    """By what right: own use, the delegation with its date, parental responsibility, health care."""
    if row.agent is AgentKind.SYSTEM:
        return lookup(language, "log.ground.system")
    if row.agent is AgentKind.ORGANISATION:
        key = "log.ground.care_of" if row.thing.service else "log.ground.care"
        return lookup(language, key, organisation=row.who)
    if row.role is RepresentationRole.SELF:
        return lookup(language, "log.ground.self")
    return _delegation(row, language)


def _delegation(row: LogRow, language: str) -> str:
    day = _date(row.given_at, language) if row.given_at else ""
    match row.role:
        case RepresentationRole.FO:
            return lookup(language, "log.ground.parent")
        case RepresentationRole.VE:
            return lookup(language, "log.ground.guardian")
        case RepresentationRole.TD:
            return lookup(language, "log.ground.assigned", day=day)
        case _ if row.origin is DelegationOrigin.PAPER:
            return lookup(language, "log.ground.paper", day=day)
        case _ if row.is_own:
            return lookup(language, "log.ground.from_you", day=day)
        case _:
            return lookup(language, "log.ground.from_other", name=row.whom, day=day)


def times(row: LogRow, language: str) -> str:
    """How often and since when, of what is folded; empty for what was done once."""
    if row.count == 1:
        return ""
    return lookup(language, "log.times", n=row.count, since=dates.clock_time(language, row.first_at))


def _date(at: datetime, language: str) -> str:
    day = at.astimezone(dates.OSLO).date()
    return f"{dates.short_day(language, day)} {day.year}"


def _day(at: datetime) -> date:
    return at.astimezone(dates.OSLO).date()
