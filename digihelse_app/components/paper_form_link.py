"""The way to the paper form, for one whose relative has no electronic ID."""

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.designsystemet.actions import button_link
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.state.language import t


def paper_form_link() -> rx.Component:
    """A section of the page of delegations."""
    return rx.el.section(
        heading(t("paper.link_title"), level=2, size="xs"),
        paragraph(t("paper.link_text")),
        button_link(t("paper.link"), to=routes.PAPER_FORM, variant="secondary"),
        class_name="stack s",
    )
