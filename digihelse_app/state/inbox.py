"""The inbox: the represented person's conversations, newest first."""

import reflex as rx

from digihelse_app.access.context import ActingContext
from digihelse_app.access.permissions import Permission
from digihelse_app.outside import clock
from digihelse_app.services import inbox
from digihelse_app.services.inbox import Cursor, ThreadPage
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.rows import ThreadRow


class InboxState(PersonState):
    """A page of conversations, and the pages asked for after it. `ready` is false before consent."""

    shown_for: str = "-"
    ready: bool = True
    threads: list[ThreadRow] = []
    has_older: bool = False
    announcement: str = ""
    _following: Cursor | None = None
    _shown: int = inbox.PAGE_SIZE

    @rx.event
    @in_background
    async def load(self):
        """Read the conversations anew, as many as are shown."""
        acting = await self._acting()
        self.ready = Permission.READ_MESSAGES in acting.permissions or not acting.for_self
        if self.ready:
            page = await inbox.list_threads(acting, limit=max(self._shown, inbox.PAGE_SIZE))
            rows = await self._rows(page)
            await self._announce(rows)
            if rows != self.threads:
                self.threads = rows
            self._remember(page)
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
        page = await inbox.list_threads(acting, self._following)
        self.threads = [*self.threads, *await self._rows(page)]
        self._shown = len(self.threads)
        self._remember(page)

    async def _rows(self, page: ThreadPage) -> list[ThreadRow]:
        language, now = await self._language(), clock.now()
        return [ThreadRow.of(thread, language, now) for thread in page.threads]

    def _remember(self, page: ThreadPage) -> None:
        self._following = page.following
        self.has_older = page.following is not None

    async def _announce(self, rows: list[ThreadRow]) -> None:
        """Say politely that an answer came, but not what was there when the page was opened."""
        known = {row.id for row in self.threads if row.status == "new"}
        fresh = [row for row in rows if row.status == "new" and row.id not in known]
        arrived = self.shown_for == self._key and bool(fresh)
        self.announcement = await self._text("inbox.arrived", service=fresh[0].service) if arrived else ""
