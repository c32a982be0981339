"""An open conversation: its messages, and the reply."""

from datetime import datetime
from typing import Any

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.context import NotFoundError
from digihelse_app.access.permissions import Permission
from digihelse_app.models.codes import SenderKind, ServiceKind
from digihelse_app.outside import clock
from digihelse_app.services import archive, inbox, people, sending, thread_export
from digihelse_app.services.inbox import OpenThread
from digihelse_app.services.thread_list import BEGINNING, Cursor
from digihelse_app.state.announcing import Announcing
from digihelse_app.state.form import ids_of, text_of
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.nav import NavState
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.promises import promise_of
from digihelse_app.state.reflex_internals import query_of
from digihelse_app.state.rows import MessageRow, message_rows
from digihelse_app.text import dates

ARCHIVE_ID, TAKE_BACK_ID = "archive", "take-back"
"""The buttons that take each other's place; the one that comes has the focus of the one that was pressed."""


class ThreadState(Announcing, PersonState):
    """The conversation in the address. `thread_id` is what is shown, empty for none or not found.

    When it is missing, `subject` and `why_missing` say so; `_gone`: it was shown until just now. `_received`
    are the service's messages that are shown, oldest first: when (UTC), and id.
    """

    shown_for: str = "-"
    thread_id: str = ""
    missing: bool = False
    subject: str = ""
    service: str = ""
    service_phone: str = ""
    nursing_home: bool = False
    messages: list[MessageRow] = []
    newest: str = ""
    has_older: bool = False
    may_reply: bool = False
    closed: bool = False
    category: str = ""
    promise: str = ""
    promise_left: str = ""
    promise_passed: str = ""
    error: str = ""
    files_error: str = ""
    sent_key: str = ""
    archived: bool = False
    prints: int = 0
    _gone: bool = False
    why_missing: str = ""
    _since: Cursor | None = None
    _received: list[tuple[datetime, str]] = []

    @rx.event
    @in_background
    async def load(self):
        """Open the conversation the address names, or none."""
        self.error, self.files_error, self.announcement, self._since = "", "", "", None
        self._gone = False
        await self._read()

    @rx.event
    @in_background
    async def refresh(self):
        """Read it again where it is; what has come since is announced."""
        before = {message.id for message in self.messages}
        opened, shown_before, passed_before = self.thread_id, self.shown_for, self.promise_passed
        could_reply, was_gone = self.may_reply, self._gone
        await self._read(seen=False)
        if self.missing and (opened or was_gone):
            await self._say_missing("gone")
        if opened != self.thread_id or shown_before != self.shown_for:
            self._announce(await self._text("thread.gone_title") if self._gone else "")
            return
        # What is being written stays on the page when the conversation is closed meanwhile.
        self.may_reply = self.may_reply or (could_reply and self.closed)
        came = [row for row in self.messages if row.id not in before and not row.own]
        self._announce(await self._text("thread.arrived", service=self.service) if came else "")
        if self.promise_passed and not passed_before:
            self._announce(self.promise_passed)

    @rx.event
    @in_background
    async def looked_at(self):
        """What has come is in view (assets/pulse.js knows whether anyone can see the page)."""
        if not self.thread_id:
            return None
        await inbox.mark_seen(await self._acting(), self.thread_id)
        return [InboxState.load, NavState.load]

    @rx.event
    @signed_in
    async def show_older(self):
        """Show more of what was written before."""
        await self._read(older=True)

    @rx.event
    @signed_in
    async def put_away(self, composed_for: str):
        """Archive one's own copy; the page stays, and offers to take it back."""
        await archive.put_away(await self._acting_for(composed_for), self.thread_id)
        await self._read()
        self._announce(await self._text("thread.archived_status"))
        return [rx.set_focus(TAKE_BACK_ID), InboxState.load, NavState.load]

    @rx.event
    @signed_in
    async def take_back(self, composed_for: str):
        """Put the copy back in the inbox."""
        await archive.take_back(await self._acting_for(composed_for), self.thread_id)
        await self._read()
        self._announce(await self._text("thread.taken_back_status"))
        return [rx.set_focus(ARCHIVE_ID), InboxState.load]

    @rx.event
    @signed_in
    async def print_all(self):
        """Show every message, and have assets/inbox.js print the page."""
        await thread_export.note_printing(await self._acting(), self.thread_id)
        self._since = BEGINNING
        await self._read()
        self.prints += 1

    @rx.event
    @signed_in
    async def reply(self, form: dict[str, Any]):
        """Answer in the conversation on the page."""
        acting = await self._acting_for(form.get("person", ""))
        draft = sending.Draft(
            text_of(form, "body"), text_of(form, "key"), attachments=ids_of(form, "attachments")
        )
        sent = await sending.reply(acting, text_of(form, "thread"), draft)
        errors = {name: await self._text(key) for name, key in sent.errors.items()}
        self.files_error = errors.pop("attachments", "")
        self.error = next(iter(errors.values()), "")
        if sent.errors:
            return [rx.set_focus("reply-body" if self.error else "reply-files")]
        await self._read()
        # Whatever the page shows by now, what was sent is received: the form forgets it by this.
        self.sent_key = draft.idempotency_key
        self._announce(await self._text("thread.sent_status"))
        return [InboxState.load]

    @rx.event
    @signed_in
    async def send_again(self, form: dict[str, Any]):
        """Hand a message that did not arrive over once more."""
        acting = await self._acting_for(form.get("person", ""))
        await sending.send_again(acting, text_of(form, "message"))
        await self._read()
        self._announce(await self._text("thread.tried_again"))
        return [InboxState.load]

    async def _read(self, *, seen: bool = True, older: bool = False) -> None:
        self.shown_for = self._key
        wanted = query_of(self).get(routes.THREAD_QUERY, "")
        acting = await self._acting()
        if not wanted or Permission.READ_MESSAGES not in acting.permissions:
            self._close(missing=False)
            return
        since = self._since if wanted == self.thread_id else None
        try:
            opened = await inbox.open_thread(acting, wanted, since, seen=seen, older=older)
        except NotFoundError:
            self._close(missing=True)
            await self._say_missing("not_found")
            return
        await self._show(opened, await people.name_of_represented(acting))

    def _close(self, *, missing: bool) -> None:
        """Nothing of a conversation stays on the page, nor in the browser."""
        self.reset()
        self.shown_for, self.missing = self._key, missing

    async def _say_missing(self, why: str) -> None:
        """In place of a conversation, why there is none: `not_found`, or `gone` when it was just here."""
        self._gone = why == "gone"
        self.subject = await self._text(f"thread.{why}_title")
        self.why_missing = await self._text(f"thread.{why}_text")

    async def _show(self, opened: OpenThread, represented: str) -> None:
        self.thread_id, self.missing, self._gone, self.why_missing = opened.thread.id, False, False, ""
        self.subject, self.service = opened.thread.subject, opened.service.name
        self.service_phone = dates.kept_together(opened.service.phone)
        self.nursing_home = opened.service.kind is ServiceKind.NURSING_HOME
        self.messages = message_rows(opened, represented, await self._language(), clock.now())
        self._received = [
            (one.sent_at, one.id) for one in opened.messages if one.sender is SenderKind.SERVICE
        ]
        self.newest = self.messages[-1].id if self.messages else ""
        self.has_older, self.may_reply = opened.has_older, opened.may_reply
        self._since, self.archived = opened.first, opened.archived
        self.closed = opened.thread.closed_at is not None
        self.category = opened.thread.category_name
        promise = promise_of(opened.thread.reply_due_on, await self._language(), clock.now())
        self.promise, self.promise_left, self.promise_passed = promise.day, "", promise.passed
        if promise.left:
            left = dates.capitalised(promise.left)
            self.promise_left = await self._text("promise.if_not", left=left, service=self.service)
