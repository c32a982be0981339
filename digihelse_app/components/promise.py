"""The promise of an answer: by when, how long that is, and what to do when it has passed."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app.components.contact import phone_link
from digihelse_app.components.designsystemet.text import data
from digihelse_app.components.icons import icon
from digihelse_app.state.compose import ComposeState
from digihelse_app.state.language import t
from digihelse_app.state.rows import ThreadRow
from digihelse_app.state.thread import ThreadState


def promise_line(row: rx.Var[ThreadRow]) -> rx.Component:
    """The promise on a row of a list: words alone, for the row itself is a link."""
    standing = rx.el.span(
        icon("clock"),
        rx.el.span(
            t("promise.by"),
            " ",
            rx.el.strong(row.promise),
            rx.el.span(row.promise_left, class_name="left"),
        ),
        class_name="promise",
    )
    passed = rx.el.span(
        icon("warning"),
        rx.el.span(row.promise_passed),
        class_name="promise",
        custom_attrs=data(color="warning"),
    )
    return rx.cond(row.promise_passed != "", passed, standing)


def promise_box() -> rx.Component:
    """At the end of the open conversation: the promise and what to do, or that it has passed."""
    standing = rx.el.p(
        icon("clock"),
        rx.el.span(
            t("promise.by"),
            " ",
            rx.el.strong(ThreadState.promise),
            rx.el.span(ThreadState.promise_left, class_name="left"),
        ),
        class_name="promise box",
    )
    return rx.cond(
        ThreadState.promise_passed != "",
        _passed(),
        rx.cond(ThreadState.promise != "", standing, rx.fragment()),
    )


def _passed() -> rx.Component:
    call = rx.cond(
        ThreadState.service_phone != "",
        rx.el.span(
            t("promise.call_before", service=ThreadState.service),
            phone_link(ThreadState.service_phone, class_name="ds-link"),
            t("promise.call_after"),
        ),
        rx.el.span(t("promise.call_no_phone", service=ThreadState.service)),
    )
    return rx.el.p(
        icon("warning"),
        rx.el.span(ThreadState.promise_passed, " ", call),
        class_name="promise box",
        custom_attrs=data(color="warning"),
    )


def promise_before_sending() -> rx.Component:
    """Above the button: by when an answer comes if it is sent now, and when messages are read."""
    promised = rx.el.span(t("promise.before"), " ", rx.el.strong(ComposeState.promise), ".")
    hours = rx.el.span(t("promise.hours", hours=ComposeState.hours), class_name="left")
    return rx.el.p(
        icon("clock"),
        rx.el.span(
            rx.cond(ComposeState.promise != "", promised, rx.el.span(t("compose.after"))),
            rx.cond(ComposeState.hours != "", hours, rx.el.span(t("compose.not_urgent"), class_name="left")),
        ),
        class_name="promise box",
        role="status",
    )
