"""When a visit is, in words: a time or a window, and its day. Europe/Oslo, in the reader's language."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_date

from digihelse_app.text import dates
from digihelse_app.text.catalogue import lookup

WORD_JOINER = "\N{WORD JOINER}"
"""After a dash, where a line would break otherwise."""


@dataclass(frozen=True, slots=True)
class Times:
    """When a visit is (aware): at `starts_at`, or (`is_window`) some time until `ends_at`."""

    starts_at: datetime
    ends_at: datetime
    is_window: bool

    @property
    def day(self) -> date:
        """The day it begins on, in Europe/Oslo."""
        return self.starts_at.astimezone(dates.OSLO).date()

    @property
    def last_day(self) -> date:
        """The day it ends on; midnight belongs to the day before."""
        end = self.ends_at.astimezone(dates.OSLO)
        return end.date() - timedelta(days=_is_midnight(end))


def short(language: str, times: Times) -> str:
    """For a narrow column: `12–14`, `14–15.30`, or `10.00` for a time of day."""
    if not times.is_window:
        return dates.clock_time(language, times.starts_at)
    return f"{_hour(language, times.starts_at)}–{_hour(language, times.ends_at, is_end=True)}"


def at(language: str, times: Times) -> str:
    """In a sentence: `kl. 10.00`, `kl. 12.00–14.00`, or with the day it ends on when that is another."""
    if not times.is_window:
        return dates.at_time(language, times.starts_at)
    start = dates.clock_time(language, times.starts_at)
    end = _clock_at_end(language, times.ends_at)
    if times.last_day == times.day:
        window = lookup(language, "date.window", start=start, end=end)
        return window.replace("–", f"–{WORD_JOINER}")
    day = dates.long_date(language, times.last_day)
    return lookup(language, "date.window_over_night", start=start, end=end, day=day)


def when(language: str, times: Times, now: datetime) -> str:
    """`i dag kl. 12.00–14.00`, `i morgen kl. 10.00`, `torsdag 26. november kl. 14.00–15.30`."""
    return f"{day(language, times.day, now)} {at(language, times)}"


def day(language: str, wanted: date, now: datetime) -> str:
    """`i dag`, `i morgen`, `i går`, or the date, as it stands within a sentence."""
    today = now.astimezone(dates.OSLO).date()
    if near := _near(language, wanted, today):
        return dates.kept_together(near[:1].lower() + near[1:])
    return _dated(language, wanted, today)


def heading(language: str, wanted: date, today: date) -> tuple[str, str]:
    """A day as a heading, in a strong and a quiet part: `I dag` + `mandag 23. november`."""
    if near := _near(language, wanted, today):
        return near, dates.long_date(language, wanted)
    weekday = format_date(wanted, "EEEE", locale=dates.LOCALES[language])
    rest = dates.short_day(language, wanted)
    return dates.capitalised(weekday), rest if wanted.year == today.year else f"{rest} {wanted.year}"


def month(language: str, wanted: date) -> str:
    """`November 2026`."""
    return dates.capitalised(format_date(wanted, "LLLL y", locale=dates.LOCALES[language]))


def _near(language: str, wanted: date, today: date) -> str:
    name = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((wanted - today).days)
    return lookup(language, f"date.{name}") if name else ""


def _dated(language: str, wanted: date, today: date) -> str:
    text = dates.long_date(language, wanted)
    return text if wanted.year == today.year else f"{text} {wanted.year}"


def _is_midnight(local: datetime) -> bool:
    return (local.hour, local.minute) == (0, 0)


def _clock_at_end(language: str, instant: datetime) -> str:
    separator = ":" if language == "en" else "."
    midnight = _is_midnight(instant.astimezone(dates.OSLO))
    return f"24{separator}00" if midnight else dates.clock_time(language, instant)


def _hour(language: str, instant: datetime, *, is_end: bool = False) -> str:
    """Without minutes when there are none: `12`, `15.30`; midnight is `0` or, at the end, `24`."""
    local = instant.astimezone(dates.OSLO)
    if local.minute:
        return dates.clock_time(language, instant)
    return "24" if is_end and local.hour == 0 else f"{local.hour:02d}"
