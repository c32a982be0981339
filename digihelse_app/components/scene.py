"""The one drawing in the product: two houses across a fjord, by day and by night."""

import reflex as rx

from digihelse_app.state.language import t

_SIZE = {"width": "780", "height": "440"}
"""As attributes: given as `width=`, Reflex would make a style of them."""


def scene() -> rx.Component:
    """The drawing, described for those who do not see it. Files: the policy allows no inline style."""
    return rx.el.picture(
        rx.el.source(src_set="/drawings/fjord-dark.svg", media="(prefers-color-scheme: dark)"),
        rx.el.img(src="/drawings/fjord-light.svg", alt=t("front.scene"), custom_attrs=_SIZE),
        class_name="scene",
    )
