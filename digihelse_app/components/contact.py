"""Telephone numbers, always one tap away: the urgent ones, and the help line."""

from typing import Any

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import anchor
from digihelse_app.state.language import t


def phone_link(number: Var[str] | str, *children: rx.Component | Var | str, **props: Any) -> rx.Component:
    """A link that calls `number`, shown as it is when nothing else is given."""
    digits = Var.create(number).to(str).replace(" ", "").replace("\u00a0", "")
    return anchor(*(children or (number,)), href=Var.create("tel:").to(str) + digits, **props)


def help_line(
    number: Var[str] | str, status: Var[str] | str, *, is_open: Var[bool] | bool = True
) -> rx.Component:
    """The help line with its number and, in words, whether it is open and until or from when."""
    told = rx.el.span(status, class_name=rx.cond(is_open, "open", ""))
    return phone_link(
        number,
        rx.el.span(icon("phone"), class_name="ring"),
        rx.el.span(t("frame.helpline"), rx.el.b(number), told, class_name="grow"),
        class_name="help",
    )


def urgent(
    *services: tuple[Var[str] | str, Var[str] | str], note: Var[str] | None = None, level: int = 2
) -> rx.Component:
    """What cannot wait is called: 113, 116 117, and `services` as pairs of number (empty for none) and name.

    `note` is what a service itself says of emergencies; an empty one is not shown.
    """
    always = [("113", t("frame.urgent_113")), ("116\u00a0117", t("frame.urgent_116117"))]
    own = [rx.cond(number != "", _call(number, name), rx.fragment()) for number, name in services]
    return rx.el.section(
        heading(t("frame.urgent_title"), level=level, size="2xs", id="urgent-title"),
        rx.el.ul(*(_call(number, name) for number, name in always), *own),
        rx.fragment() if note is None else rx.cond(note != "", paragraph(note), rx.fragment()),
        class_name="urgent",
        aria_labelledby="urgent-title",
    )


def _call(number: Var[str] | str, name: Var[str] | str) -> rx.Component:
    return rx.el.li(phone_link(number, rx.el.b(number), rx.el.span(name)))
