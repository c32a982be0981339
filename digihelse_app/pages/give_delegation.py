"""Giving somebody a delegation, or changing one: the form, what it means, and the receipt."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false
# pyright: reportReturnType=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.access.permissions import Permission
from digihelse_app.components import terms
from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import alert, card, skeleton_rows
from digihelse_app.components.designsystemet.forms import error_summary, field, text_input
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.components.sending import composed_for
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.state.giving import CONFIRM, RECEIPT, SUMMARY, GivingState
from digihelse_app.state.language import t

ON_LOAD = on_load(GivingState.load)
ON_LOAD_CHANGE = on_load(GivingState.load_change)


def give() -> rx.Component:
    """To whom, what, and for how long."""
    hindered = alert(
        heading(t("delegations.cannot_give"), level=2, size="2xs"), paragraph(GivingState.hindrance)
    )
    return _page("giving.title", rx.cond(GivingState.hindrance != "", hindered, _form(_person())))


def change() -> rx.Component:
    """What somebody may do already, to be changed."""
    missing = rx.el.div(
        heading(t("giving.missing_title"), level=2, size="xs"),
        paragraph(t("giving.missing_text")),
        button_link(t("giving.to_list"), to=routes.DELEGATIONS, variant="secondary"),
        class_name="empty",
    )
    form = _form(paragraph(t("giving.changing", name=GivingState.name), size="lg"))
    return _page("giving.change_title", rx.cond(GivingState.missing, missing, form))


def _page(title: str, form: rx.Component) -> rx.Component:
    content = rx.cond(GivingState.receipt != "", _receipt(), form)
    return signed_in_page(
        title,
        shown(GivingState.shown_for, content, skeleton_rows(t("delegations.loading"))),
        active=routes.DELEGATIONS,
        back=(routes.DELEGATIONS, "nav.delegations"),
    )


def _form(person: rx.Component) -> rx.Component:
    """One form for both steps: while it is confirmed its fields are out of sight, and sent as they are."""
    return rx.el.form(
        composed_for(),
        rx.el.div(
            rx.cond(GivingState.error_count > 0, _summary(), rx.fragment()),
            person,
            terms.permissions(
                legend=t("giving.permissions"),
                error=GivingState.scopes_error,
                id="scopes",
                begins=_begins(),
            ),
            terms.services(),
            terms.begins(),
            terms.ends(),
            terms.history(),
            rx.el.p(icon("shield"), rx.el.span(t("giving.can_withdraw")), class_name="promise box"),
            button(t("giving.go_on"), type="submit", size="lg"),
            class_name="stack l",
            hidden=GivingState.confirming,
        ),
        rx.cond(GivingState.confirming, _confirm(), rx.fragment()),
        on_submit=GivingState.submit,
        class_name="stack l",
        key=FOR + "|" + GivingState.changing,
        no_validate=True,
        auto_complete="off",
    )


def _begins() -> dict[Permission, Var[bool]]:
    began = GivingState.began
    return {
        Permission.SEE_VISITS: began.see_visits,
        Permission.CANCEL_VISITS: began.cancel_visits,
        Permission.READ_MESSAGES: began.read_messages,
        Permission.WRITE_MESSAGES: began.write_messages,
        Permission.GET_NOTICES: began.get_notices,
    }


def _person() -> rx.Component:
    return rx.el.section(
        heading(t("giving.who"), level=2, size="xs"),
        field(
            text_input("name", error=GivingState.name_error, auto_complete="off", max_length=200),
            id="name",
            label=t("giving.name"),
            description=t("giving.name_help"),
            error=GivingState.name_error,
        ),
        field(
            text_input(
                "national_id",
                error=GivingState.national_id_error,
                input_mode="numeric",
                auto_complete="off",
                max_length=14,
                class_name="short",
            ),
            id="national_id",
            label=t("giving.national_id"),
            description=t("giving.national_id_help"),
            error=GivingState.national_id_error,
        ),
        class_name="stack",
    )


def _summary() -> rx.Component:
    many = t("compose.error_summary_many", n=GivingState.error_count)
    title = rx.cond(GivingState.error_count == 1, t("compose.error_summary_one"), many)
    return rx.el.div(
        error_summary(
            title,
            ("name", GivingState.name_error),
            ("national_id", GivingState.national_id_error),
            ("scopes", GivingState.scopes_error),
            ("services", GivingState.services_error),
            ("valid_from", GivingState.valid_from_error),
            ("valid_until", GivingState.valid_until_error),
        ),
        id=SUMMARY,
        tab_index=-1,
    )


def _confirm() -> rx.Component:
    is_change = GivingState.changing != ""
    title = rx.cond(is_change, t("giving.confirm_change"), t("giving.confirm_title"))
    do = rx.cond(is_change, t("giving.do_change"), t("giving.do"))
    return rx.el.section(
        card(
            heading(title, level=2, size="xs", id=CONFIRM, tab_index=-1),
            rx.foreach(GivingState.summary, lambda said: paragraph(said)),
            class_name="stack s",
        ),
        rx.el.p(icon("shield"), rx.el.span(t("giving.can_withdraw")), class_name="promise box"),
        button(do, type="submit", size="lg"),
        button(t("giving.back"), variant="secondary", size="lg", on_click=GivingState.back),
        class_name="stack",
    )


def _receipt() -> rx.Component:
    return rx.el.section(
        card(
            rx.el.p(icon("check-circle", filled=True), class_name="done"),
            heading(GivingState.receipt, level=2, size="sm", id=RECEIPT, tab_index=-1),
            rx.foreach(GivingState.summary, lambda said: paragraph(said)),
            paragraph(t("giving.told")),
            class_name="stack s",
        ),
        button_link(t("giving.to_list"), to=routes.DELEGATIONS, size="lg"),
        class_name="stack",
    )
