"""Designsystemet's buttons, links that look like buttons, and chips."""

from typing import Any, Literal

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.designsystemet.text import Child, Color, Size, classes, data
from digihelse_app.components.links import anchor, person_link, turn_link

Variant = Literal["primary", "secondary", "tertiary"]


def button(
    *children: Child,
    variant: Variant = "primary",
    color: Color | Var[str] | None = None,
    size: Size | None = None,
    type: Literal["button", "submit", "reset"] = "button",
    class_name: str = "",
    custom_attrs: dict[str, Any] | None = None,
    **props: Any,
) -> rx.Component:
    """A button. One filled (`primary`) a page."""
    return rx.el.button(
        *children,
        type=type,
        class_name=classes("ds-button", class_name),
        custom_attrs={**data(variant=variant, color=color, size=size), **(custom_attrs or {})},
        **props,
    )


def button_link(
    *children: Child,
    to: str | Var[str],
    variant: Variant = "primary",
    color: Color | Var[str] | None = None,
    size: Size | None = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A link to a page of the app that looks like a button."""
    return person_link(
        *children,
        to=to,
        class_name=classes("ds-button", class_name),
        custom_attrs=data(variant=variant, color=color, size=size),
        **props,
    )


def button_turn(
    *children: Child,
    to: str | Var[str],
    key: Var[str] | str = "",
    variant: Variant = "primary",
    color: Color | Var[str] | None = None,
    size: Size | None = None,
) -> rx.Component:
    """A link to a page while acting for whom `key` stands for (empty: oneself), that looks like a button."""
    return turn_link(
        *children,
        to=to,
        key=key,
        class_name="ds-button",
        custom_attrs=data(variant=variant, color=color, size=size),
    )


def button_anchor(
    *children: Child,
    href: str | Var[str],
    variant: Variant = "primary",
    size: Size | None = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A plain anchor that looks like a button: signing in, calling, downloading."""
    return anchor(
        *children,
        href=href,
        class_name=classes("ds-button", class_name),
        custom_attrs=data(variant=variant, size=size),
        **props,
    )


def chip_radio(*children: Child, name: str, value: str, **props: Any) -> rx.Component:
    """One choice of a filter; the chips of one `name` exclude each other."""
    return rx.el.label(
        rx.el.input(type="radio", name=name, value=value, class_name="ds-input", **props),
        *children,
        class_name="ds-chip",
    )


def skip_link(*children: Child, target: str = "main") -> rx.Component:
    """First in the page: past the navigation, to the element with the id `target`."""
    return anchor(*children, href=f"#{target}", class_name="ds-skip-link")
