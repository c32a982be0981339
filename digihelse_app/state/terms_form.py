"""The terms of a delegation as a form has them: read from it, filled into it, and said in sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.models.representation import EVERY_SERVICE
from digihelse_app.services import delegation_rules
from digihelse_app.services.delegation_list import Delegation, Scope
from digihelse_app.services.delegation_rules import Terms
from digihelse_app.state import delegation_words as words
from digihelse_app.state.form import day_of, text_of, ticked
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

ALL, CHOSEN, EACH = "all", "chosen", "each"
"""For which services: every one, the same ones for all that is given, or some for each thing."""
SAME_FOR_ALL = "any"
NO_DAY = date.min
"""A day was to be chosen, and none was."""


@dataclass(frozen=True)
class TermsRow:
    """How a form begins: what is ticked, and the days as a date field has them (empty for none).

    `which` is one of ALL, CHOSEN and EACH; `boxes` are the names of the services' boxes that are ticked.
    """

    see_visits: bool = False
    cancel_visits: bool = False
    read_messages: bool = False
    write_messages: bool = False
    get_notices: bool = False
    which: str = ALL
    boxes: tuple[str, ...] = ()
    valid_from: str = ""
    valid_until: str = ""
    only_new: bool = False


def row_of(old: Delegation | None, now: datetime) -> TermsRow:
    """The form as a delegation stands at `now` (UTC), or empty for a new one."""
    if old is None:
        return TermsRow()
    starts = old.valid_from.astimezone(dates.OSLO).date().isoformat()
    return TermsRow(
        **{permission.value: permission in old.services for permission in DELEGABLE},
        which=_which(old),
        boxes=_boxes(old),
        valid_from=starts if old.valid_from > now else "",
        valid_until=words.last_day(old.valid_until).isoformat() if old.valid_until else "",
        only_new=old.since is not None,
    )


def service_field(what: str) -> str:
    """How the names of boxes begin that say for which services: of a permission, or SAME_FOR_ALL."""
    return f"service-{what}-"


def _which(old: Delegation) -> str:
    kinds = {frozenset(one) for one in old.services.values()}
    if len(kinds) > 1:
        return EACH
    return ALL if any(EVERY_SERVICE in one for one in kinds) else CHOSEN


def _boxes(old: Delegation) -> tuple[str, ...]:
    """Ticked for each thing, and for all together where it is the same for all."""
    each = [(what.value, service) for what, chosen in old.services.items() for service in chosen]
    alike = [(SAME_FOR_ALL, service) for _, service in each if _which(old) == CHOSEN]
    return tuple(sorted({service_field(what) + service for what, service in (*each, *alike)}))


def terms_of(form: dict[str, Any], services: Sequence[str]) -> Terms:
    """What a form says; `services` are the ids that it offered. A missing day is NO_DAY."""
    given = [each for each in Permission if each in DELEGABLE and ticked(form, each.value)]
    return Terms(
        {permission: _chosen(form, permission, services) for permission in given},
        _day(form, "begins", "valid_from"),
        _day(form, "ends", "valid_until"),
        only_new=ticked(form, "only_new"),
    )


def _chosen(form: dict[str, Any], permission: Permission, services: Sequence[str]) -> list[str]:
    which = text_of(form, "which")
    if which not in (CHOSEN, EACH):
        return [EVERY_SERVICE]
    begin = service_field(permission.value if which == EACH else SAME_FOR_ALL)
    if which == EACH and ticked(form, begin + EVERY_SERVICE):
        return [EVERY_SERVICE]
    return [service for service in services if ticked(form, begin + service)]


def _day(form: dict[str, Any], choice: str, field: str) -> date | None:
    if text_of(form, choice) != "day":
        return None
    return day_of(form, field) or NO_DAY


def check_said(terms: Terms) -> dict[str, str]:
    """Text keys, by field, for days and services that were to be chosen and were not."""
    errors: dict[str, str] = {}
    if not all(terms.scopes.values()):
        errors["services"] = "delegation.error.no_service"
    if terms.valid_from == NO_DAY:
        errors["valid_from"] = "delegation.error.no_day"
    if terms.valid_until == NO_DAY:
        errors["valid_until"] = "delegation.error.no_day"
    return errors


def in_words(language: str, terms: Terms, name: str, services: Mapping[str, str]) -> list[str]:
    """Who may do what and when, in sentences; `services` are names by id."""
    what = words.joined(language, words.can(language, _scope(terms, services)))
    start = words.day_of(language, terms.valid_from) if terms.valid_from else ""
    end = words.day_of(language, terms.valid_until) if terms.valid_until else ""
    begins = (
        lookup(language, "delegation.begins_on", day=start)
        if start
        else lookup(language, "delegation.begins")
    )
    ends = lookup(language, "delegation.ends_on", day=end) if end else lookup(language, "delegation.ends")
    said = [
        lookup(language, "delegation.may", name=name, what=what),
        lookup(language, "delegation.holds", begins=begins, ends=ends),
    ]
    history = "shows_new" if terms.only_new else "shows_all"
    return [*said, lookup(language, f"delegation.{history}", name=name)]


def _scope(terms: Terms, services: Mapping[str, str]) -> Scope:
    kept = delegation_rules.complete(terms.scopes)
    return {
        Permission(permission): None
        if EVERY_SERVICE in chosen
        else tuple(name for id_, name in services.items() if id_ in chosen)
        for permission, chosen in kept.items()
    }
