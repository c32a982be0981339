"""Opening hours in plain words, such as `på hverdager kl. 08.00–15.30`."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date

from digihelse_app.text.catalogue import HARD_SPACE, lookup
from digihelse_app.text.dates import LOCALES, listed

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_A_MONDAY = date(2024, 1, 1)
_NAMED = {(0, 1, 2, 3, 4): "weekdays", (0, 1, 2, 3, 4, 5, 6): "every_day", (5, 6): "weekend"}
_ROUND_THE_CLOCK = ("00:00", "24:00")

Days = tuple[int, ...]
Hours = tuple[tuple[str, str], ...]


def in_words(language: str, opening_hours: Sequence[dict[str, Any]]) -> str:
    """The hours (`CareService.opening_hours`), days with the same ones together; empty for none."""
    groups = [_group(language, days, hours) for days, hours in _grouped(opening_hours)]
    return listed(language, groups)


def _grouped(opening_hours: Sequence[dict[str, Any]]) -> list[tuple[Days, Hours]]:
    """The days that are open, by their hours, in the order of the week."""
    by_day: dict[int, set[tuple[str, str]]] = {}
    for entry in opening_hours:
        for day in entry["days"]:
            by_day.setdefault(WEEK.index(day), set()).add((entry["from"], entry["to"]))
    by_hours: dict[Hours, list[int]] = {}
    for day in sorted(by_day):
        by_hours.setdefault(tuple(sorted(by_day[day])), []).append(day)
    return [(tuple(days), hours) for hours, days in by_hours.items()]


def _group(language: str, days: Days, hours: Hours) -> str:
    return f"{_days(language, days)} {listed(language, [_span(language, *span) for span in hours])}"


def _days(language: str, days: Days) -> str:
    if days in _NAMED:
        return lookup(language, f"hours.{_NAMED[days]}")
    names = [_weekday(language, day) for day in days]
    in_a_row = len(days) > 2 and days[-1] - days[0] == len(days) - 1
    told = f"{names[0]}–{names[-1]}" if in_a_row else listed(language, names)
    return lookup(language, "hours.on", days=told)


def _weekday(language: str, day: int) -> str:
    return format_date(_A_MONDAY + timedelta(days=day), "EEEE", locale=LOCALES[language])


def _span(language: str, start: str, end: str) -> str:
    if (start, end) == _ROUND_THE_CLOCK:
        return lookup(language, "hours.all_day")
    times = f"{start}–{end}" if language == "en" else f"{start}–{end}".replace(":", ".")
    return lookup(language, "date.at", time=times).replace(" ", HARD_SPACE)
