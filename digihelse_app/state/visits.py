"""The agenda: the represented person's visits by day, and first what did not go as planned."""

from datetime import datetime, timedelta

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import CancellationStatus
from digihelse_app.outside import clock
from digihelse_app.services import visits
from digihelse_app.services.visit_list import Cursor, VisitPage, VisitSummary
from digihelse_app.services.visits import Continuity
from digihelse_app.state.announcing import Announcing
from digihelse_app.state.inbox import ServiceOption
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.reflex_internals import query_of
from digihelse_app.state.visit_exceptions import ExceptionRow, exception_rows
from digihelse_app.state.visit_rows import DayRow, VisitRow, by_day
from digihelse_app.text import dates

COMING = "coming"
PAST = "past"
MARKS_LAST = timedelta(minutes=10)
"""How long what was new is marked after it was seen first: as long as one looks, and comes back to it."""
PRINTED_DAYS = timedelta(days=6)
MOST_PRINTED = 200


class VisitsState(Announcing, PersonState):
    """A page of visits, and the pages asked for after it. `ready` is false before consent.

    `unseen` changes when something came that the reader has not seen; assets/pulse.js then says that it is in
    view. `silent` names the services that show no visits. `week` is what goes on paper.
    """

    shown_for: str = "-"
    ready: bool = True
    shows: bool = True
    view: str = COMING
    days: list[DayRow] = []
    has_more: bool = False
    service: str = ""
    services: list[ServiceOption] = []
    silent: str = ""
    exceptions: list[ExceptionRow] = []
    continuity: str = ""
    may_cancel: bool = False
    unseen: str = ""
    week: list[DayRow] = []
    week_title: str = ""
    prints: int = 0
    _rows: list[VisitRow] = []
    _marked: dict[str, datetime] = {}
    _asking: list[str] = []
    _following: Cursor | None = None
    _shown: int = visits.PAGE_SIZE
    _read_at: datetime | None = None

    @rx.event
    @in_background
    async def load(self):
        """Read the agenda anew, as much as is shown; nothing while a visit is open."""
        self.announcement = ""
        await self._load()

    @rx.event
    @in_background
    async def refresh(self):
        """Read it again where it is; what has come since is announced, unless the open visit's page does."""
        known = {(row.id, row.kind) for row in self.exceptions}
        asking, same = set(self._asking), self.shown_for == self._key
        if not await self._load():
            return
        fresh = [row for row in self.exceptions if (row.id, row.kind) not in known]
        words = f"{fresh[0].head} {fresh[0].text}" if same and fresh else ""
        if same and asking - set(self._asking) and not fresh:
            words = await self._text("visit_row.answered")
        self._announce(words)

    @rx.event
    @in_background
    async def looked_at(self):
        """What has come is in view (assets/pulse.js knows whether anyone can see the page)."""
        if self._read_at is not None:
            await visits.mark_seen(await self._acting(), self._read_at)
            self.unseen = ""

    @rx.event
    @signed_in
    async def show_more(self):
        """Add the next page below the ones shown."""
        if self._following is None:
            return
        page = await self._page(await self._acting(), self._following, visits.PAGE_SIZE)
        self._rows = [*self._rows, *await self._as_rows(page.visits)]
        self._shown = len(self._rows)
        await self._show(page)

    @rx.event
    @signed_in
    async def choose_view(self, view: str):
        """Show what comes, or what has been."""
        self.view = PAST if view == PAST else COMING
        await self._begin_anew()

    @rx.event
    @signed_in
    async def choose_service(self, service_id: str):
        """Show the visits of one service, or of all (empty)."""
        self.service = next((one.id for one in self.services if one.id == service_id), "")
        await self._begin_anew()

    @rx.event
    @signed_in
    async def print_week(self):
        """Put the coming seven days on paper; assets/inbox.js prints when `prints` goes up."""
        language, today = await self._language(), clock.today()
        last = today + PRINTED_DAYS
        found = await visits.list_between(await self._acting(), today, last, MOST_PRINTED)
        rows = [VisitRow.of(one, language) for one in found]
        self.week = by_day(rows, language, today)
        span = {"first": dates.long_date(language, today), "last": dates.long_date(language, last)}
        self.week_title = await self._text("visit_row.week", **span)
        self.prints += 1

    async def _begin_anew(self) -> None:
        self._shown, self.announcement = visits.PAGE_SIZE, ""
        await self._load()

    async def _load(self) -> bool:
        """Whether there is an agenda to read, which then is read."""
        self.week, self.week_title = [], ""
        if query_of(self).get(routes.VISIT_QUERY):
            return False
        acting = await self._acting()
        self.ready = Permission.SEE_VISITS in acting.permissions or not acting.for_self
        if self.ready:
            await self._read(acting)
        else:
            self.days, self.exceptions, self._rows, self.has_more = [], [], [], False
        self.shown_for = self._key
        return self.ready

    async def _read(self, acting: ActingContext) -> None:
        language, now = await self._language(), clock.now()
        self.may_cancel = Permission.CANCEL_VISITS in acting.permissions
        await self._tell_services(acting)
        found = await visits.exceptions(acting)
        page = await self._page(acting, None, max(self._shown, visits.PAGE_SIZE))
        self._read_at = now
        self._keep_marks([*page.visits, *found], now)
        self.exceptions = exception_rows(found, language, now)
        self._rows = await self._as_rows(page.visits)
        waits = CancellationStatus.REQUESTED
        self._asking = [
            one.visit.id for one in page.visits if one.cancellation and one.cancellation.status is waits
        ]
        self.continuity = await self._in_words(await visits.continuity(acting)) if self.view == PAST else ""
        await self._show(page)

    async def _tell_services(self, acting: ActingContext) -> None:
        received = await visits.list_services(acting)
        self.services = [ServiceOption(one.id, one.name) for one in received.showing]
        self.shows = bool(received.showing)
        names = [one.name for one in received.silent]
        listed = dates.listed(await self._language(), names)
        self.silent = await self._text("visit_row.silent", services=listed) if names else ""

    async def _page(self, acting: ActingContext, after: Cursor | None, limit: int) -> VisitPage:
        read = visits.list_past if self.view == PAST else visits.list_coming
        return await read(acting, after, limit, self.service)

    def _keep_marks(self, found: list[VisitSummary], now: datetime) -> None:
        """What is new stays marked for a while after it was seen."""
        changed = [one.visit for one in found if one.changed]
        kept = {key: at for key, at in self._marked.items() if now - at < MARKS_LAST}
        self._marked = {**{visit.id: now for visit in changed}, **kept}
        newest = max((visit.changed_at for visit in changed if visit.changed_at), default=None)
        self.unseen = newest.isoformat() if newest else ""

    async def _as_rows(self, found: list[VisitSummary]) -> list[VisitRow]:
        language = await self._language()
        return [VisitRow.of(one, language, marked=one.visit.id in self._marked) for one in found]

    async def _show(self, page: VisitPage) -> None:
        days = by_day(self._rows, await self._language(), clock.today(), months=self.view == PAST)
        if days != self.days:
            self.days = days
        self._following, self.has_more = page.following, page.following is not None

    async def _in_words(self, told: Continuity) -> str:
        if not told.visits:
            return ""
        key = "continuity_one" if told.people == 1 else "continuity"
        return await self._text(f"visit_row.{key}", people=told.people, visits=told.visits)
