"""An open visit: what it is, what became of it, and of the request to cancel it."""

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.context import NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import CancellationStatus
from digihelse_app.outside import clock
from digihelse_app.services import hiding, visits
from digihelse_app.state.announcing import Announcing
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.reflex_internals import query_of
from digihelse_app.state.visit_detail import VisitDetail, detail

NONE = VisitDetail()


class VisitState(Announcing, PersonState):
    """The visit in the address. `visit_id` is what is shown, empty for none or not found.

    `gone`: it was shown until just now. `hidden`: the reader keeps it from all who act for her.
    """

    shown_for: str = "-"
    visit_id: str = ""
    missing: bool = False
    detail: VisitDetail = NONE
    may_hide: bool = False
    hidden: bool = False
    gone: bool = False

    @rx.event
    @in_background
    async def load(self):
        """Open the visit the address names, or none."""
        self.announcement, self.gone = "", False
        await self._read()

    @rx.event
    @in_background
    async def refresh(self):
        """Read it again where it is; what has come since is announced."""
        before, shown_before, was_gone = self.detail, self.shown_for, self.gone
        await self._read()
        now = self.detail
        self.gone = self.missing and (bool(before.id) or was_gone)
        if self.gone and not was_gone:
            self._announce(await self._text("visit.gone_title"))
        same = before.id and before.id == now.id and shown_before == self.shown_for
        if not same or now == before:
            return
        if now.asked != before.asked and now.asked.status != CancellationStatus.REQUESTED:
            self._announce(f"{now.asked.title}. {now.asked.text} {now.asked.answer}".strip())
        elif (now.day, now.time) != (before.day, before.time):
            self._announce(await self._text("visit_row.moved_now", day=now.day, time=now.time))
        elif now.tags != before.tags:
            self._announce(", ".join(tag.text for tag in now.tags))

    @rx.event
    @signed_in
    async def hide(self, composed_for: str):
        """Keep the visit from all who act for one."""
        await hiding.hide_visit(await self._acting_for(composed_for), self.visit_id)
        await self._read()
        self._announce(await self._text("circle.visit_hidden_status"))

    @rx.event
    @signed_in
    async def show(self, composed_for: str):
        """Let them see it again."""
        await hiding.show_visit(await self._acting_for(composed_for), self.visit_id)
        await self._read()
        self._announce(await self._text("circle.visit_shown_status"))

    async def _read(self) -> None:
        wanted = query_of(self).get(routes.VISIT_QUERY, "")
        acting = await self._acting()
        self.shown_for = self._key
        self.visit_id, self.missing = "", False
        self.may_hide = self.hidden = False
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
        if Permission.HIDE_FROM_PROXIES in acting.permissions:
            kept = await hiding.of_visit(acting, opened.visit.id)
            self.hidden, self.may_hide = kept.hidden, kept.offered
