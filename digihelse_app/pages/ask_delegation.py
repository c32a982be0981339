"""Asking somebody for a delegation: for one who helps her already."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components import terms
from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import alert, card, skeleton_rows
from digihelse_app.components.designsystemet.forms import error_summary, field, text_input, textarea
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.components.sending import composed_for
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.state.asking import RECEIPT, SUMMARY, AskingState
from digihelse_app.state.language import t

ON_LOAD = on_load(AskingState.load)


def ask() -> rx.Component:
    """Whom one asks, for what, and why."""
    content = rx.cond(AskingState.sent, _receipt(), _form())
    return signed_in_page(
        "asking.title",
        shown(AskingState.shown_for, content, skeleton_rows(t("delegations.loading"))),
        active=routes.DELEGATIONS,
        back=(routes.DELEGATIONS, "nav.delegations"),
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.cond(AskingState.error_count > 0, _summary(), rx.fragment()),
        composed_for(),
        paragraph(t("asking.lead")),
        field(
            text_input("name", error=AskingState.name_error, auto_complete="off", max_length=200),
            id="name",
            label=t("asking.name"),
            description=t("giving.name_help"),
            error=AskingState.name_error,
        ),
        field(
            text_input(
                "national_id",
                error=AskingState.national_id_error,
                input_mode="numeric",
                auto_complete="off",
                max_length=14,
                class_name="short",
            ),
            id="national_id",
            label=t("asking.national_id"),
            description=t("giving.national_id_help"),
            error=AskingState.national_id_error,
        ),
        terms.permissions(
            legend=t("asking.permissions"), error=AskingState.permissions_error, id="permissions", begins={}
        ),
        field(
            textarea("reason", error=AskingState.reason_error, rows=3),
            id="reason",
            label=t("asking.reason"),
            description=t("asking.reason_help"),
            error=AskingState.reason_error,
        ),
        button(icon("send"), t("asking.send"), type="submit", size="lg"),
        on_submit=AskingState.ask,
        class_name="stack l",
        key=FOR,
        no_validate=True,
        auto_complete="off",
        id="asker",
    )


def _summary() -> rx.Component:
    one_of_oneself = alert(paragraph(AskingState.asker_error), color="danger")
    many = t("compose.error_summary_many", n=AskingState.error_count)
    title = rx.cond(AskingState.error_count == 1, t("compose.error_summary_one"), many)
    to_mend = error_summary(
        title,
        ("name", AskingState.name_error),
        ("national_id", AskingState.national_id_error),
        ("permissions", AskingState.permissions_error),
        ("reason", AskingState.reason_error),
    )
    return rx.el.div(
        rx.cond(AskingState.asker_error != "", one_of_oneself, to_mend), id=SUMMARY, tab_index=-1
    )


def _receipt() -> rx.Component:
    return rx.el.section(
        card(
            heading(t("asking.sent_title"), level=2, size="sm", id=RECEIPT, tab_index=-1),
            paragraph(t("asking.sent_text")),
            paragraph(t("asking.sent_why"), class_name="muted"),
            class_name="stack s",
        ),
        button_link(t("giving.to_list"), to=routes.DELEGATIONS, size="lg"),
        class_name="stack",
    )
