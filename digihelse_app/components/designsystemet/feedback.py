"""Designsystemet's parts that tell how things stand: alerts, tags, cards, skeletons, details, dialogs."""

from typing import Any

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.designsystemet.text import Child, Color, Size, classes, data
from digihelse_app.components.icons import icon


def alert(*children: Child, color: Color = "info", class_name: str = "", **props: Any) -> rx.Component:
    """A box that something happened. Give `role="alert"` or `"status"` when it appears by itself."""
    return rx.el.div(
        *children, class_name=classes("ds-alert", class_name), custom_attrs=data(color=color), **props
    )


def tag(
    *children: Child,
    color: Color | Var[str] = "neutral",
    symbol: str = "",
    filled: bool = False,
    solid: bool = False,
) -> rx.Component:
    """A state in a word, with an icon where there is one. `solid` is for what waits for the reader alone."""
    return rx.el.span(
        icon(symbol, filled=filled, small=True) if symbol else rx.fragment(),
        *children,
        class_name="ds-tag solid" if solid else "ds-tag",
        custom_attrs=data(color=color),
    )


def card(*children: Child, class_name: str = "", **props: Any) -> rx.Component:
    """A surface with a line around it."""
    return rx.el.div(*children, class_name=classes("ds-card", class_name), **props)


def details(summary: Child, *children: Child, **props: Any) -> rx.Component:
    """Text that is folded away until asked for."""
    return rx.el.details(rx.el.summary(summary), rx.el.div(*children), class_name="ds-details", **props)


def dialog(*children: Child, id: str, label: Var[str] | str, **props: Any) -> rx.Component:
    """A native modal dialog, opened by `dialog_opener(id)` and closed by Escape or `dialog_closer(id)`."""
    return rx.el.dialog(
        *children,
        id=id,
        class_name="ds-dialog",
        custom_attrs={"aria-label": label, "closedby": "any"},
        **props,
    )


def dialog_opener(id: str) -> dict[str, Any]:
    """`custom_attrs` for the button that opens the dialog `id`."""
    return {"command": "show-modal", "commandfor": id}


def dialog_closer(id: str) -> dict[str, Any]:
    """`custom_attrs` for a button that closes the dialog `id`."""
    return {"command": "close", "commandfor": id}


def skeleton(variant: str = "text", size: Size | None = None, class_name: str = "") -> rx.Component:
    """A grey shape where something will come. Put `aria_busy` on the region and say it in words beside."""
    return rx.el.span(
        class_name=classes("ds-skeleton", class_name),
        custom_attrs={**data(variant=variant, size=size), "aria-hidden": "true"},
    )


def skeleton_rows(status: Var[str] | str, count: int = 2) -> rx.Component:
    """`count` rows of a list that is being fetched; `status` is what a screen reader hears."""
    row = rx.el.li(
        rx.el.div(
            skeleton("rectangle", class_name="mono"),
            rx.el.div(
                skeleton("rectangle", class_name="short"),
                skeleton("rectangle", class_name="mid"),
                skeleton("rectangle", class_name="long"),
                class_name="stack s",
            ),
            class_name="item",
        )
    )
    return rx.el.div(
        rx.el.p(status, role="status", class_name="sr"),
        rx.el.ul(*[row] * count, class_name="rows", aria_hidden=True),
        aria_busy=True,
    )
