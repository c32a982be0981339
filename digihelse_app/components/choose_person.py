"""Choosing whom to use Digihelse for."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportReturnType=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.designsystemet.actions import button_turn
from digihelse_app.components.designsystemet.text import data, heading
from digihelse_app.components.icons import icon
from digihelse_app.components.links import turn_link
from digihelse_app.components.person import face
from digihelse_app.state.language import t
from digihelse_app.state.persons import PersonRow, PersonsState


def oneself() -> rx.Component:
    """The way to what is one's own."""
    return turn_link(
        face(PersonsState.own_initials, size="lg"),
        rx.el.span(
            rx.el.b(t("persons.myself")),
            rx.el.span(PersonsState.own_name, class_name="sub"),
            class_name="grow",
        ),
        icon("chevron-right"),
        to=routes.HOME,
        class_name="choice",
        custom_attrs=data(color="accent"),
    )


def person(row: Var[PersonRow]) -> rx.Component:
    """The way to acting for somebody, with what one may do."""
    return rx.el.li(
        turn_link(
            face(row.initials, color="acting", size="lg"),
            rx.el.span(
                rx.el.b(row.name),
                rx.cond(row.role != "", rx.el.span(row.role, ". ", class_name="sub"), rx.fragment()),
                rx.el.span(row.may, class_name="sub"),
                class_name="grow",
            ),
            icon("chevron-right"),
            to=routes.HOME,
            key=row.key,
            class_name="choice",
            custom_attrs=data(color="acting"),
        ),
        key=row.key,
    )


def not_now(row: Var[PersonRow]) -> rx.Component:
    """Somebody one cannot do anything for now, and why."""
    return rx.el.li(
        rx.el.div(
            face(row.initials, color="neutral", size="lg"),
            rx.el.span(
                rx.el.b(row.name),
                rx.cond(row.role != "", rx.el.span(row.role, ". ", class_name="sub"), rx.fragment()),
                rx.el.span(row.why_not, class_name="sub"),
                class_name="grow",
            ),
            class_name="choice",
            custom_attrs=data(color="neutral"),
        ),
        key=row.key,
    )


def you_can_help() -> rx.Component:
    """On the home page: the first of those one may act for; nothing for who helps nobody."""
    more = button_turn(t("persons.all", n=PersonsState.more), to=routes.CHOOSE_PERSON, variant="tertiary")
    section = rx.el.section(
        heading(t("persons.you_can_help"), level=2, size="xs"),
        rx.el.ul(rx.foreach(PersonsState.on_home, person), class_name="stack"),
        rx.cond(PersonsState.more > 0, more, rx.fragment()),
        class_name="stack",
    )
    return rx.cond(PersonsState.on_home.length() > 0, section, rx.fragment())
