"""Faces, and the band that says for whom one acts."""

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.designsystemet.text import data
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR, turn_link
from digihelse_app.state.language import t


def face(initials: Var[str] | str, *, color: str = "accent", size: str = "") -> rx.Component:
    """A person's initials in a circle: accent for oneself, acting for a proxy. `size` is "", "sm" or "lg"."""
    return rx.el.span(
        initials,
        class_name=f"face {size}".strip(),
        custom_attrs={**data(color=color), "aria-hidden": "true"},
    )


def acting_band(name: Var[str], initials: Var[str], *, switch: str) -> rx.Component:
    """Always in view while one acts for someone: whom, and a way to another at the address `switch`."""
    return rx.el.section(
        rx.el.div(
            rx.el.span(initials, class_name="pic", aria_hidden=True),
            rx.el.p(t("frame.acting"), rx.el.strong(name), class_name="who"),
            # Whom one acts for is not kept on the way to choosing another.
            turn_link(
                icon("swap", small=True),
                t("frame.switch"),
                rx.el.span(t("frame.switch_what"), class_name="sr"),
                to=switch,
            ),
        ),
        class_name="acting",
        aria_label=t("frame.acting_label", name=name),
    )


def person_tool(name: Var[str], initials: Var[str], *, to: str) -> rx.Component:
    """In the header of who can act for others: who one is, and the way to choosing whom to act for."""
    return turn_link(
        face(initials, size="xs"),
        rx.el.span(name, class_name="name"),
        rx.el.span(", ", t("frame.choose_person"), class_name="sr"),
        to=to,
        class_name="tool who",
    )


def send_words(words: Var[str], name: Var[str]) -> rx.Component:
    """What a send button says; while one acts for someone, for whom too."""
    whom = rx.fragment(" ", t("frame.for_whom", name=name))
    return rx.el.span(words, rx.cond(FOR != "", whom, rx.fragment()))


def on_behalf(name: Var[str], initials: Var[str], sentence: Var[str] | None = None) -> rx.Component:
    """Last before a send button while one acts for someone; `sentence` says what for, when not writing."""
    return rx.el.p(
        face(initials, color="acting", size="sm"),
        rx.el.span(t("frame.on_behalf", name=name) if sentence is None else sentence),
        class_name="onbehalf",
    )
