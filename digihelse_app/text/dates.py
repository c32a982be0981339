"""Dates and times as people read them: Europe/Oslo, in the reader's language (Babel)."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list

from digihelse_app.text.catalogue import HARD_SPACE, lookup

OSLO = ZoneInfo("Europe/Oslo")
LOCALES = {"nb": "nb_NO", "nn": "nn_NO", "en": "en_GB", "se": "nb_NO"}


def clock_time(language: str, instant: datetime) -> str:
    """The time of day, `14.05` (English `14:05`), in Europe/Oslo. `instant` is aware."""
    separator = ":" if language == "en" else "."
    return instant.astimezone(OSLO).strftime(f"%H{separator}%M")


def at_time(language: str, instant: datetime) -> str:
    """The time of day with its word, `kl. 14.05`, kept together."""
    return lookup(language, "date.at", time=clock_time(language, instant)).replace(" ", HARD_SPACE)


def long_date(language: str, day: date) -> str:
    """`tirsdag 24. november`; day and month are kept together."""
    weekday = format_date(day, "EEEE", locale=LOCALES[language])
    return f"{weekday} {short_day(language, day)}"


def short_day(language: str, day: date) -> str:
    """`24. november`, kept together."""
    pattern = "d MMMM" if language == "en" else "d. MMMM"
    return format_date(day, pattern, locale=LOCALES[language]).replace(" ", HARD_SPACE)


def day_heading(language: str, day: date, today: date) -> str:
    """`I dag`, `I går`, or the date, with the year when it is another one."""
    days_ago = (today - day).days
    if days_ago in (0, 1):
        return lookup(language, "date.today" if days_ago == 0 else "date.yesterday")
    text = long_date(language, day)
    return capitalised(text if day.year == today.year else f"{text} {day.year}")


def list_time(language: str, instant: datetime, now: datetime) -> str:
    """When, in as few words as a list allows: the time today, the weekday this week, else the date."""
    day, today = instant.astimezone(OSLO).date(), now.astimezone(OSLO).date()
    if day == today:
        return clock_time(language, instant)
    if 0 < (today - day).days < 7:
        return format_date(day, "EEEE", locale=LOCALES[language])
    pattern = "d MMM y" if language == "en" else "d. MMM y"
    pattern = pattern if day.year != today.year else pattern.removesuffix(" y")
    return format_date(day, pattern, locale=LOCALES[language])


def kept_together(text: str) -> str:
    """A phone number, say, on one line."""
    return text.replace(" ", HARD_SPACE)


def capitalised(text: str) -> str:
    """The text with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def day_and_time(language: str, instant: datetime, now: datetime) -> str:
    """`i dag kl. 09.14`, or the date and the time."""
    day, today = instant.astimezone(OSLO).date(), now.astimezone(OSLO).date()
    heading = day_heading(language, day, today)
    keeps_capital = language == "en" and (today - day).days not in (0, 1)  # Tuesday, but today
    words = heading if keeps_capital else heading[:1].lower() + heading[1:]
    return f"{words} {at_time(language, instant)}"


def full_day_and_time(language: str, instant: datetime) -> str:
    """`mandag 23. november 2026 kl. 09.14`: for what is kept, and read another day."""
    day = instant.astimezone(OSLO).date()
    return f"{long_date(language, day)} {day.year} {at_time(language, instant)}"


def listed(language: str, names: Sequence[str]) -> str:
    """`a, b og c`."""
    return format_list(list(names), locale=LOCALES[language])
