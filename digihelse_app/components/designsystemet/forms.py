"""Designsystemet's form parts. A field keeps its own text: nothing is sent per key, a form sends it whole."""

from typing import Any, Literal

import reflex as rx
from reflex_base.vars.base import Var
from reflex_components_core.el.element import Element

from digihelse_app.components.designsystemet.text import Child, classes, data, heading
from digihelse_app.components.links import anchor


class _DsField(Element):
    """Ties label, description, message and counter to the control, once its script has come."""

    tag = "ds-field"


def field(
    control: rx.Component,
    *,
    id: str,
    label: Child,
    description: Child | None = None,
    error: Var[str] | str = "",
    counter: rx.Component | None = None,
    **props: Any,
) -> rx.Component:
    """A control with its label. `id` is the control's; `error` is a sentence, empty while all is well."""
    return _DsField.create(
        rx.el.label(label, html_for=id, class_name="ds-label"),
        rx.fragment()
        if description is None
        else rx.el.div(description, custom_attrs=data(field="description")),
        control,
        counter if counter is not None else rx.fragment(),
        _validation(error),
        class_name="ds-field",
        **props,
    )


def _validation(error: Var[str] | str) -> rx.Component:
    if isinstance(error, str) and not error:
        return rx.fragment()
    message = rx.el.p(error, class_name="ds-validation-message", custom_attrs=data(field="validation"))
    return rx.cond(Var.create(error) != "", message, rx.fragment())


def counter(limit: int, *, under: Var[str] | str, over: Var[str] | str) -> rx.Component:
    """Characters left of `limit`, counted in the browser. `%d` in the texts is the number."""
    return rx.el.p(
        class_name="ds-validation-message",
        custom_attrs=data(field="counter", limit=str(limit), under=under, over=over),
    )


def text_input(
    id: str,
    *,
    name: str = "",
    error: Var[str] | str = "",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A line of text. `name` is what the form sends it as; the id unless given."""
    return rx.el.input(
        id=id, name=name or id, class_name=classes("ds-input", class_name), **_invalid(error), **props
    )


def textarea(
    id: str,
    *,
    name: str = "",
    error: Var[str] | str = "",
    rows: int = 4,
    **props: Any,
) -> rx.Component:
    """Text of several lines."""
    return rx.el.textarea(
        id=id, name=name or id, rows=str(rows), class_name="ds-input", **_invalid(error), **props
    )


def select(
    *options: rx.Component,
    id: str,
    name: str = "",
    error: Var[str] | str = "",
    **props: Any,
) -> rx.Component:
    """A native choice of one; `options` are `rx.el.option`."""
    return rx.el.select(*options, id=id, name=name or id, class_name="ds-input", **_invalid(error), **props)


def _invalid(error: Var[str] | str) -> dict[str, Any]:
    if isinstance(error, str) and not error:
        return {}
    return {"aria_invalid": rx.cond(Var.create(error) != "", "true", "false")}


def choice(
    *,
    kind: Literal["radio", "checkbox"],
    id: str | Var[str],
    name: str,
    value: str | Var[str],
    label: Child,
    description: Child | None = None,
    **props: Any,
) -> rx.Component:
    """A radio button or checkbox (`kind`) in a box that is pressed whole."""
    return _DsField.create(
        rx.el.input(type=kind, id=id, name=name, value=value, class_name="ds-input", **props),
        rx.el.label(label, html_for=id, class_name="ds-label"),
        rx.fragment()
        if description is None
        else rx.el.div(description, custom_attrs=data(field="description")),
        class_name="ds-field",
        custom_attrs=data(variant="outline"),
    )


def fieldset(*children: Child, legend: Child, error: Var[str] | str = "", **props: Any) -> rx.Component:
    """Fields that answer one question, the `legend`."""
    return rx.el.fieldset(
        rx.el.legend(legend, class_name="ds-label"),
        *children,
        _validation(error),
        class_name="ds-fieldset",
        **props,
    )


def error_summary(title: Child, *errors: tuple[str, Var[str] | str]) -> rx.Component:
    """What must be put right, as links to the fields: pairs of field id and sentence.

    Takes the focus when it appears. Show it only while there is an error (`rx.cond`).
    """
    return _Summary.create(
        heading(title, level=2, size="xs"),
        rx.el.ul(*(_error_link(target, sentence) for target, sentence in errors), class_name="ds-list"),
        class_name="ds-error-summary",
        custom_attrs={"tabIndex": "-1"},
    )


def _error_link(target: str, sentence: Var[str] | str) -> rx.Component:
    item = rx.el.li(anchor(sentence, href=f"#{target}", class_name="ds-link"))
    return rx.cond(Var.create(sentence) != "", item, rx.fragment())


class _Summary(Element):
    """Moves the focus to itself when it is put on the page."""

    tag = "ds-error-summary"
