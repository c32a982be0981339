"""The rules of giving someone a delegation, pure: who may give, who may hold, and what may be given.

Sources: pasient- og brukerrettighetsloven §§ 3-1, 4-3; helsenorge.no on fullmakt (giver 16, holder 18 and in
the population register, neither with a protected address, no re-delegation).
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.access.policy import age_on
from digihelse_app.models.representation import EVERY_SERVICE
from digihelse_app.outside.clock import OSLO
from digihelse_app.outside.registers.answers import RegisteredPerson

GIVER_FROM = 16
HOLDER_FROM = 18
ASSIGNED_FROM = 12
"""From what age on someone may be assigned to act for one who cannot consent."""
LONGEST_ASSIGNED_YEARS = 5
"""How long that holds at most: then it must be judged again."""
FARTHEST_YEARS = 100
"""How far ahead a day may be: none that is farther is meant, and the calendar ends in the year 9999."""
_NEEDS = {
    Permission.WRITE_MESSAGES: Permission.READ_MESSAGES,
    Permission.CANCEL_VISITS: Permission.SEE_VISITS,
}
"""What cannot be done without seeing what it is done with."""
_NO_LETTER = re.compile(r"[^\w]+|_")


@dataclass(frozen=True, slots=True)
class Terms:
    """What is given. `scopes`: service ids, or EVERY_SERVICE, by permission; days are Europe/Oslo.

    `valid_from` None is at once, `valid_until` (the last day) None is until it is withdrawn. `only_new`: what
    is older than the delegation is not shown.
    """

    scopes: Mapping[Permission, Sequence[str]]
    valid_from: date | None = None
    valid_until: date | None = None
    only_new: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Offer:
    """To whom, as the giver wrote it, and what."""

    name: str
    national_id: str
    terms: Terms = field(default_factory=lambda: Terms({}))


def check_terms(terms: Terms, services: Collection[str], today: date) -> dict[str, str]:
    """Text keys of what to mend, by field name; `services` are the ids the giver may choose among."""
    errors: dict[str, str] = {}
    named = {service for chosen in terms.scopes.values() for service in chosen} - {EVERY_SERVICE}
    given = [permission for permission, chosen in terms.scopes.items() if chosen]
    if not given or not DELEGABLE.issuperset(given):
        errors["scopes"] = "delegation.error.no_scope"
    elif not named.issubset(services):
        errors["scopes"] = "delegation.error.unknown_service"
    if terms.valid_from is not None and terms.valid_from < today:
        errors["valid_from"] = "delegation.error.from_past"
    if terms.valid_from is not None and terms.valid_from > farthest_day(today):
        errors["valid_from"] = "delegation.error.too_far"
    return errors | check_until(terms.valid_until, terms.valid_from or today, today)


def check_until(valid_until: date | None, first: date, today: date) -> dict[str, str]:
    """The text key, by field name, of what to mend in the last day of what holds from `first` on."""
    if valid_until is not None and valid_until < first:
        return {"valid_until": "delegation.error.until_before"}
    if valid_until is not None and valid_until > farthest_day(today):
        return {"valid_until": "delegation.error.too_far"}
    return {}


def farthest_day(today: date) -> date:
    """The last day that anything may begin or end on."""
    return years_after(today, FARTHEST_YEARS)


def complete(scopes: Mapping[Permission, Sequence[str]]) -> dict[str, list[str]]:
    """The scopes as they are kept: sorted, "every service" said alone, and beside each what it needs."""
    kept = {permission: set(chosen) for permission, chosen in scopes.items() if chosen}
    for permission, needed in _NEEDS.items():
        if permission in kept:
            kept[needed] = kept.get(needed, set()) | kept[permission]
    return {
        permission.value: [EVERY_SERVICE] if EVERY_SERVICE in chosen else sorted(chosen)
        for permission, chosen in sorted(kept.items())
    }


def begins(terms: Terms, now: datetime) -> datetime:
    """The instant (UTC) from which it holds."""
    if terms.valid_from is None:
        return now
    return max(now, datetime.combine(terms.valid_from, time(), OSLO).astimezone(UTC))


def ends(valid_until: date | None) -> datetime | None:
    """The instant (UTC) at which it holds no more: when the last day is over in Europe/Oslo.

    After the last day of the calendar there is none: it counts as the day before.
    """
    if valid_until is None:
        return None
    following = min(valid_until, date.max - timedelta(days=1)) + timedelta(days=1)
    return datetime.combine(following, time(), OSLO).astimezone(UTC)


def may_give(registered: RegisteredPerson | None, today: date) -> bool:
    """Whether the register lets this person give a delegation."""
    return _may(registered, GIVER_FROM, today)


def may_be_assigned_for(registered: RegisteredPerson | None, today: date) -> bool:
    """Whether the register lets someone be assigned to act for this person."""
    return _may(registered, ASSIGNED_FROM, today)


def is_assigned_too_long(starts_at: datetime, ends_at: datetime | None) -> bool:
    """Whether it would hold for more than five years by the dates in Europe/Oslo, or has no end (UTC)."""
    if ends_at is None:
        return True
    first = starts_at.astimezone(OSLO).date()
    return last_day(ends_at) > years_after(first, LONGEST_ASSIGNED_YEARS)


def last_day(ends_at: datetime) -> date:
    """The last day, in Europe/Oslo, on which something holds that ends at `ends_at` (UTC)."""
    try:
        return (ends_at - timedelta(microseconds=1)).astimezone(OSLO).date()
    except OverflowError:  # in the last hour of the year 9999
        return date.max


def years_after(day: date, years: int) -> date:
    """The same day of the month; 28 February for one that is not in that year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def may_hold(registered: RegisteredPerson | None, name: str, today: date) -> bool:
    """Whether the register lets this person hold one, and `name` is hers."""
    return may_hold_any(registered, today) and registered is not None and is_name_of(registered, name)


def may_hold_any(registered: RegisteredPerson | None, today: date) -> bool:
    """Whether the register lets this person, whoever she is, hold one: grown up, alive, not protected."""
    return _may(registered, HOLDER_FROM, today)


def _may(registered: RegisteredPerson | None, from_age: int, today: date) -> bool:
    if registered is None or registered.deceased or registered.address_protected:
        return False
    age = age_on(registered.birth_date, today)
    return age is not None and age >= from_age


def is_name_of(registered: RegisteredPerson, written: str) -> bool:
    """Whether `written` names her: first given name and last family name are in it, and nothing else is.

    Case, hyphens and order do not count; middle names may be left out.
    """
    given, family, words = _words(registered.given_name), _words(registered.family_name), _words(written)
    if not given or not family or not words:
        return False
    return {given[0], family[-1]} <= set(words) <= {*given, *family}


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFC", name).casefold()
    return [word for word in _NO_LETTER.sub(" ", plain).split() if word]
