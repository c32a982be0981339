"""The log of use: rows by day, what they are narrowed to, and going on to older ones."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

import reflex as rx

from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import AgentKind, RepresentationRole
from digihelse_app.outside import clock
from digihelse_app.services import access_log_reading, access_log_words, people
from digihelse_app.services.access_log_choice import Kind, LogChoice, LogCursor, Span, Who
from digihelse_app.services.access_log_reading import LogPage, LogRow
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.rows import initials
from digihelse_app.text import dates


@dataclass(frozen=True)
class LogLine:
    """One row in words. `face` is `self`, `proxy`, `service` or `digihelse`; `times` is empty for once."""

    id: str
    face: str
    initials: str
    who: str
    what: str
    ground: str
    time: str
    times: str

    @classmethod
    def of(cls, row: LogRow, language: str) -> "LogLine":
        """The line for a row, times in Europe/Oslo."""
        return cls(
            id=row.id,
            face=_face(row),
            initials=initials(row.who),
            who=access_log_words.who(row, language),
            what=access_log_words.what(row, language),
            ground=access_log_words.ground(row, language),
            time=dates.clock_time(language, row.at),
            times=access_log_words.times(row, language),
        )


def _face(row: LogRow) -> str:
    if row.agent is AgentKind.PERSON:
        return "self" if row.role is RepresentationRole.SELF else "proxy"
    return "service" if row.agent is AgentKind.ORGANISATION else "digihelse"


@dataclass(frozen=True)
class LogDay:
    """A day's lines, newest first."""

    day: str
    lines: list[LogLine]


@dataclass(frozen=True)
class PersonOption:
    """One whose use the log can be narrowed to."""

    id: str
    name: str


class LogState(PersonState):
    """`sees_all`: the reader sees everybody's use, and not her own alone. The rest is what is shown."""

    shown_for: str = "-"
    sees_all: bool = False
    whom: str = ""
    days: list[LogDay] = []
    people: list[PersonOption] = []
    who: str = Who.ALL.value
    kind: str = Kind.ALL.value
    span: str = Span.ALL.value
    person: str = ""
    has_older: bool = False
    found: str = ""
    round: int = 0
    _rows: list[LogRow] = []
    _following: LogCursor | None = None

    @rx.event
    @in_background
    async def load(self):
        """Read the newest of what is chosen."""
        acting = await self._acting()
        self.sees_all = Permission.SEE_ACCESS_LOG in acting.permissions
        self.whom = "" if acting.for_self else await people.name_of_represented(acting)
        listed = await access_log_reading.list_people(acting) if self.sees_all else []
        self.people = [PersonOption(one.id, one.name) for one in listed]
        await self._read()
        self.shown_for = self._key

    @rx.event
    @in_background
    async def stay(self):
        """Something changed for the person: whoever may no longer see the log is shown out of it.

        It is not read again: each reading is itself a line of the log.
        """
        (await self._acting()).require(Permission.SEE_OWN_USE)

    @rx.event
    @signed_in
    async def show_older(self):
        """Add the next page below the ones shown."""
        if self._following is None:
            return
        acting = await self._acting()
        await self._keep(await access_log_reading.read_log(acting, self._choice(), self._following))

    @rx.event
    @signed_in
    async def choose_who(self, who: str):
        """Show the use of some."""
        self.who = Who(who) if who in set(Who) else Who.ALL
        self.person = ""
        await self._read()

    @rx.event
    @signed_in
    async def choose_person(self, person_id: str):
        """Show the use of one who acts for the person, or of all such (empty)."""
        self.person = person_id if person_id in {one.id for one in self.people} else ""
        await self._read()

    @rx.event
    @signed_in
    async def choose_kind(self, kind: str):
        """Show use of one kind."""
        self.kind = Kind(kind) if kind in set(Kind) else Kind.ALL
        await self._read()

    @rx.event
    @signed_in
    async def choose_span(self, span: str):
        """Show use since some day."""
        self.span = Span(span) if span in set(Span) else Span.ALL
        await self._read()

    @rx.event
    @signed_in
    async def show_all(self):
        """Everything again."""
        self.who, self.kind, self.span, self.person = Who.ALL, Kind.ALL, Span.ALL, ""
        self.round += 1
        await self._read()

    def _choice(self) -> LogChoice:
        return LogChoice(Who(self.who), Kind(self.kind), Span(self.span), self.person)

    async def _read(self) -> None:
        acting = await self._acting()
        self._rows = []
        await self._keep(await access_log_reading.read_log(acting, self._choice()))

    async def _keep(self, page: LogPage) -> None:
        self._rows = [*self._rows, *page.rows]
        self._following, self.has_older = page.following, page.following is not None
        self.days = _by_day(self._rows, await self._language())
        shown = len(self._rows)
        key = "found_more" if self.has_older else "found_one" if shown == 1 else "found"
        self.found = await self._text(f"log.{key}", n=shown) if shown else ""


def _by_day(rows: Iterable[LogRow], language: str) -> list[LogDay]:
    today = clock.today()
    return [
        LogDay(dates.day_heading(language, day, today), [LogLine.of(row, language) for row in of_day])
        for day, of_day in groupby(rows, key=lambda row: row.at.astimezone(clock.OSLO).date())
    ]
