"""Writing a new message: to whom, about what, the message; what is urgent stands above."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.attachments import attachment_field
from digihelse_app.components.contact import urgent
from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import details, skeleton_rows
from digihelse_app.components.designsystemet.forms import (
    choice,
    counter,
    error_summary,
    field,
    fieldset,
    select,
    text_input,
    textarea,
)
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.drafts import draft_note, kept_as
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.components.person import on_behalf, send_words
from digihelse_app.components.promise import promise_before_sending
from digihelse_app.components.sending import composed_for
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.components.urgent_words import urgent_notice, watched
from digihelse_app.services.drafts import NEW
from digihelse_app.services.sending import BODY_LIMIT
from digihelse_app.state.compose import ComposeState
from digihelse_app.state.language import t
from digihelse_app.state.nav import NavState
from digihelse_app.state.rows import RecipientRow

ON_LOAD = on_load(ComposeState.load)


def compose() -> rx.Component:
    """The form, or why there is nobody to write to."""
    form = rx.cond(ComposeState.recipients.length() > 0, _form(), _nobody())
    return signed_in_page(
        "compose.title",
        shown(ComposeState.shown_for, form, skeleton_rows(t("inbox.loading"))),
        active=routes.INBOX,
        back=(routes.INBOX, "thread.back"),
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.cond(ComposeState.error_count > 0, _summary(), rx.fragment()),
        urgent((ComposeState.chosen_phone, ComposeState.chosen_name), note=ComposeState.emergency_text),
        composed_for(),
        fieldset(
            paragraph(t("compose.recipient_help"), class_name="muted"),
            rx.foreach(ComposeState.recipients, _recipient),
            legend=t("compose.recipient"),
            error=ComposeState.recipient_error,
            id="recipient",
        ),
        _others(),
        rx.cond(ComposeState.categories.length() > 0, _category(), rx.fragment()),
        field(
            text_input(
                "subject",
                error=ComposeState.subject_error,
                auto_complete="off",
                custom_attrs=watched("compose-urgent"),
            ),
            id="subject",
            label=t("compose.subject"),
            description=t("compose.subject_help"),
            error=ComposeState.subject_error,
        ),
        field(
            textarea("body", error=ComposeState.body_error, rows=7, custom_attrs=watched("compose-urgent")),
            id="body",
            label=t("compose.body"),
            error=ComposeState.body_error,
            counter=counter(BODY_LIMIT, under=t("compose.left"), over=t("compose.over")),
        ),
        attachment_field("files", error=ComposeState.files_error, variant="secondary"),
        promise_before_sending(),
        urgent_notice("compose-urgent"),
        draft_note(),
        rx.cond(FOR != "", on_behalf(NavState.acting_name, NavState.acting_initials), rx.fragment()),
        button(icon("send"), send_words(t("compose.send"), NavState.acting_first), type="submit", size="lg"),
        on_submit=ComposeState.send,
        class_name="stack l",
        key=FOR,
        no_validate=True,
        custom_attrs=kept_as(NEW, ComposeState.sent_key),
    )


def _summary() -> rx.Component:
    many = t("compose.error_summary_many", n=ComposeState.error_count)
    title = rx.cond(ComposeState.error_count == 1, t("compose.error_summary_one"), many)
    return rx.el.div(
        error_summary(
            title,
            ("recipient", ComposeState.recipient_error),
            ("category", ComposeState.category_error),
            ("subject", ComposeState.subject_error),
            ("body", ComposeState.body_error),
            ("files", ComposeState.files_error),
        ),
        id="error-summary",
        tab_index=-1,
    )


def _recipient(row: rx.Var[RecipientRow]) -> rx.Component:
    return choice(
        kind="radio",
        id="recipient-" + row.id,
        name="recipient",
        value=row.id,
        label=row.name,
        description=row.note,
        default_checked=ComposeState.chosen == row.id,
        on_click=ComposeState.choose_recipient(row.id),
    )


def _category() -> rx.Component:
    """What it is about, in the words of the service that was chosen."""
    options = rx.foreach(ComposeState.categories, lambda row: rx.el.option(row.name, value=row.code))
    return field(
        select(
            rx.el.option(t("compose.category_none"), value=""),
            options,
            id="category",
            error=ComposeState.category_error,
            key=ComposeState.chosen,
        ),
        id="category",
        label=t("compose.category"),
        error=ComposeState.category_error,
    )


def _others() -> rx.Component:
    rows = rx.el.ul(
        rx.foreach(ComposeState.closed, lambda row: rx.el.li(row.note, key=row.id)), class_name="ds-list"
    )
    return details(
        t("compose.missing_service"),
        paragraph(t("compose.missing_text")),
        rx.cond(ComposeState.closed.length() > 0, rows, rx.fragment()),
    )


def _nobody() -> rx.Component:
    return rx.el.div(
        urgent(),
        rx.el.div(
            rx.el.span(icon("envelope"), class_name="pic"),
            heading(t("compose.none_title"), level=2, size="xs"),
            rx.cond(
                ComposeState.closed.length() > 0,
                rx.foreach(ComposeState.closed, lambda row: paragraph(row.note)),
                # No service at all: the home page knows whether one comes tonight, and whom to call if not.
                rx.fragment(
                    paragraph(t("compose.none_text")),
                    button_link(t("compose.none_link"), to=routes.HOME, variant="secondary"),
                ),
            ),
            class_name="empty",
        ),
        class_name="stack l",
    )
