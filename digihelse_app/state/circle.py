"""The circle of the open conversation: who reads it, who answers, the notes they share, and hiding it."""

from typing import Any

import reflex as rx

from digihelse_app.access.context import ActingContext, NotFoundError
from digihelse_app.outside import clock
from digihelse_app.services import circle, circle_notes, circle_taking, hiding
from digihelse_app.services.circle import Circle
from digihelse_app.services.hiding import Hiding
from digihelse_app.state import circle_rows
from digihelse_app.state.announcing import Announcing
from digihelse_app.state.circle_rows import NoteRow
from digihelse_app.state.form import text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.rows import initials, taken_words
from digihelse_app.state.thread import ThreadState

NOTE_ID = "circle-note"


class CircleState(Announcing, PersonState):
    """What the reader is told of the others. `thread_id` is of which conversation, empty for none.

    `reads` has, by message id, who has read that far. `who` says who answers, `by_proxy` that one of them
    acts for another. The labels of the buttons are empty where there is none; that they come from here keeps
    them out of every first load. `note_key` names the note that was received last.
    """

    thread_id: str = ""
    seen_by: str = ""
    reads: dict[str, str] = {}
    who: str = ""
    by_proxy: bool = False
    may_take: bool = False
    take_label: str = ""
    hide_label: str = ""
    hide_text: str = ""
    hidden: bool = False
    notes: list[NoteRow] = []
    notes_title: str = ""
    notes_text: str = ""
    note_error: str = ""
    note_key: str = ""
    _answering: str = ""
    _taken: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read it for the conversation that has just been opened."""
        self.note_error = self.announcement = ""
        await self._read()

    @rx.event
    @in_background
    async def refresh(self):
        """Read it again; what the others have done since is announced."""
        thread, known, who = self.thread_id, {row.id for row in self.notes}, (self._answering, self._taken)
        await self._read()
        if thread != self.thread_id or not self.thread_id:
            return
        you = await self._text("circle.you")
        came = [row.by for row in self.notes if row.id not in known and row.by != you]
        if came:
            self._announce(await self._text("circle.note_came", name=came[-1]))
        else:
            self._announce(self._answering or self._taken if who != (self._answering, self._taken) else "")

    @rx.event
    @signed_in
    async def answer(self, composed_for: str, takes: bool):
        """Say that one answers, or (not `takes`) that one does not after all."""
        act = circle_taking.take if takes else circle_taking.let_go
        await act(await self._acting_for(composed_for), self.thread_id)
        await self._read()
        self._announce(self._taken if takes else await self._text("circle.let_go_status"))

    @rx.event
    @signed_in
    async def write_note(self, form: dict[str, Any]):
        """Share a note with the circle."""
        acting = await self._acting_for(form.get("person", ""))
        key = text_of(form, "key")
        written = await circle_notes.write(acting, text_of(form, "thread"), text_of(form, "note"), key)
        error = next(iter(written.errors.values()), "")
        self.note_error = await self._text(error) if error else ""
        if error:
            return [rx.set_focus(NOTE_ID)]
        self.note_key = key
        await self._read()
        self._announce(await self._text("circle.note_written"))
        return [rx.set_focus(NOTE_ID)]

    @rx.event
    @signed_in
    async def keep(self, composed_for: str, hides: bool):
        """Keep the conversation from all who act for one, or (not `hides`) let them read it again."""
        act = hiding.hide_thread if hides else hiding.show_thread
        await act(await self._acting_for(composed_for), self.thread_id)
        await self._read()
        self._announce(await self._text("circle.hidden_status" if hides else "circle.shown_status"))

    async def _read(self) -> None:
        """Of the conversation that ThreadState shows, if it shows one."""
        opened = await self.get_state(ThreadState)
        if not opened.thread_id:
            self.reset()
            return
        acting = await self._acting()
        try:
            around = await circle.around(acting, opened.thread_id)
            notes = await circle_notes.list_notes(acting, opened.thread_id)
        except NotFoundError:  # hidden since it was opened
            self.reset()
            return
        language, now = await self._language(), clock.now()
        await self._show(around, acting)
        self.thread_id = opened.thread_id
        self.reads = circle_rows.read_by(around.reads, opened._received, language, now)
        faces = {note.author_name: initials(note.author_name) for note in notes}
        self.notes = circle_rows.note_rows(notes, acting.actor_id, faces, language, now)
        self.notes_text = await self._text("circle.notes_text")
        self.notes_title = await self._text("circle.notes_n" if notes else "circle.notes", n=len(notes))

    async def _show(self, around: Circle, acting: ActingContext) -> None:
        language = await self._language()
        self.seen_by = circle_rows.seen_by(around, language)
        self._answering = circle_rows.answering(around, language)
        self._taken = taken_words(around.taken, acting.actor_id, language)
        by_you = around.taken is not None and around.taken.person_id == acting.actor_id

        if around.taken is not None and around.taken.person_id in {one.person_id for one in around.answering}:
            self._taken = ""  # said better by that she writes
        self.who = " · ".join(filter(None, (self._taken, self._answering)))
        proxies = [one.is_proxy for one in around.answering]
        self.by_proxy = any(proxies) or (around.taken is not None and around.taken.by_proxy)
        self.may_take = around.may_take
        take = "circle.take" if around.may_take else "circle.let_go" if by_you else ""
        self.take_label = await self._text(take) if take else ""
        await self._show_hiding(around.hiding)

    async def _show_hiding(self, kept: Hiding | None) -> None:
        self.hidden = kept is not None and kept.hidden
        self.hide_label = self.hide_text = ""
        if kept is not None and kept.offered:
            self.hide_label = await self._text("circle.show" if kept.hidden else "circle.hide")
            self.hide_text = await self._text("circle.hidden_text" if kept.hidden else "circle.hide_text")
