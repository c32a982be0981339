"""Keeping a visit to oneself: the button, and what it does in a sentence."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app.components.designsystemet.actions import button
from digihelse_app.components.designsystemet.text import paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.state.language import t
from digihelse_app.state.visit import VisitState


def hide_visit() -> rx.Component:
    """For the represented person herself, when there is someone to keep it from."""
    hidden = VisitState.hidden
    shown = rx.el.div(
        button(
            rx.cond(hidden, icon("eye"), icon("lock")),
            rx.cond(hidden, t("circle.show"), t("circle.hide")),
            variant="secondary",
            on_click=rx.cond(hidden, VisitState.show(FOR), VisitState.hide(FOR)),
        ),
        paragraph(
            rx.cond(hidden, t("circle.visit_hidden_text"), t("circle.visit_hide_text")), class_name="muted"
        ),
        class_name="stack s",
    )
    return rx.cond(VisitState.may_hide, shown, rx.fragment())
