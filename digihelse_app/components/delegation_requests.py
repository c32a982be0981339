"""Those who ask for a delegation, and what one has asked for oneself."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportReturnType=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app.components.delegations import confirm_box, line, scopes, who
from digihelse_app.components.designsystemet.actions import button
from digihelse_app.components.designsystemet.feedback import card, tag
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.state.delegation_requests import ASKED_TITLE, DECIDE_TITLE, RequestRow, RequestsState
from digihelse_app.state.language import t


def to_decide() -> rx.Component:
    """Who waits for one's answer; nothing when nobody does."""
    section = rx.el.section(
        heading(t("delegations.decide_title"), level=2, size="sm", id=DECIDE_TITLE, tab_index=-1),
        paragraph(t("delegations.decide_text")),
        rx.el.ul(rx.foreach(RequestsState.to_decide, _to_decide), class_name="stack"),
        class_name="stack",
    )
    return rx.cond(RequestsState.to_decide.length() > 0, section, rx.fragment())


def asked() -> rx.Component:
    """What one has asked for; nothing when one has not."""
    section = rx.el.section(
        heading(t("delegations.asked_title"), level=2, size="sm", id=ASKED_TITLE, tab_index=-1),
        rx.el.ul(rx.foreach(RequestsState.asked, _asked), class_name="stack"),
        class_name="stack",
    )
    return rx.cond(RequestsState.asked.length() > 0, section, rx.fragment())


def _to_decide(row: Var[RequestRow]) -> rx.Component:
    acts = rx.el.div(
        _ask(t("delegations.approve"), row, "approve"),
        _ask(t("delegations.decline"), row, "decline", color="danger"),
        class_name="acts",
    )
    confirm = rx.match(RequestsState.step, ("decline", _decline(row)), _approve(row))
    return rx.el.li(
        card(
            who(row.name, row.initials, line(t("delegations.born", number=row.born)), line(row.asked)),
            paragraph(t("delegations.wants")),
            scopes(row.can),
            rx.cond(row.reason != "", paragraph("«", row.reason, "»"), rx.fragment()),
            line(row.state),
            rx.cond(RequestsState.about == row.id, confirm, acts),
            class_name="stack",
        ),
        key=row.id,
    )


def _asked(row: Var[RequestRow]) -> rx.Component:
    take_back = rx.el.div(
        _ask(t("delegations.take_back"), row, "take_back", color="danger"), class_name="acts"
    )
    acts = rx.cond(RequestsState.about == row.id, _take_back(row), take_back)
    return rx.el.li(
        card(
            who(row.name, row.initials, line(row.asked)),
            rx.el.p(tag(row.state)),
            scopes(row.can),
            rx.cond(row.waits, acts, rx.fragment()),
            class_name="stack",
        ),
        key=row.id,
    )


def _approve(row: Var[RequestRow]) -> rx.Component:
    return confirm_box(
        t("delegations.approve_title", name=row.name),
        rx.el.div(paragraph(row.terms), paragraph(t("delegations.approve_text")), class_name="stack s"),
        RequestsState.approve,
        {"request": row.id},
        do=t("delegations.approve"),
        keep=t("delegations.not_now"),
        on_keep=RequestsState.keep,
        danger=False,
        error=RequestsState.error,
    )


def _decline(row: Var[RequestRow]) -> rx.Component:
    return confirm_box(
        t("delegations.decline_title", name=row.name),
        t("delegations.decline_text"),
        RequestsState.decline,
        {"request": row.id},
        do=t("delegations.decline_do"),
        keep=t("delegations.not_now"),
        on_keep=RequestsState.keep,
    )


def _take_back(row: Var[RequestRow]) -> rx.Component:
    return confirm_box(
        t("delegations.take_back_title", name=row.name),
        t("delegations.take_back_text"),
        RequestsState.take_back,
        {"request": row.id},
        do=t("delegations.take_back_do"),
        keep=t("delegations.take_back_keep"),
        on_keep=RequestsState.keep,
    )


def _ask(label: Var[str], row: Var[RequestRow], step: str, color: str | None = None) -> rx.Component:
    return button(
        label,
        rx.el.span(": ", row.name, class_name="sr"),
        variant="tertiary",
        color=color,
        on_click=RequestsState.ask(step, row.id),
    )
