"""What one may do with one's own copy of a conversation: keep it as a file, print it, put it away."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.designsystemet.actions import button, button_anchor
from digihelse_app.components.designsystemet.feedback import alert
from digihelse_app.components.designsystemet.text import paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.state.language import LanguageState, t
from digihelse_app.state.thread import ARCHIVE_ID, TAKE_BACK_ID, ThreadState


def thread_tools() -> rx.Component:
    """Download, print, and archive or take back."""
    before, after = routes.THREAD_PDF.split("{thread_id}")
    query = f"?{routes.LANGUAGE_QUERY}=" + LanguageState.code
    person = rx.cond(FOR != "", f"&{routes.FOR_QUERY}=" + FOR, "").to(str)
    return rx.el.div(
        button_anchor(
            icon("download"),
            t("thread.download"),
            href=before + ThreadState.thread_id + after + query + person,
            variant="tertiary",
        ),
        button(icon("printer"), t("thread.print"), variant="tertiary", on_click=ThreadState.print_all),
        rx.cond(
            ThreadState.archived,
            rx.fragment(),
            button(
                icon("archive"),
                t("thread.archive"),
                variant="tertiary",
                on_click=ThreadState.put_away(FOR),
                id=ARCHIVE_ID,
            ),
        ),
        role="group",
        aria_label=t("thread.tools"),
        class_name="tools",
    )


def archived_note() -> rx.Component:
    """That the copy is put away, with the way back beside it."""
    note = alert(
        rx.el.div(
            paragraph(t("thread.archived")),
            button(
                t("thread.take_back"),
                variant="secondary",
                on_click=ThreadState.take_back(FOR),
                id=TAKE_BACK_ID,
            ),
            class_name="stack s",
        ),
        class_name="put-away",
    )
    return rx.cond(ThreadState.archived, note, rx.fragment())
