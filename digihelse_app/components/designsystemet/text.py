"""Designsystemet's text: headings, paragraphs, links and lists."""

from typing import Any, Literal

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.links import anchor as plain_anchor
from digihelse_app.components.links import person_link as plain_person_link

Child = rx.Component | Var | str
Size = Literal["2xs", "xs", "sm", "md", "lg", "xl", "2xl"]
Color = Literal["accent", "acting", "neutral", "info", "success", "warning", "danger"]

_DEFAULT_SIZE: dict[int, Size] = {1: "lg", 2: "sm", 3: "xs", 4: "2xs"}
_HEADINGS = {1: rx.el.h1, 2: rx.el.h2, 3: rx.el.h3, 4: rx.el.h4}


def data(**values: object) -> dict[str, Any]:
    """`data-*` attributes from keywords; None is left out."""
    return {f"data-{name.replace('_', '-')}": value for name, value in values.items() if value is not None}


def classes(first: str, more: str) -> str:
    """`first` with `more` behind it."""
    return f"{first} {more}".strip()


def heading(
    *children: Child,
    level: int = 2,
    size: Size | None = None,
    class_name: str = "",
    takes_focus: bool = False,
    **props: Any,
) -> rx.Component:
    """A heading of the given level; its size follows the level unless said otherwise.

    One that `takes_focus` is where the focus goes when a link opened it within the same page.
    """
    return _HEADINGS[level](
        *children,
        class_name=classes("ds-heading", class_name),
        custom_attrs=data(size=size or _DEFAULT_SIZE[level], focus="true" if takes_focus else None),
        **props,
    )


def paragraph(*children: Child, size: Size | None = None, class_name: str = "", **props: Any) -> rx.Component:
    """Running text; `size="lg"` for a lead."""
    return rx.el.p(
        *children, class_name=classes("ds-paragraph", class_name), custom_attrs=data(size=size), **props
    )


def link(*children: Child, to: str | Var[str], class_name: str = "", **props: Any) -> rx.Component:
    """A link in running text to a page of the app."""
    return plain_person_link(*children, to=to, class_name=classes("ds-link", class_name), **props)


def outside_link(*children: Child, href: str | Var[str], class_name: str = "", **props: Any) -> rx.Component:
    """A link in running text to anything but a page of the app."""
    return plain_anchor(*children, href=href, class_name=classes("ds-link", class_name), **props)


def bullets(*items: Child, class_name: str = "", **props: Any) -> rx.Component:
    """A bulleted list."""
    rows = (rx.el.li(item) for item in items)
    return rx.el.ul(*rows, class_name=classes("ds-list", class_name), **props)
