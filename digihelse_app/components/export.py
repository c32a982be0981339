"""«Everything about me»: a button to ask, a bar while it is made, a button to fetch it."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app.components.designsystemet.actions import button, button_anchor
from digihelse_app.components.designsystemet.feedback import alert, card
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.models.codes import ExportStatus
from digihelse_app.state.export import ExportState
from digihelse_app.state.language import t


def export() -> rx.Component:
    """The card on one's own page."""
    return card(
        heading(t("export.title"), level=2, size="xs"),
        paragraph(t("export.about")),
        rx.el.div(
            rx.match(
                ExportState.status,
                (ExportStatus.WAITING.value, _progress()),
                (ExportStatus.READY.value, _ready()),
                (ExportStatus.FAILED.value, alert(paragraph(t("export.failed")), color="warning")),
                (ExportStatus.EXPIRED.value, paragraph(t("export.expired"), class_name="muted")),
                rx.fragment(),
            ),
            role="status",
        ),
        rx.cond(
            (ExportState.status == ExportStatus.WAITING.value)
            | (ExportState.status == ExportStatus.READY.value),
            rx.fragment(),
            button(t("export.ask"), variant="secondary", on_click=ExportState.ask(FOR)),
        ),
        class_name="stack",
    )


def _progress() -> rx.Component:
    return rx.el.div(
        rx.el.progress(
            value=ExportState.step, max=ExportState.steps, aria_label=t("export.title"), class_name="bar-done"
        ),
        paragraph(ExportState.progress),
        paragraph(t("export.leave"), class_name="muted"),
        class_name="stack s",
    )


def _ready() -> rx.Component:
    return rx.el.div(
        button_anchor(icon("download"), t("export.fetch"), href=ExportState.address, download=True),
        paragraph(ExportState.ready),
        paragraph(t("export.careful"), class_name="muted"),
        class_name="stack s",
    )
