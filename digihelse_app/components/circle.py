"""The circle of a conversation on its page: who sees it, who answers, shared notes, and hiding it."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx

from digihelse_app.components.designsystemet.actions import button
from digihelse_app.components.designsystemet.feedback import details
from digihelse_app.components.designsystemet.forms import field, textarea
from digihelse_app.components.designsystemet.text import paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.components.person import face
from digihelse_app.components.sending import composed_for
from digihelse_app.components.threads import taken_tag
from digihelse_app.state.circle import NOTE_ID, CircleState
from digihelse_app.state.circle_rows import NoteRow
from digihelse_app.state.language import t
from digihelse_app.state.thread import ThreadState

_IS_READ = CircleState.thread_id == ThreadState.thread_id


def _when(condition: rx.Var[bool], shown: rx.Component) -> rx.Component:
    """`shown` where it was read for the conversation on the page, and nothing before."""
    return rx.cond(_IS_READ & condition, shown, rx.fragment())


def seen_by_line() -> rx.Component:
    """Who else reads the conversation; for those in the circle alone."""
    line = rx.el.p(icon("eye"), rx.el.span(CircleState.seen_by), class_name="row muted seen-by")
    return _when(CircleState.seen_by != "", line)


def hiding() -> rx.Component:
    """Hides it from those who act for one, and shows it again; for the represented person herself."""
    shown = rx.el.div(
        button(
            icon("lock"),
            CircleState.hide_label,
            variant="tertiary",
            on_click=CircleState.keep(FOR, ~CircleState.hidden),
            custom_attrs={"aria-describedby": "hiding-words"},
        ),
        rx.el.p(CircleState.hide_text, id="hiding-words", class_name="muted"),
        class_name="tools hiding",
    )
    return _when(CircleState.hide_label != "", shown)


def circle_below() -> rx.Component:
    """Under the messages: who answers, and the shared notes."""
    return rx.cond(_IS_READ, rx.fragment(_who_answers(), _notes()), rx.fragment())


def _who_answers() -> rx.Component:
    """Before the field to answer in: who writes now, who has taken it, and taking it oneself."""
    tag = rx.el.p(taken_tag(CircleState.who, CircleState.by_proxy))
    press = button(
        CircleState.take_label,
        variant="secondary",
        on_click=CircleState.answer(FOR, CircleState.may_take),
    )
    shown = rx.el.div(
        rx.cond(CircleState.who != "", tag, rx.fragment()),
        rx.cond(CircleState.take_label != "", press, rx.fragment()),
        class_name="who-answers",
    )
    return rx.cond((CircleState.who + CircleState.take_label) != "", shown, rx.fragment())


def _notes() -> rx.Component:
    """The notes, folded away, and the field for one more."""
    some = (CircleState.seen_by != "") | (CircleState.notes.length() > 0)
    notes = details(
        CircleState.notes_title,
        paragraph(CircleState.notes_text, class_name="muted"),
        rx.el.ul(rx.foreach(CircleState.notes, _note), class_name="notes-list"),
        _note_form(),
    )
    return rx.cond(some, rx.el.div(notes, class_name="notes"), rx.fragment())


def _note(row: rx.Var[NoteRow]) -> rx.Component:
    sign = rx.cond(row.acting, face(row.initials, color="acting", size="sm"), face(row.initials, size="sm"))
    return rx.el.li(
        rx.el.div(sign, rx.el.p(rx.el.b(row.by), rx.el.span(row.when)), class_name="by"),
        rx.el.p(row.body, class_name="written"),
        key=row.id,
    )


def _note_form() -> rx.Component:
    return rx.el.form(
        composed_for(),
        rx.el.input(type="hidden", name="thread", value=CircleState.thread_id, read_only=True),
        field(
            textarea(NOTE_ID, name="note", error=CircleState.note_error, rows=2),
            id=NOTE_ID,
            label=t("circle.note"),
            error=CircleState.note_error,
        ),
        button(t("circle.share"), type="submit", variant="secondary"),
        on_submit=CircleState.write_note,
        class_name="stack s",
        key=CircleState.thread_id + "|" + FOR + "|" + CircleState.note_key,
        custom_attrs={"data-sent-key": CircleState.note_key},
    )
