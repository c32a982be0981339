"""An open visit: what it is, what became of it, and of the request to cancel it."""

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.context import NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import CancellationStatus
from digihelse_app.outside import clock
from digihelse_app.services import visits
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background
from digihelse_app.state.reflex_internals import query_of
from digihelse_app.state.visit_detail import VisitDetail, detail

NONE = VisitDetail()


class VisitState(PersonState):
    """The visit in the address. `visit_id` is what is shown, empty for none or not found."""

    shown_for: str = "-"
    visit_id: str = ""
    missing: bool = False
    detail: VisitDetail = NONE
    announcement: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Open the visit the address names, or none."""
        self.announcement = ""
        await self._read()

    @rx.event
    @in_background
    async def refresh(self):
        """Read it again where it is; what has come since is announced."""
        before, shown_before = self.detail, self.shown_for
        await self._read()
        now = self.detail
        same = before.id and before.id == now.id and shown_before == self.shown_for
        if not same or now == before:
            return
        if now.asked != before.asked and now.asked.status != CancellationStatus.REQUESTED:
            self.announcement = f"{now.asked.title}. {now.asked.text} {now.asked.answer}".strip()
        elif (now.day, now.time) != (before.day, before.time):
            self.announcement = await self._text("visit_row.moved_now", day=now.day, time=now.time)
        elif now.tags != before.tags:
            self.announcement = ", ".join(tag.text for tag in now.tags)

    async def _read(self) -> None:
        wanted = query_of(self).get(routes.VISIT_QUERY, "")
        acting = await self._acting()
        self.shown_for = self._key
        self.visit_id, self.missing = "", False
        if not wanted or (acting.for_self and Permission.SEE_VISITS not in acting.permissions):
            self.detail, self.missing = NONE, bool(wanted)
            return
        try:
            opened = await visits.open_visit(acting, wanted)
        except NotFoundError:
            self.detail, self.missing = NONE, True
            return
        self.visit_id = opened.visit.id
        self.detail = detail(opened, acting.actor_id, await self._language(), clock.now())
