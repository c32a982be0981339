"""What the page of a visit and the step to cancel it both show."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.designsystemet.feedback import alert
from digihelse_app.components.designsystemet.text import paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.visits import call_line
from digihelse_app.state.cancelling import RESULT_ID, CancellingState
from digihelse_app.state.language import t
from digihelse_app.state.visit import VisitState

DETAIL = VisitState.detail


def fact(symbol: str, label: Var[str], *lines: rx.Component | rx.Var) -> rx.Component:
    """One line of what a visit is, with an icon, and a word for those who do not see it."""
    return rx.el.div(
        icon(symbol),
        rx.el.div(rx.el.span(label, ": ", class_name="sr"), *lines),
        class_name="fact",
    )


def when_fact() -> rx.Component:
    """When it is, and when it was to be."""
    old = rx.el.p(
        t("visits.before"),
        " ",
        rx.el.s(DETAIL.old),
        rx.el.span(" ", t("visits.before_over"), class_name="sr"),
        class_name="muted",
    )
    return fact(
        "calendar",
        t("visit.when"),
        rx.el.b(DETAIL.day),
        rx.el.p(DETAIL.time),
        rx.cond(DETAIL.old != "", old, rx.fragment()),
    )


def service_fact(*, named: bool = False) -> rx.Component:
    """Who provides it, and how they are called; `named`: below what it is for, and without the number."""
    if named:
        return fact(
            "home-care",
            t("visit.what"),
            rx.el.b(DETAIL.title),
            rx.el.p(DETAIL.call.service, class_name="muted"),
        )
    return fact("home-care", t("visit.what"), rx.el.b(DETAIL.call.service), call_line(DETAIL.call))


def result() -> rx.Component:
    """What came of the last act; always there, so that it is heard, and where the focus goes."""
    written = rx.cond(
        CancellingState.written != "",
        paragraph(t("cancel.written", words=CancellingState.written)),
        rx.fragment(),
    )
    conflict = alert(
        rx.el.div(paragraph(CancellingState.conflict), written, call_line(DETAIL.call)), color="warning"
    )
    about = CancellingState.about == VisitState.visit_id
    holds = (CancellingState.done_while == DETAIL.asked.status) & ~DETAIL.asked.failed
    return rx.el.div(
        rx.cond(about & (CancellingState.conflict != ""), conflict, rx.fragment()),
        rx.cond(
            about & holds & (CancellingState.done != ""),
            alert(paragraph(CancellingState.done), color="success"),
            rx.fragment(),
        ),
        id=RESULT_ID,
        role="status",
        tab_index=-1,
        class_name="result",
    )


def why_not() -> rx.Component:
    """Why it cannot be cancelled here, and whom to call instead."""
    return rx.el.div(paragraph(DETAIL.why_not), call_line(DETAIL.call), class_name="quiet")
