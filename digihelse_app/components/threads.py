"""Conversations in a list."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportAttributeAccessIssue=false, reportReturnType=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.designsystemet.feedback import tag
from digihelse_app.components.icons import icon
from digihelse_app.components.links import person_link
from digihelse_app.components.promise import promise_line
from digihelse_app.state.language import t
from digihelse_app.state.rows import ThreadRow


def service_icon(nursing_home: rx.Var[bool], *, small: bool = False) -> rx.Component:
    """The sign of the service: a house of one's own, or a home for many."""
    return rx.cond(nursing_home, icon("hospital", small=small), icon("home-care", small=small))


def status_tag(status: rx.Var[str]) -> rx.Component:
    """Where the conversation stands, in a word with an icon."""
    return rx.match(
        status,
        ("new", tag(t("inbox.new_answer"), symbol="chat", filled=True, solid=True, color="accent")),
        ("failed", tag(t("inbox.failed"), symbol="warning", color="danger")),
        ("waiting", tag(t("inbox.waiting"), symbol="hourglass")),
        ("closed", tag(t("inbox.closed"))),
        tag(t("inbox.answered"), symbol="check", color="success"),
    )


def _state(row: rx.Var[ThreadRow]) -> rx.Component:
    """The promise while one waits for an answer, else where the conversation stands."""
    promised = (row.promise != "") | (row.promise_passed != "")
    return rx.cond(promised, promise_line(row), status_tag(row.status))


def _marks(row: rx.Var[ThreadRow]) -> rx.Component:
    """Who answers it, that an answer was begun, that it was found in the archive, and that it is hidden."""
    return rx.fragment(
        rx.cond(row.taken != "", taken_tag(row.taken, row.taken_by_proxy), rx.fragment()),
        rx.cond(row.draft, tag(t("inbox.draft"), symbol="write", color="info"), rx.fragment()),
        rx.cond(row.archived, tag(t("inbox.archived")), rx.fragment()),
        rx.cond(row.hidden != "", tag(row.hidden), rx.fragment()),
    )


def taken_tag(words: rx.Var[str], by_proxy: rx.Var[bool]) -> rx.Component:
    """Who of the circle has said that she answers."""
    return tag(words, symbol="person", color=rx.cond(by_proxy, "acting", "neutral"))


def begun_item() -> rx.Component:
    """A message that was begun and not sent, as a row that goes on with it."""
    return rx.el.li(
        person_link(
            rx.el.span(icon("write"), class_name="mono"),
            rx.el.span(
                rx.el.span(t("inbox.begun"), class_name="sub"),
                rx.el.span(t("inbox.begun_text"), class_name="pre"),
                rx.el.span(tag(t("inbox.draft"), symbol="write", color="info"), class_name="foot"),
            ),
            to=routes.COMPOSE,
            class_name="item",
        )
    )


def thread_item(row: rx.Var[ThreadRow], current: rx.Var[bool] | bool = False) -> rx.Component:
    """One conversation as a link that opens it."""
    return rx.el.li(
        person_link(
            rx.el.span(service_icon(row.nursing_home), class_name="mono"),
            rx.el.span(
                rx.el.span(
                    rx.el.span(row.service, class_name="svc"),
                    rx.el.time(row.when),
                    class_name="t",
                ),
                rx.el.span(row.subject, class_name="sub"),
                rx.el.span(row.preview, class_name="pre"),
                rx.el.span(_state(row), _marks(row), class_name="foot"),
            ),
            to=routes.INBOX + f"?{routes.THREAD_QUERY}=" + row.id,
            class_name="item",
            custom_attrs={
                "data-unread": rx.cond(row.status == "new", "true", rx.Var("undefined")),
                "aria-current": rx.cond(current, "true", rx.Var("undefined")),
            },
        ),
        key=row.id,
    )
