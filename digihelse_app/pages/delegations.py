"""Delegations: who may help one, whom one may help, and who asks."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.delegation_requests import asked, to_decide
from digihelse_app.components.delegations import ended, given_card, held_card
from digihelse_app.components.designsystemet.actions import button_link
from digihelse_app.components.designsystemet.feedback import alert, card, skeleton_rows
from digihelse_app.components.designsystemet.text import heading, link, paragraph
from digihelse_app.components.frame import live_region
from digihelse_app.components.icons import icon
from digihelse_app.components.paper_form_link import paper_form_link
from digihelse_app.components.self_use import start_again
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.state.delegation_requests import RequestsState
from digihelse_app.state.delegations import GIVEN_TITLE, HELD_TITLE, DelegationsState
from digihelse_app.state.language import t

ON_LOAD = on_load(RequestsState.load, DelegationsState.load)


def delegations() -> rx.Component:
    """What one has given, what one holds, and the ways to more."""
    content = rx.el.div(
        _said(),
        to_decide(),
        # Who has nothing of her own here came to help.
        rx.cond(
            DelegationsState.consented, rx.fragment(_give(), _given(), _held()), rx.fragment(_held(), _give())
        ),
        asked(),
        _ask(),
        paper_form_link(),
        class_name="stack l",
    )
    return signed_in_page(
        "delegations.title",
        shown(DelegationsState.shown_for, content, skeleton_rows(t("delegations.loading"))),
        live_region(DelegationsState.said),
        active=routes.DELEGATIONS,
        lead=paragraph(t("delegations.lead"), size="lg"),
    )


def _said() -> rx.Component:
    told = alert(paragraph(DelegationsState.said), color="success", aria_hidden=True)
    return rx.cond(DelegationsState.said != "", told, rx.fragment())


def _give() -> rx.Component:
    """The way to giving one, or why not."""
    may = button_link(icon("plus"), t("delegations.give"), to=routes.GIVE, size="lg")
    hindered = alert(
        heading(t("delegations.cannot_give"), level=2, size="2xs"), paragraph(DelegationsState.hindrance)
    )
    not_consented = card(
        paragraph(t("delegations.consent_first")),
        button_link(t("setup.not_consented_button"), to=routes.CONSENT, variant="secondary"),
        class_name="stack",
    )
    return rx.cond(
        DelegationsState.consented,
        rx.cond(DelegationsState.hindrance != "", hindered, may),
        rx.cond(DelegationsState.left, start_again(), not_consented),
    )


def _given() -> rx.Component:
    rows = rx.el.ul(rx.foreach(DelegationsState.given, given_card), class_name="stack")
    none = paragraph(t("delegations.none_given"), class_name="muted")
    return rx.el.section(
        heading(t("delegations.given_title"), level=2, size="sm", id=GIVEN_TITLE, tab_index=-1),
        rx.cond(DelegationsState.given.length() > 0, rows, none),
        _use(),
        ended(DelegationsState.given_ended),
        class_name="stack",
    )


def _use() -> rx.Component:
    told = rx.el.div(
        icon("eye"),
        rx.el.div(
            paragraph(DelegationsState.last_use),
            link(t("delegations.see_log"), to=routes.LOG),
        ),
        class_name="promise box",
    )
    return rx.cond(DelegationsState.last_use != "", told, rx.fragment())


def _held() -> rx.Component:
    rows = rx.el.ul(rx.foreach(DelegationsState.held, held_card), class_name="stack")
    section = rx.el.section(
        heading(t("delegations.held_title"), level=2, size="sm", id=HELD_TITLE, tab_index=-1),
        rx.cond(
            DelegationsState.held.length() > 0,
            rows,
            paragraph(t("delegations.none_held"), class_name="muted"),
        ),
        ended(DelegationsState.held_ended),
        class_name="stack",
    )
    some = (DelegationsState.held.length() > 0) | (DelegationsState.held_ended.length() > 0)
    return rx.cond(some, section, rx.fragment())


def _ask() -> rx.Component:
    """For one who helps somebody without a delegation yet."""
    return rx.el.section(
        heading(t("delegations.ask_title"), level=2, size="xs"),
        paragraph(t("delegations.ask_text")),
        button_link(t("delegations.ask"), to=routes.ASK, variant="secondary"),
        class_name="stack s",
    )
