"""The reply promise in words: by when, how long that is, and that it has passed."""

from dataclasses import dataclass
from datetime import date, datetime

from digihelse_app.services.working_days import working_days_until
from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup


@dataclass(frozen=True)
class Promise:
    """`day` and `left` while it stands, `passed` when it has; all empty when nothing is promised."""

    day: str = ""
    left: str = ""
    passed: str = ""
    passed_day: str = ""


def promise_of(due_on: date | None, language: str, now: datetime) -> Promise:
    """The promise to answer by `due_on` (Europe/Oslo), as it stands at `now` (UTC): it lasts that day out."""
    if due_on is None:
        return Promise()
    today = now.astimezone(dates.OSLO).date()
    day = dates.long_date(language, due_on)
    if today > due_on:
        return Promise(passed=lookup(language, "promise.passed", day=day), passed_day=day)
    return Promise(day=day, left=_left(language, today, due_on))


def _left(language: str, today: date, due_on: date) -> str:
    if today == due_on:
        return lookup(language, "promise.today")
    days = working_days_until(today, due_on)
    return lookup(language, "promise.one_left" if days == 1 else "promise.left", n=days)
