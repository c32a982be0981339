"""Whom will you use Digihelse for: oneself, or someone one may act for."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.choose_person import not_now, oneself, person
from digihelse_app.components.designsystemet.actions import button
from digihelse_app.components.designsystemet.feedback import skeleton_rows
from digihelse_app.components.designsystemet.forms import field, text_input
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import plain_form
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.state.language import t
from digihelse_app.state.persons import PersonsState

ON_LOAD = on_load(PersonsState.load)


def choose_person() -> rx.Component:
    """Oneself, those one may act for, and those for whom nothing can be done now."""
    nobody = (PersonsState.usable.length() == 0) & (PersonsState.others.length() == 0)
    content = rx.el.div(
        oneself(),
        rx.cond(PersonsState.searchable, _search(), rx.fragment()),
        rx.el.p(PersonsState.found, role="status", class_name="found"),
        rx.cond(PersonsState.usable.length() > 0, _usable(), rx.fragment()),
        rx.cond(PersonsState.others.length() > 0, _others(), rx.fragment()),
        rx.cond(nobody & ~PersonsState.searchable, paragraph(t("persons.nobody")), rx.fragment()),
        rx.el.p(icon("eye"), rx.el.span(t("persons.they_see")), class_name="promise box"),
        class_name="stack l",
    )
    return signed_in_page(
        "persons.title",
        shown(PersonsState.shown_for, content, skeleton_rows(t("delegations.loading"))),
        plain_form(
            button(icon("sign-out"), t("profile.sign_out"), type="submit", variant="tertiary"),
            action=routes.LOGOUT,
        ),
        lead=paragraph(t("persons.lead"), class_name="muted"),
    )


def _usable() -> rx.Component:
    return rx.el.section(
        heading(t("persons.usable"), level=2, size="xs"),
        rx.el.ul(rx.foreach(PersonsState.usable, person), class_name="stack"),
        class_name="stack",
    )


def _others() -> rx.Component:
    return rx.el.section(
        heading(t("persons.others"), level=2, size="xs"),
        rx.el.ul(rx.foreach(PersonsState.others, not_now), class_name="stack"),
        class_name="stack",
    )


def _search() -> rx.Component:
    return rx.el.form(
        field(
            text_input("person-search", name="text", type="search", auto_complete="off", max_length=100),
            id="person-search",
            label=t("persons.search"),
        ),
        button(icon("search"), t("persons.search_button"), type="submit", variant="secondary"),
        on_submit=PersonsState.search,
        role="search",
        class_name="stack s",
    )
