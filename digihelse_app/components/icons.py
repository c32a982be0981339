"""Aksel's icons (Nav, MIT) as inline SVG in the colour of the text. `tools.icons` writes the paths."""

import json
from pathlib import Path

import reflex as rx

_PATHS: dict[str, dict[str, list[str]]] = json.loads(Path(__file__).with_name("icons.json").read_text())


def icon(name: str, *, filled: bool = False, small: bool = False, class_name: str = "") -> rx.Component:
    """The icon `name`, hidden from screen readers: the words beside it say the same.

    Raises KeyError for a name that `tools.icons` does not list, or has no filled variant.
    """
    paths = _PATHS[name]["fill" if filled else "line"]
    classes = " ".join(filter(None, ["i", "s" if small else "", class_name]))
    return rx.el.svg(
        *(rx.el.svg.path(d=path, custom_attrs={"fillRule": "evenodd"}) for path in paths),
        class_name=classes,
        view_box="0 0 24 24",
        custom_attrs={"fill": "currentColor", "aria-hidden": "true", "focusable": "false"},
    )


def mark() -> rx.Component:
    """Digihelse's mark: a house that is a speech bubble, with a person in it."""
    return rx.el.svg(
        rx.el.svg.path(
            class_name="house",
            d="M28.6 5.2a5.4 5.4 0 0 1 6.8 0l19.2 15.6A6.5 6.5 0 0 1 57 25.9V44a9.5 9.5 0 0 1-9.5 9.5H28.2"
            "l-11 8.2A2 2 0 0 1 14 60.1v-6.7A9.5 9.5 0 0 1 7 44V25.9a6.5 6.5 0 0 1 2.4-5.1z",
        ),
        rx.el.svg.circle(class_name="dot", cx="32", cy="23.5", r="5.6"),
        rx.el.svg.path(class_name="arc", d="M19.5 31.5C20.6 39.4 25.6 44 32 44s11.4-4.6 12.5-12.5"),
        class_name="mark",
        view_box="0 0 64 64",
        custom_attrs={"aria-hidden": "true", "focusable": "false"},
    )
