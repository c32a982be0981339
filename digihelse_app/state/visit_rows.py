"""Visits as an agenda shows them: rows of finished text, in the reader's language. Days are Europe/Oslo."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from digihelse_app.models.visit import Visit, VisitChange
from digihelse_app.services.visit_list import VisitSummary
from digihelse_app.services.visit_standing import NOBODY_COMES, Standing, standing
from digihelse_app.text import dates, visit_times
from digihelse_app.text.catalogue import lookup
from digihelse_app.text.visit_times import Times

_TO_COME = frozenset(
    {Standing.PLANNED, Standing.REQUESTED, Standing.FAILED, Standing.DECLINED, Standing.LATE}
)


MOVED, CHANGED = "moved", "changed"
"""What may be said of a visit beside where it stands."""


@dataclass(frozen=True)
class TagRow:
    """A state in a word; `kind` is a Standing, MOVED or CHANGED."""

    kind: str
    text: str


@dataclass(frozen=True)
class VisitRow:
    """A visit in an agenda.

    `day` is its date (ISO); `old` the time it was moved from within the day, empty for none; `off`: it does
    not come, or someone has asked that it does not. `note` says what to know, in a sentence.
    """

    id: str
    day: str
    time: str
    over_night: bool
    old: str
    title: str
    service: str
    who: str
    note: str
    off: bool
    tags: list[TagRow] = field(default_factory=list)

    @classmethod
    def of(cls, one: VisitSummary, language: str, *, marked: bool = False) -> "VisitRow":
        """The row for one visit; `marked`: changed since the reader looked last."""
        times, stands = times_of(one.visit), standing(one)
        moved = times_of(one.moved_from) if one.moved_from and stands in _TO_COME else None
        within_day = moved is not None and moved.day == times.day
        return cls(
            id=one.visit.id,
            day=times.day.isoformat(),
            time=visit_times.short(language, times),
            over_night=times.is_window and times.last_day != times.day,
            old=visit_times.short(language, moved) if moved and within_day else "",
            title=title_of(one.visit, language),
            service=one.service.name,
            who=who(one.visit),
            note=_note(one, stands, moved, language),
            off=stands in NOBODY_COMES or stands is Standing.REQUESTED,
            tags=tags(one, language, changed=marked),
        )


def times_of(thing: Visit | VisitChange) -> Times:
    """When a visit is, or was before a change."""
    return Times(thing.starts_at, thing.ends_at, thing.is_window)


def title_of(visit: Visit, language: str) -> str:
    """What it is for."""
    return visit.title or lookup(language, "visit_row.no_title")


def who(visit: Visit) -> str:
    """`Anne, sykepleier` when the name is told, else the role; the visit holds no name that is not shared."""
    role = visit.who_role
    if not visit.who_name:
        return role
    # A title in capitals stays as it is.
    plain = role[:1].lower() + role[1:] if role[1:2].islower() else role
    return ", ".join(part for part in (visit.who_name, plain) if part)


def tags(one: VisitSummary, language: str, *, changed: bool) -> list[TagRow]:
    """What stands out of it: where it stands, that it was moved, that it changed since last seen."""
    stands = standing(one)
    found = [] if stands is Standing.PLANNED else [TagRow(stands.value, _tag(one.visit, stands, language))]
    if one.moved_from and stands in _TO_COME:
        found.append(TagRow(MOVED, lookup(language, "visit_row.tag_moved")))
    if changed:
        found.append(TagRow(CHANGED, lookup(language, "visit_row.tag_changed")))
    return found


def _tag(visit: Visit, stands: Standing, language: str) -> str:
    if stands is not Standing.DONE or visit.done_at is None:
        return lookup(language, f"visit_row.tag_{stands}")
    if visit.begun_at is None:
        return lookup(language, "visit_row.done_at", at=dates.at_time(language, visit.done_at))
    start, end = (dates.clock_time(language, at) for at in (visit.begun_at, visit.done_at))
    return lookup(language, "visit_row.done_between", start=start, end=end)


def _note(one: VisitSummary, stands: Standing, moved: Times | None, language: str) -> str:
    words = {
        "service": one.service.name,
        "phone": dates.kept_together(one.service.phone) or one.service.name,
        "end": dates.clock_time(language, one.visit.ends_at),
    }
    if stands in _NOTED:
        return lookup(language, f"visit_row.note_{stands}", **words)
    if moved is None:
        return ""
    if moved.day == times_of(one.visit).day:
        return lookup(language, "visit_row.note_moved")
    was = f"{dates.long_date(language, moved.day)} {visit_times.at(language, moved)}"
    return lookup(language, "visit_row.note_moved_from", was=was)


_NOTED = frozenset(
    {
        Standing.LATE,
        Standing.MISSED,
        Standing.CALLED_OFF,
        Standing.CANCELLED,
        Standing.REQUESTED,
        Standing.FAILED,
        Standing.DECLINED,
    }
)


@dataclass(frozen=True)
class DayRow:
    """A day of an agenda: `strong` and `rest` are its heading, `month` is set on the first of each month."""

    key: str
    month: str
    strong: str
    rest: str
    visits: list[VisitRow] = field(default_factory=list)


def by_day(rows: Iterable[VisitRow], language: str, today: date, *, months: bool = False) -> list[DayRow]:
    """Rows, in the order they are in, under a heading for each day; with `months` for each month too."""
    days = [
        _day(date.fromisoformat(key), list(visits), language, today)
        for key, visits in groupby(rows, lambda row: row.day)
    ]
    return _headed(days, language) if months else days


def _day(day: date, visits: list[VisitRow], language: str, today: date) -> DayRow:
    strong, rest = visit_times.heading(language, day, today)
    return DayRow(day.isoformat(), "", strong, rest, visits)


def _headed(days: Sequence[DayRow], language: str) -> list[DayRow]:
    headed: list[DayRow] = []
    previous = ""
    for day in days:
        month = visit_times.month(language, date.fromisoformat(day.key))
        shown = "" if month == previous else month
        headed.append(DayRow(day.key, shown, day.strong, day.rest, day.visits))
        previous = month
    return headed
