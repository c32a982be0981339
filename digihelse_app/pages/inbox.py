"""The inbox: the list of conversations, and beside or instead of it the one that is open."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.circle import circle_below, hiding, seen_by_line
from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import skeleton_rows
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.frame import back_link, live_region, title_heading
from digihelse_app.components.icons import icon
from digihelse_app.components.links import THREAD
from digihelse_app.components.messages import closed_note, message_log, reply_form, seen_button
from digihelse_app.components.promise import promise_box
from digihelse_app.components.search import inbox_search, service_choice, view_chips
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.components.thread_tools import archived_note, thread_tools
from digihelse_app.components.threads import begun_item, service_icon, thread_item
from digihelse_app.state.circle import CircleState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.language import t
from digihelse_app.state.nav import NavState
from digihelse_app.state.thread import ThreadState

ON_LOAD = on_load(ThreadState.load, CircleState.load, InboxState.load)


def inbox() -> rx.Component:
    """On a phone the list or the conversation; on a wide screen both."""
    return signed_in_page(
        "inbox.title",
        _pane(),
        seen_button(),
        live_region(InboxState.announcement),
        live_region(ThreadState.announcement),
        live_region(CircleState.announcement),
        top=_list(),
        active=routes.INBOX,
        layout="split",
        footer=False,
    )


def _list() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            # The open conversation is what the page is about, and on a phone all that is seen of it.
            rx.cond(
                THREAD != "", heading(t("inbox.title"), level=2, size="lg"), title_heading("inbox.title")
            ),
            rx.cond(
                NavState.writes,
                button_link(icon("write"), t("inbox.write"), to=routes.COMPOSE),
                rx.fragment(),
            ),
            class_name="list-head",
        ),
        rx.cond(InboxState.ready, rx.fragment(inbox_search(), view_chips(), service_choice()), rx.fragment()),
        # Always there, so that it is heard when it changes.
        rx.el.p(InboxState.found, role="status", class_name="found"),
        shown(InboxState.shown_for, _threads(), skeleton_rows(t("inbox.loading"), 3)),
        class_name=rx.cond(THREAD != "", "stack beside", "stack"),
    )


def _threads() -> rx.Component:
    older = rx.cond(
        InboxState.has_older,
        button(t("inbox.older"), variant="secondary", on_click=InboxState.show_older, id="older-threads"),
        rx.fragment(),
    )
    begun = InboxState.begun & ~InboxState.narrowed
    rows = rx.el.ul(
        rx.cond(begun, begun_item(), rx.fragment()),
        rx.foreach(InboxState.threads, lambda row: thread_item(row, row.id == THREAD)),
        class_name="rows",
        aria_label=t("inbox.list"),
    )
    some = rx.cond(
        (InboxState.threads.length() > 0) | begun,
        rx.fragment(rows, older),
        rx.cond(InboxState.narrowed, _none(), _empty()),
    )
    return rx.cond(InboxState.ready, some, _not_ready())


def _empty() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("envelope-open"), class_name="pic"),
        heading(t("inbox.empty_title"), level=2, size="xs"),
        paragraph(t("inbox.empty_text")),
        class_name="empty",
    )


def _none() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("search"), class_name="pic"),
        heading(t("inbox.none_title"), level=2, size="xs"),
        paragraph(t("inbox.none_text")),
        button(t("inbox.show_all"), variant="secondary", on_click=InboxState.show_all),
        class_name="empty",
        role="status",
    )


def _not_ready() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("hourglass"), class_name="pic"),
        heading(t("inbox.not_ready_title"), level=2, size="xs"),
        paragraph(t("inbox.not_ready_text")),
        button_link(t("inbox.not_ready_link"), to=routes.HOME, variant="secondary"),
        class_name="empty",
    )


def _pane() -> rx.Component:
    opened = rx.cond(
        ThreadState.missing,
        _missing(),
        rx.cond(ThreadState.thread_id == THREAD, _conversation(), skeleton_rows(t("thread.loading"))),
    )
    open_pane = rx.el.section(
        rx.el.div(back_link(routes.INBOX, "thread.back"), class_name="only-sm"),
        shown(ThreadState.shown_for, opened, skeleton_rows(t("thread.loading"))),
        class_name="pane stack l",
        aria_labelledby="thread-title",
    )
    return rx.cond(THREAD != "", open_pane, _pick())


def _conversation() -> rx.Component:
    return rx.fragment(
        rx.el.header(
            heading(
                ThreadState.subject,
                level=1,
                size="md",
                id="thread-title",
                takes_focus=True,
            ),
            rx.el.p(
                service_icon(ThreadState.nursing_home),
                rx.el.span(
                    ThreadState.service,
                    rx.cond(ThreadState.category != "", " · " + ThreadState.category, ""),
                ),
                class_name="row muted",
            ),
            seen_by_line(),
            thread_tools(),
            archived_note(),
            hiding(),
            class_name="stack s",
        ),
        message_log(circle_below()),
        promise_box(),
        rx.cond(ThreadState.may_reply, reply_form(), closed_note()),
    )


def _missing() -> rx.Component:
    return rx.el.div(
        heading(ThreadState.subject, level=1, size="xs", id="thread-title", takes_focus=True),
        paragraph(ThreadState.why_missing),
        button_link(t("thread.back_to_inbox"), to=routes.INBOX, variant="secondary"),
        class_name="empty",
    )


def _pick() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("chat"), class_name="pic"),
        heading(t("inbox.pick_title"), level=2, size="xs"),
        paragraph(t("inbox.pick_text")),
        class_name="pane empty only-lg-grid",
    )
