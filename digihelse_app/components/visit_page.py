"""An open visit, and what became of a request to cancel it."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.calendar_feeds import calendar_link
from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import alert, card, details
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.components.sending import composed_for
from digihelse_app.components.visit_facts import DETAIL, fact, service_fact, when_fact, why_not
from digihelse_app.components.visit_hiding import hide_visit
from digihelse_app.components.visits import call_line, visit_address, visit_tag
from digihelse_app.models.codes import CancellationStatus
from digihelse_app.state.cancelling import CancellingState
from digihelse_app.state.language import t
from digihelse_app.state.visit import VisitState
from digihelse_app.state.visit_detail import EventRow, StepRow


def visit_page() -> rx.Component:
    """The visit whole: what it is, how it stands, and what one may do with it."""
    return rx.el.article(
        rx.el.header(
            heading(DETAIL.title, level=1, size="md", takes_focus=True),
            rx.cond(
                DETAIL.tags.length() > 0,
                rx.el.p(rx.foreach(DETAIL.tags, lambda row: visit_tag(row)), class_name="row wrap"),
                rx.fragment(),
            ),
            class_name="stack s",
        ),
        rx.cond(
            DETAIL.lead != "",
            alert(rx.el.div(paragraph(DETAIL.lead), call_line(DETAIL.call)), color="warning"),
            rx.fragment(),
        ),
        card(when_fact(), service_fact(), _who(), _instruction(), class_name="stack"),
        rx.cond(
            (DETAIL.asked.status != "") & (DETAIL.asked.status != CancellationStatus.TAKEN_BACK.value),
            _asked(),
            rx.fragment(),
        ),
        rx.cond(DETAIL.can_cancel, _may_cancel(), rx.fragment()),
        rx.cond(DETAIL.why_not != "", why_not(), rx.fragment()),
        rx.cond(DETAIL.comes, calendar_link(VisitState.visit_id), rx.fragment()),
        rx.cond(DETAIL.events.length() > 0, _history(), rx.fragment()),
        hide_visit(),
        class_name="stack l",
    )


def visit_missing() -> rx.Component:
    """In place of a visit that is not there, or not for this reader."""
    return rx.el.div(
        heading(
            rx.cond(VisitState.gone, t("visit.gone_title"), t("visit.not_found_title")),
            level=1,
            size="xs",
            takes_focus=True,
        ),
        paragraph(rx.cond(VisitState.gone, t("visit.gone_text"), t("visit.not_found_text"))),
        button_link(t("visit.to_visits"), to=routes.VISITS, variant="secondary"),
        class_name="empty",
    )


def _who() -> rx.Component:
    shown = fact("person", t("visit.who"), rx.el.b(DETAIL.who))
    return rx.cond(DETAIL.who != "", shown, rx.fragment())


def _instruction() -> rx.Component:
    shown = fact("info", t("visit.instruction"), paragraph(DETAIL.instruction, class_name="written"))
    return rx.cond(DETAIL.instruction != "", shown, rx.fragment())


def _asked() -> rx.Component:
    asked = DETAIL.asked
    chain = rx.el.ol(rx.foreach(asked.steps, _step), class_name="chain three", aria_label=t("visit.chain"))
    failed = alert(
        heading(asked.title, level=2, size="xs"),
        rx.el.div(paragraph(asked.text), call_line(DETAIL.call)),
        rx.cond(DETAIL.may_cancel & DETAIL.comes, _send_again(), rx.fragment()),
        color="danger",
        class_name="stack s",
    )
    told = rx.fragment(
        heading(asked.title, level=2, size="xs"),
        chain,
        paragraph(asked.text),
        _words("asked_words", asked.answer),
    )
    return rx.el.section(
        rx.cond(asked.failed, failed, told),
        rx.cond(
            FOR == "", _words("asked_comment", asked.comment), _words("asked_comment_for", asked.comment)
        ),
        rx.cond(asked.waits & DETAIL.may_cancel, _take_back(), rx.fragment()),
        class_name="stack",
    )


def _words(key: str, words: Var[str]) -> rx.Component:
    return rx.cond(
        words != "", paragraph(t(f"visit.{key}", words=words), class_name="written"), rx.fragment()
    )


def _step(row: Var[StepRow]) -> rx.Component:
    return rx.el.li(
        rx.el.i(rx.cond(row.done, icon("check", small=True), rx.fragment()), aria_hidden=True),
        rx.el.span(row.name, rx.cond(row.done, rx.el.span(", ", t("thread.done"), class_name="sr"), "")),
        rx.cond(row.time != "", rx.el.small(row.time), rx.fragment()),
        custom_attrs={"data-done": rx.cond(row.done, "true", rx.Var("undefined"))},
    )


def _take_back() -> rx.Component:
    return rx.el.form(
        composed_for(),
        rx.el.input(type="hidden", name="cancellation", value=DETAIL.asked.id, read_only=True),
        button(t("visit.take_back"), type="submit", variant="secondary", size="lg"),
        on_submit=CancellingState.take_back,
        key=FOR + DETAIL.asked.id,
    )


def _send_again() -> rx.Component:
    return rx.el.form(
        composed_for(),
        rx.el.input(type="hidden", name="cancellation", value=DETAIL.asked.id, read_only=True),
        button(t("thread.try_again"), type="submit", variant="secondary"),
        on_submit=CancellingState.send_again,
    )


def _may_cancel() -> rx.Component:
    return rx.el.div(
        button_link(
            t("visit.cancel"),
            to=visit_address(VisitState.visit_id, routes.CANCEL_STEP),
            variant="secondary",
            color="danger",
            size="lg",
        ),
        paragraph(t("visit.deadline", until=DETAIL.deadline), class_name="muted"),
        class_name="stack s",
    )


def _history() -> rx.Component:
    def event(row: Var[EventRow]) -> rx.Component:
        return rx.el.li(rx.el.span(row.when, class_name="muted"), " ", rx.el.span(row.text))

    return details(
        t("visit.history"), rx.el.ul(rx.foreach(DETAIL.events, event), class_name="ds-list events")
    )
