"""The step where one confirms that a visit is to be cancelled."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import alert, card
from digihelse_app.components.designsystemet.forms import counter, field, textarea
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.components.person import on_behalf
from digihelse_app.components.sending import composed_for
from digihelse_app.components.visit_facts import DETAIL, service_fact, when_fact, why_not
from digihelse_app.components.visits import call_line, visit_address
from digihelse_app.services.cancellation import COMMENT_LIMIT
from digihelse_app.state.cancelling import COMMENT_ID, CancellingState
from digihelse_app.state.language import t
from digihelse_app.state.nav import NavState
from digihelse_app.state.visit import VisitState

GIVEN_NAME = NavState.acting_name.to(str).split(" ")[0]
"""Of whom one acts for."""


def confirm_page() -> rx.Component:
    """The step before a visit is asked to be cancelled: what happens, a comment, and a calm way back."""
    return rx.el.div(
        heading(t("cancel.title"), level=1, takes_focus=True),
        card(when_fact(), service_fact(named=True), class_name="stack"),
        rx.cond(DETAIL.essential, _essential(), rx.fragment()),
        _confirm_form(),
        class_name="stack l",
    )


def _essential() -> rx.Component:
    return alert(
        heading(t("cancel.essential_title"), level=2, size="xs"),
        rx.el.div(paragraph(t("cancel.essential_text", service=DETAIL.call.service)), call_line(DETAIL.call)),
        color="warning",
    )


def _confirm_form() -> rx.Component:
    how = rx.el.section(
        heading(t("cancel.how"), level=2, size="xs"),
        rx.el.ul(
            _how("send", t("cancel.how_send", service=DETAIL.call.service)),
            _how("chat", t("cancel.how_answer")),
            _how("clock", t("cancel.how_regret")),
            class_name="scopes",
        ),
        class_name="stack s",
    )
    # What is written stays in view where it cannot be sent, but not when it was asked for already.
    open_to_ask = DETAIL.can_cancel | (DETAIL.why_not != "")
    return rx.el.form(
        rx.cond(open_to_ask, how, rx.fragment()),
        composed_for(),
        rx.el.input(type="hidden", name="visit", value=VisitState.visit_id, read_only=True),
        rx.cond(DETAIL.may_comment & open_to_ask, _comment(), rx.fragment()),
        rx.cond(
            DETAIL.can_cancel,
            _buttons(),
            rx.el.div(
                rx.cond(DETAIL.why_not != "", why_not(), _asked_already()),
                button_link(t("visits.see"), to=visit_address(VisitState.visit_id), variant="secondary"),
                class_name="stack",
            ),
        ),
        on_submit=CancellingState.cancel,
        class_name="stack l",
        key=FOR + VisitState.visit_id,
        no_validate=True,
        custom_attrs={"data-sent-key": CancellingState.sent_key},
    )


def _asked_already() -> rx.Component:
    """What has become of a request made meanwhile, in another tab or by somebody else."""
    told = rx.el.div(
        paragraph(rx.el.strong(DETAIL.asked.title)), paragraph(DETAIL.asked.text), class_name="quiet"
    )
    return rx.cond(DETAIL.asked.title != "", told, rx.fragment())


def _how(symbol: str, words: Var[str]) -> rx.Component:
    return rx.el.li(icon(symbol), rx.el.span(words))


def _comment() -> rx.Component:
    return field(
        textarea(COMMENT_ID, name="comment", error=CancellingState.error, rows=3),
        id=COMMENT_ID,
        label=t("cancel.comment"),
        description=t("cancel.comment_help"),
        error=CancellingState.error,
        counter=counter(COMMENT_LIMIT, under=t("compose.left"), over=t("compose.over")),
    )


def _buttons() -> rx.Component:
    whom = t("cancel.on_behalf", name=NavState.acting_name)
    confirm = rx.cond(FOR == "", t("cancel.confirm"), t("cancel.confirm_for", name=GIVEN_NAME))
    return rx.el.div(
        rx.cond(FOR != "", on_behalf(NavState.acting_name, NavState.acting_initials, whom), rx.fragment()),
        button(confirm, type="submit", color="danger", size="lg"),
        button_link(t("cancel.keep"), to=visit_address(VisitState.visit_id), variant="secondary", size="lg"),
        paragraph(t("cancel.deadline", until=DETAIL.deadline), class_name="muted"),
        class_name="stack",
    )
