"""What every form that sends something carries: for whom it was composed, and the key that names the send."""

import reflex as rx

from digihelse_app.components.links import FOR


def composed_for() -> rx.Component:
    """Hidden fields: the representation key of the address, and a key that assets/pulse.js fills in."""
    return rx.fragment(
        rx.el.input(type="hidden", name="person", value=FOR, read_only=True),
        rx.el.input(type="hidden", name="key", default_value=""),
    )
