"""A page for someone who is signed in: the frame, whom one acts for, failures, and what keeps it live."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportAttributeAccessIssue=false, reportArgumentType=false

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.designsystemet.actions import button, button_link, button_turn
from digihelse_app.components.designsystemet.feedback import alert
from digihelse_app.components.designsystemet.text import data, heading, paragraph
from digihelse_app.components.frame import page, title_heading
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR, plain_form
from digihelse_app.components.person import acting_band, person_tool
from digihelse_app.state.failures import FailureState
from digihelse_app.state.language import t
from digihelse_app.state.live import LiveState
from digihelse_app.state.nav import HelplineState, NavState
from digihelse_app.state.session import SessionState


def on_load(*own: Callable[..., Any]) -> list[Callable[..., Any]]:
    """What a signed-in page reads when it is opened; `own` first, since reading may change the counts."""
    return [FailureState.clear, SessionState.check, *own, NavState.load, HelplineState.load]


def signed_in_page(title: str | Var[str], *content: rx.Component, **frame: Any) -> rx.Component:
    """`frame.page` for someone signed in; takes the same arguments.

    What may not be seen while one acts for somebody gives way, whole, to a sentence that says so.
    """
    acting = NavState.shown_for == FOR
    stopped, lost = FailureState.stopped != "", FailureState.stopped == "lost"
    top, layout = frame.pop("top", None), frame.pop("layout", "page")
    return rx.fragment(
        page(
            title,
            failure_box(),
            rx.cond(stopped, rx.fragment(), rx.fragment(*content)),
            band=acting_band(
                rx.cond(acting, NavState.acting_name, ""),
                rx.cond(acting, NavState.acting_initials, ""),
                switch=routes.CHOOSE_PERSON,
            ),
            tools=[
                rx.cond(
                    NavState.helps & (NavState.shown_for != "-"),
                    person_tool(NavState.own_name, NavState.own_initials, to=routes.CHOOSE_PERSON),
                    rx.fragment(),
                )
            ],
            unread=rx.cond(acting, NavState.unread, 0),
            acting=(FOR != "") & ~lost,
            hidden_places={
                routes.INBOX: acting & ~NavState.sees_messages,
                routes.VISITS: acting & ~NavState.sees_visits,
            },
            way_in=~lost,
            top=None if top is None else rx.cond(stopped, title_heading(title), top),
            layout=layout if layout == "page" else rx.cond(stopped, "page", layout),
            **frame,
        ),
        session_warning(),
        pulse(),
    )


def failure_box() -> rx.Component:
    """What went wrong with the last thing tried; the region is always there, so that it is announced."""
    sentence = rx.match(
        FailureState.kind,
        *((kind, t(f"failure.{kind}")) for kind in ("denied", "not_found", "other_person", "outdated")),
        t("failure.unexpected"),
    )
    box = alert(heading(t("failure.title"), level=2, size="xs"), paragraph(sentence), color="danger")
    told = rx.cond(FailureState.stopped != "", _stopped(), box)
    return rx.el.div(
        rx.cond(FailureState.kind != "", told, rx.fragment()), role="alert", class_name="failure"
    )


def _stopped() -> rx.Component:
    """What one may not see, in the place of the page, and a way on."""
    onward = rx.match(
        FailureState.stopped,
        ("lost", button_turn(t("failure.as_oneself"), to=routes.HOME, size="lg")),
        ("own", button_turn(t("failure.own"), to=FailureState.way_on, size="lg")),
        button_link(FailureState.way_text, to=FailureState.way_on, size="lg"),
    )
    return rx.el.div(
        rx.el.span(icon("lock"), class_name="pic"),
        heading(FailureState.title, level=2, size="xs"),
        paragraph(FailureState.text),
        onward,
        class_name="empty",
    )


def shown(state_shown_for: Var[str], content: rx.Component, waiting: rx.Component) -> rx.Component:
    """`content` once it was read for the person in the address, `waiting` until then."""
    return rx.cond(state_shown_for == FOR, content, waiting)


def session_warning() -> rx.Component:
    """Two minutes before the session ends; opened by assets/pulse.js when the server says so."""
    over = rx.fragment(
        paragraph(t("session.over", when=SessionState.over_at)),
        rx.el.div(button(t("session.close"), on_click=SessionState.close, size="lg"), class_name="stack"),
    )
    return rx.el.dialog(
        heading(t("session.title"), level=2, size="sm", id="session-title"),
        rx.cond(SessionState.over_at != "", over, _idle()),
        id="session-warning",
        class_name="ds-dialog",
        aria_labelledby="session-title",
    )


def _idle() -> rx.Component:
    return rx.fragment(
        paragraph(t("session.text")),
        rx.el.div(
            button(t("session.extend"), on_click=SessionState.extend, size="lg"),
            plain_form(
                button(t("session.sign_out"), type="submit", variant="tertiary"), action=routes.LOGOUT
            ),
            class_name="stack",
        ),
    )


def pulse() -> rx.Component:
    """Two buttons that nobody sees and assets/pulse.js presses: look again, and ask how long is left."""
    return rx.el.div(
        rx.el.button(id="pulse-refresh", type="button", on_click=LiveState.refresh, tab_index=-1),
        rx.el.button(
            id="pulse-check",
            type="button",
            on_click=SessionState.check,
            tab_index=-1,
            custom_attrs=data(
                left=SessionState.left.to(str),
                told=SessionState.told.to(str),
                warn=SessionState.warn.to(str),
                heard=SessionState.heard.to(str),
            ),
        ),
        hidden=True,
        # The app's icon counts one's own, not those of whom one acts for.
        custom_attrs=data(unread=rx.cond(FOR == "", NavState.unread.to(str), "")),
        id="pulse",
    )
