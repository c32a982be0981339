"""The public front page: what Digihelse is, and the way in."""

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.contact import help_line, urgent
from digihelse_app.components.designsystemet.actions import button_anchor
from digihelse_app.components.designsystemet.text import paragraph
from digihelse_app.components.frame import page, title_heading
from digihelse_app.components.icons import icon
from digihelse_app.components.scene import scene
from digihelse_app.state.language import t
from digihelse_app.state.nav import HelplineState
from digihelse_app.state.visitor import VisitorState


def front() -> rx.Component:
    """Drawing, promise, sign-in, three gains, what is urgent."""
    return page(
        "front.title",
        scene(),
        rx.el.ul(
            _gain("envelope", "write"),
            _gain("lock", "safe"),
            _gain("moon", "night"),
            class_name="gains wide",
        ),
        rx.el.div(
            urgent(),
            help_line(HelplineState.number, HelplineState.text, is_open=HelplineState.open),
            class_name="duo wide stack",
        ),
        top=_hello(),
        navigation=False,
        layout="page front",
    )


def _hello() -> rx.Component:
    return rx.el.header(
        title_heading("front.title"),
        paragraph(t("front.lead"), size="lg"),
        button_anchor(icon("lock"), t("front.sign_in"), href=routes.LOGIN, size="lg"),
        paragraph(t("front.helping"), class_name="muted"),
        class_name="stack",
    )


def _gain(symbol: str, name: str) -> rx.Component:
    return rx.el.li(
        rx.el.span(icon(symbol), class_name="mono"),
        rx.el.div(
            rx.el.b(t(f"front.gain_{name}")),
            paragraph(t(f"front.gain_{name}_text"), class_name="muted"),
        ),
    )


ON_LOAD = [VisitorState.go_home, HelplineState.load]
