"""The inbox: the represented person's conversations, newest first, and what they are narrowed to."""

from dataclasses import dataclass

import reflex as rx

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.outside import clock
from digihelse_app.services import circle_taking, drafts, inbox
from digihelse_app.services.inbox import ThreadPage
from digihelse_app.services.thread_list import Choice, Cursor, View
from digihelse_app.state.announcing import Announcing
from digihelse_app.state.form import text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.rows import ThreadRow

SEARCH_ID = "inbox-search"
SEARCH_LIMIT = 200


@dataclass(frozen=True)
class ServiceOption:
    """A service that the list can be narrowed to."""

    id: str
    name: str


class InboxState(Announcing, PersonState):
    """A page of conversations, and the pages asked for after it. `ready` is false before consent.

    What is searched for is kept here alone, never in the address: it may tell of health.
    """

    shown_for: str = "-"
    ready: bool = True
    threads: list[ThreadRow] = []
    has_older: bool = False
    view: str = View.ALL.value
    service: str = ""
    services: list[ServiceOption] = []
    narrowed: bool = False
    found: str = ""
    begun: bool = False
    search_round: int = 0
    _text_sought: str = ""
    _following: Cursor | None = None
    _shown: int = inbox.PAGE_SIZE

    @rx.event
    @in_background
    async def load(self):
        """Read the conversations anew, as many as are shown."""
        acting = await self._acting()
        self.ready = Permission.READ_MESSAGES in acting.permissions or not acting.for_self
        if self.ready:
            rows = await self._read(acting, max(self._shown, inbox.PAGE_SIZE))
            await self._tell_of(rows)
            if rows != self.threads:
                self.threads = rows
        else:
            self.threads, self.has_older = [], False
        self.shown_for = self._key

    @rx.event
    @signed_in
    async def show_older(self):
        """Add the next page below the ones shown."""
        if self._following is None:
            return
        acting: ActingContext = await self._acting()
        page = await inbox.list_threads(acting, self._following, chosen=self._choice())
        self.threads = [*self.threads, *await self._rows(acting, page)]
        self._shown = len(self.threads)
        await self._remember(page)

    @rx.event
    @signed_in
    async def choose_view(self, view: str):
        """Show the conversations of one view."""
        self.view = next((one.value for one in View if one.value == view), View.ALL.value)
        await self._narrow()

    @rx.event
    @signed_in
    async def choose_service(self, service_id: str):
        """Show the conversations with one service, or with all (empty)."""
        self.service = next((one.id for one in self.services if one.id == service_id), "")
        await self._narrow()

    @rx.event
    @signed_in
    async def search(self, form: dict[str, object]):
        """Show the conversations with the words of the form in them."""
        self._text_sought = text_of(form, "text").strip()[:SEARCH_LIMIT]
        await self._narrow()

    @rx.event
    @signed_in
    async def clear_search(self):
        """Search no more; the browser has emptied the field."""
        self._text_sought = ""
        await self._narrow()
        return [rx.set_focus(SEARCH_ID)]

    @rx.event
    @signed_in
    async def show_all(self):
        """Every conversation again."""
        self.view, self.service, self._text_sought = View.ALL.value, "", ""
        self.search_round += 1
        await self._narrow()
        return [rx.set_focus(SEARCH_ID)]

    def _choice(self) -> Choice:
        return Choice(View(self.view), self.service, self._text_sought)

    async def _narrow(self) -> None:
        """Read the first page of what is chosen now."""
        self._shown = inbox.PAGE_SIZE
        self.threads = await self._read(await self._acting(), inbox.PAGE_SIZE)

    async def _read(self, acting: ActingContext, limit: int) -> list[ThreadRow]:
        page = await inbox.list_threads(acting, limit=limit, chosen=self._choice())
        self.services = [ServiceOption(one.id, one.name) for one in await inbox.list_services(acting)]
        self.narrowed = self._choice() != Choice()
        rows = await self._rows(acting, page)
        await self._remember(page, len(rows))
        return rows

    async def _rows(self, acting: ActingContext, page: ThreadPage) -> list[ThreadRow]:
        language, now = await self._language(), clock.now()
        may_write = Permission.WRITE_MESSAGES in acting.permissions
        places = await drafts.places(acting) if may_write else frozenset()
        self.begun = drafts.NEW in places
        taken = await circle_taking.takings(acting, [one.thread.id for one in page.threads])
        return [
            ThreadRow.of(one, language, now, places, taken.get(one.thread.id), acting.actor_id)
            for one in page.threads
        ]

    async def _remember(self, page: ThreadPage, shown: int | None = None) -> None:
        self._following = page.following
        self.has_older = page.following is not None
        shown = len(self.threads) if shown is None else shown
        kind = "found_more" if self.has_older else "found_one" if shown == 1 else "found"
        self.found = await self._text(f"inbox.{kind}", n=shown) if self.narrowed and shown else ""

    async def _tell_of(self, rows: list[ThreadRow]) -> None:
        """Say politely that an answer came, but not what was there when the page was opened."""
        known = {row.id for row in self.threads if row.status == "new"}
        fresh = [row for row in rows if row.status == "new" and row.id not in known]
        arrived = self.shown_for == self._key and bool(fresh)
        self._announce(await self._text("inbox.arrived", service=fresh[0].service) if arrived else "")
