"""Leaving Digihelse to those who act for one: what it means, a confirmation, and the way back."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app.components.designsystemet.actions import button
from digihelse_app.components.designsystemet.feedback import alert, card
from digihelse_app.components.designsystemet.text import bullets, heading, paragraph
from digihelse_app.components.links import FOR
from digihelse_app.state.language import t
from digihelse_app.state.self_use import NOBODY_ID, OFFER_ID, STOPPED_ID, SelfUseState


def self_use() -> rx.Component:
    """On one's own page: offered while there is somebody to leave it to, and the way back afterwards."""
    offer = rx.el.section(
        heading(t("self_use.title"), level=2, size="xs", id=OFFER_ID, tab_index=-1),
        rx.cond(SelfUseState.asking, _confirm(), _offer()),
        class_name="stack",
    )
    nobody = alert(paragraph(t("self_use.nobody")), color="warning", id=NOBODY_ID, tab_index=-1)
    return rx.fragment(
        rx.el.div(rx.cond(SelfUseState.nobody, nobody, rx.fragment()), role="status"),
        rx.cond(SelfUseState.offered, offer, rx.fragment()),
        rx.cond(SelfUseState.stopped, start_again(), rx.fragment()),
    )


def start_again() -> rx.Component:
    """That one has stopped, and the button that undoes it."""
    return card(
        heading(t("self_use.stopped_title"), level=2, size="xs", id=STOPPED_ID, tab_index=-1),
        paragraph(t("self_use.stopped_text")),
        paragraph(t("self_use.start_help")),
        button(t("self_use.start"), size="lg", on_click=SelfUseState.start(FOR)),
        class_name="stack",
    )


def _offer() -> rx.Component:
    return rx.fragment(
        paragraph(t("self_use.about")),
        button(t("self_use.stop"), variant="tertiary", color="danger", on_click=SelfUseState.ask_stop),
    )


def _confirm() -> rx.Component:
    return alert(
        heading(t("self_use.confirm_title"), level=3, size="xs", id="stop-title", tab_index=-1),
        bullets(
            t("self_use.consequence_proxies", names=SelfUseState.proxies),
            t("self_use.consequence_access"),
            t("self_use.consequence_notices"),
            t("self_use.consequence_again"),
        ),
        rx.el.div(
            button(t("self_use.confirm"), color="danger", on_click=SelfUseState.stop(FOR)),
            button(t("self_use.keep"), variant="secondary", on_click=SelfUseState.keep),
            class_name="row wrap",
        ),
        color="warning",
        class_name="stack",
    )
