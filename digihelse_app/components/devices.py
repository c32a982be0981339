"""The devices one has signed in with, and what to do when one of them is not one's own."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.contact import phone_link
from digihelse_app.components.designsystemet.actions import button
from digihelse_app.components.designsystemet.feedback import alert, tag
from digihelse_app.components.designsystemet.text import bullets, heading, link, paragraph
from digihelse_app.components.links import FOR
from digihelse_app.state.devices import DEVICES_ID, DeviceRow, DeviceState
from digihelse_app.state.language import t
from digihelse_app.state.nav import HelplineState


def devices() -> rx.Component:
    """The list, with a way to say that it was not oneself."""
    rows = rx.el.ul(rx.foreach(DeviceState.devices, _row), class_name="rows")
    return rx.el.section(
        heading(t("devices.title"), level=2, size="xs", id=DEVICES_ID, tab_index=-1),
        paragraph(t("devices.about"), class_name="muted"),
        rx.cond(DeviceState.asking != "", _not_me(), rx.fragment()),
        rx.cond(DeviceState.devices.length() > 0, rows, paragraph(t("devices.none"))),
        class_name="stack",
    )


def _row(row: Var[DeviceRow]) -> rx.Component:
    not_me = button(
        t("devices.not_me"),
        rx.el.span(": ", row.label, class_name="sr"),
        variant="tertiary",
        on_click=DeviceState.ask(row.id),
    )
    return rx.el.li(
        rx.el.div(
            rx.el.p(rx.el.strong(row.label), class_name="sub"),
            paragraph(row.last, class_name="muted"),
            rx.cond(row.first != "", paragraph(row.first, class_name="muted"), rx.fragment()),
        ),
        rx.cond(row.here, tag(t("devices.here"), symbol="check", color="success"), not_me),
        class_name="device",
        key=row.id,
    )


def _not_me() -> rx.Component:
    label = DeviceState.asking_label
    return alert(
        heading(t("devices.not_me_title", label=label), level=3, size="xs", id="not-me-title", tab_index=-1),
        bullets(
            t("devices.not_me_text"),
            t("devices.not_me_block"),
            rx.fragment(
                t("devices.not_me_call"), " ", phone_link(HelplineState.number, class_name="ds-link")
            ),
            link(t("devices.not_me_log"), to=routes.LOG),
        ),
        rx.el.div(
            button(
                t("devices.sign_out"), color="danger", on_click=DeviceState.disown(FOR, DeviceState.asking)
            ),
            button(t("devices.keep"), variant="secondary", on_click=DeviceState.keep),
            class_name="row wrap",
        ),
        color="warning",
        class_name="stack",
    )
