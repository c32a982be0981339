"""A conversation: its messages, how far the newest has come, and the field to answer in."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx

from digihelse_app.components.attachments import attached, attachment_field
from digihelse_app.components.contact import phone_link
from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import alert
from digihelse_app.components.designsystemet.forms import counter, field, textarea
from digihelse_app.components.designsystemet.text import data, paragraph
from digihelse_app.components.drafts import draft_note, kept_as
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.components.person import face, on_behalf, send_words
from digihelse_app.components.sending import composed_for
from digihelse_app.components.threads import service_icon
from digihelse_app.components.urgent_words import urgent_notice, watched
from digihelse_app.routes import COMPOSE
from digihelse_app.services.sending import BODY_LIMIT
from digihelse_app.state.circle import CircleState
from digihelse_app.state.language import t
from digihelse_app.state.nav import NavState
from digihelse_app.state.rows import MessageRow
from digihelse_app.state.thread import ThreadState


def message_log(*below: rx.Component) -> rx.Component:
    """The messages, oldest first, under a heading for each day; `below` scrolls with them."""
    older = rx.cond(
        ThreadState.has_older,
        button(t("thread.older"), variant="secondary", on_click=ThreadState.show_older, id="older-messages"),
        rx.fragment(),
    )
    return rx.el.div(
        older,
        rx.el.div(
            rx.foreach(ThreadState.messages, _message),
            class_name="messages",
            role="log",
            aria_label=t("thread.messages"),
        ),
        *below,
        class_name="log",
        role="group",
        aria_labelledby="thread-title",
        tab_index=0,
        id="log",
        custom_attrs={"data-newest": ThreadState.newest, "data-prints": ThreadState.prints.to(str)},
    )


def seen_button() -> rx.Component:
    """Nobody sees it; assets/pulse.js presses it when something new has come into view."""
    return rx.el.button(id="pulse-seen", type="button", hidden=True, on_click=ThreadState.looked_at)


def _message(row: rx.Var[MessageRow]) -> rx.Component:
    day = rx.cond(row.day != "", rx.el.p(rx.el.span(row.day), class_name="day"), rx.fragment())
    article = rx.el.article(
        _by(row),
        rx.el.p(row.body, class_name="txt", custom_attrs=data(color=_side(row))),
        attached(row.files),
        rx.cond(row.failed, _failed(row), rx.fragment()),
        rx.cond(row.shows_chain, _chain(row), rx.fragment()),
        rx.cond(row.in_progress != "", _meta("hourglass", row.in_progress), rx.fragment()),
        rx.cond(row.meta != "", _meta("check-circle", row.meta), rx.fragment()),
        rx.cond(CircleState.reads.contains(row.id), _meta("eye", CircleState.reads[row.id]), rx.fragment()),
        class_name=rx.cond(row.own, "msg own", "msg svc"),
    )
    return rx.fragment(day, article, key=row.id)


def _side(row: rx.Var[MessageRow]) -> rx.Var[str]:
    return rx.cond(row.own, rx.cond(row.acting, "acting", "accent"), rx.Var("undefined"))


def _by(row: rx.Var[MessageRow]) -> rx.Component:
    sign = rx.cond(
        row.own,
        rx.cond(row.acting, face(row.initials, color="acting", size="sm"), face(row.initials, size="sm")),
        rx.el.span(service_icon(ThreadState.nursing_home, small=True), class_name="mono"),
    )
    behalf = rx.cond(row.on_behalf != "", row.on_behalf + " · " + row.time, row.time)
    return rx.el.div(sign, rx.el.p(rx.el.b(row.by), rx.el.span(behalf)), class_name="by")


def _meta(symbol: str, words: rx.Var[str]) -> rx.Component:
    return rx.el.p(icon(symbol, small=True), rx.el.span(words), class_name="meta")


def _failed(row: rx.Var[MessageRow]) -> rx.Component:
    """That it did not arrive, whom to call, and one tap to have it handed over again."""
    call = rx.cond(
        ThreadState.service_phone != "",
        paragraph(
            t("thread.failed_call", service=ThreadState.service),
            phone_link(ThreadState.service_phone, class_name="ds-link"),
            ".",
        ),
        paragraph(t("thread.failed_no_phone")),
    )
    again = rx.el.form(
        composed_for(),
        rx.el.input(type="hidden", name="message", value=row.id, read_only=True),
        button(t("thread.try_again"), type="submit", variant="secondary"),
        on_submit=ThreadState.send_again,
    )
    return alert(call, again, color="danger", class_name="stack s")


def _chain(row: rx.Var[MessageRow]) -> rx.Component:
    steps = [
        ("sent", row.sent),
        ("delivered", row.delivered),
        ("opened", row.opened),
        ("answered", row.answered),
    ]
    return rx.el.ol(
        *(_step(name, time) for name, time in steps), class_name="chain", aria_label=t("thread.chain")
    )


def _step(name: str, time: rx.Var[str]) -> rx.Component:
    done = time != ""
    return rx.el.li(
        rx.el.i(rx.cond(done, icon("check", small=True), rx.fragment()), aria_hidden=True),
        rx.el.span(
            t(f"thread.{name}"), rx.cond(done, rx.el.span(", ", t("thread.done"), class_name="sr"), "")
        ),
        rx.cond(done, rx.el.small(time), rx.fragment()),
        custom_attrs={"data-done": rx.cond(done, "true", rx.Var("undefined"))},
    )


def reply_form() -> rx.Component:
    """The field to answer in; emptied by the receipt, never by the press of the button.

    It stays, with what is written in it, when the conversation is closed meanwhile.
    """
    return rx.fragment(rx.cond(ThreadState.closed, closed_note(), rx.fragment()), _reply_form())


def _reply_form() -> rx.Component:
    return rx.el.form(
        composed_for(),
        rx.el.input(type="hidden", name="thread", value=ThreadState.thread_id, read_only=True),
        field(
            textarea(
                "reply-body",
                name="body",
                error=ThreadState.error,
                rows=3,
                custom_attrs=watched("reply-urgent"),
            ),
            id="reply-body",
            label=rx.fragment(
                t("thread.reply"),
                rx.el.span(" ", t("thread.to_service", service=ThreadState.service), class_name="lbl"),
            ),
            error=ThreadState.error,
            counter=counter(BODY_LIMIT, under=t("compose.left"), over=t("compose.over")),
        ),
        attachment_field("reply-files", error=ThreadState.files_error),
        urgent_notice("reply-urgent"),
        draft_note(),
        rx.cond(FOR != "", on_behalf(NavState.acting_name, NavState.acting_initials), rx.fragment()),
        rx.el.div(
            button(
                icon("send"), send_words(t("thread.send"), NavState.acting_first), type="submit", size="lg"
            ),
            class_name="send",
        ),
        on_submit=ThreadState.reply,
        class_name="reply",
        key=ThreadState.thread_id + "|" + FOR + "|" + ThreadState.sent_key,
        custom_attrs=kept_as(ThreadState.thread_id, ThreadState.sent_key),
    )


def closed_note() -> rx.Component:
    """In place of the field when one may not answer: why, and what to do instead."""
    why = rx.cond(ThreadState.closed, t("thread.closed"), t("thread.not_open", service=ThreadState.service))
    write_new = rx.fragment(
        paragraph(why), button_link(icon("write"), t("thread.write_new"), to=COMPOSE, variant="secondary")
    )
    return rx.el.div(
        rx.cond(NavState.writes, write_new, paragraph(NavState.may)),
        class_name="reply",
    )
