"""Delegations in words: what may be done, from when and until when, in the reader's language."""

from collections.abc import Collection, Sequence
from datetime import MAXYEAR, date, datetime, timedelta

from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.services import delegation_rules
from digihelse_app.services.delegation_list import Scope
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

ENDS_SOON = timedelta(days=90)
"""How long before its end a delegation is said to end."""
_ROLES = {
    RepresentationRole.TD: "delegation.role_assigned",
    RepresentationRole.FO: "delegation.role_parent",
    RepresentationRole.VE: "delegation.role_guardian",
}
_PAIRS = (
    ("messages_both", Permission.READ_MESSAGES, Permission.WRITE_MESSAGES),
    ("visits_both", Permission.SEE_VISITS, Permission.CANCEL_VISITS),
)


def scope_of(permissions: Collection[Permission]) -> Scope:
    """These permissions, for every service."""
    return dict.fromkeys(permissions)


def can(language: str, scope: Scope) -> list[str]:
    """What may be done, as words after "can": `se og avbestille besøk`, with the services where limited."""
    words: list[str] = []
    for both, first, second in _PAIRS:
        if first in scope and second in scope and scope[first] == scope[second]:
            words.append(_limited(language, lookup(language, f"delegation.{both}"), scope[first]))
        else:
            words += [_one(language, each, scope) for each in (first, second) if each in scope]
    if Permission.GET_NOTICES in scope:
        words.append(_one(language, Permission.GET_NOTICES, scope))
    return words


def cannot(language: str, scope: Scope) -> list[str]:
    """What may not be done of what could be given, as words after "cannot"."""
    lacking = [
        next((each for each in (first, second) if each not in scope), None) for _, first, second in _PAIRS
    ]
    return [lookup(language, f"delegation.{each.value}") for each in lacking if each is not None]


def _one(language: str, permission: Permission, scope: Scope) -> str:
    return _limited(language, lookup(language, f"delegation.{permission.value}"), scope[permission])


def _limited(language: str, what: str, services: Sequence[str] | None) -> str:
    if services is None:
        return what
    return lookup(language, "delegation.only", what=what, services=dates.listed(language, services))


def role(language: str, held_as: RepresentationRole) -> str:
    """In what capacity one acts, in a word; empty for a delegation given by the person herself."""
    return lookup(language, _ROLES[held_as]) if held_as in _ROLES else ""


def joined(language: str, words: Sequence[str]) -> str:
    """`a, b, og c`: each may have an "and" of its own."""
    if len(words) < 2:
        return "".join(words)
    return lookup(language, "delegation.join", first=", ".join(words[:-1]), last=words[-1])


def sentence(language: str, scope: Scope, name: str) -> str:
    """What one may do for `name`, and what not; empty `scope` says that alone."""
    able, unable = can(language, scope), cannot(language, scope)
    said = (
        [lookup(language, "delegation.you_can_for", what=joined(language, able), name=name)] if able else []
    )
    if unable:
        listed = lookup(language, "delegation.or").join(unable)
        said.append(lookup(language, "delegation.you_cannot", what=listed))
    return " ".join(said)


def day_of(language: str, day: date) -> str:
    """`3. mars 2026`; day and month are kept together."""
    return f"{dates.short_day(language, day)} {day.year}"


def last_day(until: datetime) -> date:
    """The last day (Europe/Oslo) of what ends at the instant `until`."""
    return delegation_rules.last_day(until)


def period(language: str, begins: datetime, until: datetime | None, now: datetime) -> str:
    """Since or from when, and until when; instants are aware."""
    start = day_of(language, begins.astimezone(dates.OSLO).date())
    starts = "since" if begins <= now else "from"
    if until is None:
        return lookup(language, f"delegation.{starts}_no_end", start=start)
    return lookup(language, f"delegation.{starts}_until", start=start, end=day_of(language, last_day(until)))


def ends_soon(language: str, until: datetime | None, now: datetime) -> str:
    """That it ends within ENDS_SOON, and in how many days; empty when it does not."""
    if until is None or until - now > ENDS_SOON:
        return ""
    days = (last_day(until) - now.astimezone(dates.OSLO).date()).days
    if days <= 1:
        return lookup(language, "delegation.ends_today" if days <= 0 else "delegation.ends_tomorrow")
    return lookup(language, "delegation.ends_in", n=days)


def a_year_after(day: date) -> date | None:
    """The same day a year on; 28 February for a leap day, None after the last year of the calendar."""
    return delegation_rules.years_after(day, 1) if day.year < MAXYEAR else None
