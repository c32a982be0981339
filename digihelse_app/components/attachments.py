"""Files beside a message: the field to add them with, and the rows under a message that has some."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

from typing import Literal

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR, anchor
from digihelse_app.state.files import AttachmentRow
from digihelse_app.state.language import t

ACCEPTED = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"
_ERRORS = (
    "type",
    "empty",
    "too_large",
    "unreadable",
    "too_many_pixels",
    "animated",
    "encrypted",
    "active",
    "too_many_waiting",
    "network",
    "slow",
    "signed_out",
    "five",
    "wait",
    "unsettled",
)
_TOLD = ("sending", "done", "removed", "kept")
_ACTIONS = ("cancel", "again", "remove")


def attachment_field(
    id: str, *, error: Var[str] | str, variant: Literal["secondary", "tertiary"] = "tertiary"
) -> rx.Component:
    """Choose files to send along; assets/attachments.js sends each and fills in the rows and their ids.

    React draws the frame alone: what the script puts in the list stays when the form is drawn again.
    """
    return rx.el.div(
        # Before its label: the browser's own button speaks the browser's language, so ours is seen instead.
        rx.el.input(
            type="file",
            id=id,
            name=id,
            form="",  # no field of the form: the script sends what is chosen, each file by itself
            accept=ACCEPTED,
            multiple=True,
            class_name="sr",
            aria_describedby=f"{id}-help {id}-error",
        ),
        rx.el.label(
            icon("paperclip"),
            t("attachment.add"),
            html_for=id,
            class_name="ds-button",
            custom_attrs={"data-variant": variant},
        ),
        rx.el.div(t("attachment.help"), id=f"{id}-help", custom_attrs={"data-field": "description"}),
        rx.el.input(type="hidden", name="attachments", default_value=""),
        rx.el.div(
            rx.el.p(class_name="ds-validation-message", custom_attrs={"data-problem": ""}),
            rx.cond(
                Var.create(error) != "", rx.el.p(error, class_name="ds-validation-message"), rx.fragment()
            ),
            id=f"{id}-error",
            role="alert",
        ),
        rx.el.ul(class_name="files", aria_label=t("attachment.list")),
        rx.el.p(class_name="sr", role="status", custom_attrs={"data-told": ""}),
        class_name="ds-field attachments",
        custom_attrs={"data-attachments": ""} | _texts(),
    )


def _texts() -> dict[str, Var[str]]:
    errors = {f"data-text-{_hyphened(key)}": t(f"attachment.error.{key}") for key in _ERRORS}
    told = {f"data-text-{key}": t(f"attachment.{key}") for key in _TOLD}
    return errors | told | {f"data-action-{key}": t(f"attachment.{key}") for key in _ACTIONS}


def _hyphened(key: str) -> str:
    return key.replace("_", "-")


def attached(files: Var[list[AttachmentRow]]) -> rx.Component:
    """The files of a message, each a download; pictures are shown small."""
    rows = rx.el.ul(rx.foreach(files, _file), class_name="files", aria_label=t("attachment.list"))
    return rx.cond(files.length() > 0, rows, rx.fragment())


def _file(file: Var[AttachmentRow]) -> rx.Component:
    address = routes.ATTACHMENTS + "/" + file.id
    acting = rx.cond(FOR != "", f"{routes.FOR_QUERY}=" + FOR, "")
    preview = address + f"?{routes.PREVIEW_QUERY}=1" + rx.cond(FOR != "", "&" + acting, "")
    small = rx.el.img(src=preview, alt="", loading="lazy")
    return rx.el.li(
        anchor(
            rx.el.span(rx.cond(file.is_picture, small, icon("file")), class_name="pic"),
            rx.el.span(rx.el.u(file.name), rx.el.span(file.about, class_name="size"), class_name="name"),
            icon("download", small=True),
            href=address + rx.cond(FOR != "", "?" + acting, ""),
            custom_attrs={"download": file.name},
        ),
        key=file.id,
        class_name="file",
    )
