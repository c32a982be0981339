"""Asking for the open visit to be cancelled, and taking it back."""

from typing import Any

import reflex as rx

from digihelse_app import routes
from digihelse_app.models.codes import CancellationStatus
from digihelse_app.services import cancellation
from digihelse_app.services.cancellation import CancelRequest
from digihelse_app.state.form import text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.reflex_internals import query_of
from digihelse_app.state.visit import VisitState

COMMENT_ID = "cancel-comment"
RESULT_ID = "cancel-result"


class CancellingState(PersonState):
    """What came of the last act, for the visit `about`: `done` and `conflict` are sentences, empty for none.

    `done` holds while the request stands as `done_while` says (a CancellationStatus). `written` is the
    comment of a request that could not be made, so that it is not lost.
    """

    about: str = ""
    error: str = ""
    done: str = ""
    done_while: str = ""
    conflict: str = ""
    written: str = ""
    sent_key: str = ""

    @rx.event
    @in_background
    async def begin(self):
        """Another visit, or none: nothing has come of anything yet."""
        if query_of(self).get(routes.VISIT_QUERY, "") != self.about:
            self._tell("")

    @rx.event
    @signed_in
    async def cancel(self, form: dict[str, Any]):
        """Ask for the visit on the page to be cancelled, for whom the page was showing."""
        acting = await self._acting_for(form.get("person", ""))
        wanted = CancelRequest(text_of(form, "visit"), text_of(form, "key"), text_of(form, "comment"))
        came_to = await cancellation.request(acting, wanted)
        self._tell(wanted.visit_id)
        if came_to.errors:
            self.error = await self._text(next(iter(came_to.errors.values())))
            return rx.set_focus(COMMENT_ID)
        self.sent_key = wanted.idempotency_key
        if came_to.why_not is not None:
            self.conflict = await self._text(f"visit_row.conflict_{came_to.why_not}")
            self.written = wanted.comment.strip()
            return await self._show_result()
        self.done = await self._text("visit_row.cancel_sent")
        self.done_while = CancellationStatus.REQUESTED.value
        back = routes.acting_for(self._key, routes.visit(wanted.visit_id))
        return rx.redirect(back, replace=True)

    @rx.event
    @signed_in
    async def take_back(self, form: dict[str, Any]):
        """Take the request back that waits for an answer."""
        acting = await self._acting_for(form.get("person", ""))
        status = await cancellation.take_back(acting, text_of(form, "cancellation"))
        self._tell(query_of(self).get(routes.VISIT_QUERY, ""))
        if status is CancellationStatus.TAKEN_BACK:
            self.done, self.done_while = await self._text("visit_row.taken_back"), status.value
        else:
            self.conflict = await self._text("visit_row.answered_before")
        return await self._show_result()

    @rx.event
    @signed_in
    async def send_again(self, form: dict[str, Any]):
        """Hand a request that did not arrive over once more."""
        acting = await self._acting_for(form.get("person", ""))
        why_not = await cancellation.send_again(acting, text_of(form, "cancellation"))
        self._tell(query_of(self).get(routes.VISIT_QUERY, ""))
        if why_not is not None:
            self.conflict = await self._text(f"visit_row.conflict_{why_not}")
        else:
            self.done = await self._text("visit_row.tried_again")
            self.done_while = CancellationStatus.REQUESTED.value
        return await self._show_result()

    async def _show_result(self):
        """The visit as it stands now first: what came of the act is shown, and can be focused, beside it."""
        visit = await self.get_state(VisitState)
        await visit._read()
        return rx.set_focus(RESULT_ID)

    def _tell(self, about: str) -> None:
        """Say nothing yet, of the visit `about`."""
        self.about, self.error, self.done, self.conflict, self.written = about, "", "", "", ""
