"""Delegations as cards, with what each step means before it is taken."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportReturnType=false
# pyright: reportOperatorIssue=false

from collections.abc import Callable
from typing import Any

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.designsystemet.actions import button, button_link, button_turn
from digihelse_app.components.designsystemet.feedback import card, details
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.person import face
from digihelse_app.components.sending import composed_for
from digihelse_app.state.delegation_row import DelegationRow, EndedRow
from digihelse_app.state.delegations import CONFIRM, DelegationsState
from digihelse_app.state.language import t


def given_card(row: Var[DelegationRow]) -> rx.Component:
    """A delegation one has given: change, renew, take back."""
    confirm = rx.match(
        DelegationsState.step,
        ("renew", _renew(row)),
        _withdraw(row),
    )
    acts = rx.el.div(
        button_link(t("delegations.change"), _of(row.name), to=_change(row.id), variant="tertiary"),
        rx.cond(
            (row.ends != "") & (row.renewed_to != ""),
            _ask(t("delegations.renew"), row, "renew"),
            rx.fragment(),
        ),
        _ask(t("delegations.withdraw"), row, "withdraw", color="danger"),
        class_name="acts",
    )
    asked = DelegationsState.about == row.id
    can_change = rx.cond(asked, confirm, rx.cond(row.can_change, acts, rx.fragment()))
    return _card(row, can_change)


def held_card(row: Var[DelegationRow]) -> rx.Component:
    """A delegation one holds: use it, or let go of it."""
    use = button_turn(
        t("delegations.use", name=row.name), to=routes.HOME, key=row.key, variant="secondary", color="acting"
    )
    let_go = rx.cond(
        row.can_let_go, _ask(t("delegations.renounce"), row, "renounce", color="danger"), rx.fragment()
    )
    acts = rx.el.div(rx.cond(row.usable, use, rx.fragment()), let_go, class_name="stack s")
    return _card(row, rx.cond(DelegationsState.about == row.id, _renounce(row), acts))


def ended(rows: Var[list[EndedRow]]) -> rx.Component:
    """Those that have ended, folded away."""
    listed = rx.el.ul(rx.foreach(rows, _ended), class_name="stack")
    return rx.cond(rows.length() > 0, details(t("delegations.ended"), listed), rx.fragment())


def _ended(row: Var[EndedRow]) -> rx.Component:
    return rx.el.li(
        rx.el.strong(row.name),
        paragraph(row.was),
        paragraph(row.ended, class_name="muted"),
        key=row.id,
    )


def scopes(can: Var[list[str]], cannot: Var[list[str]] | None = None) -> rx.Component:
    """What may be done and what not: sign and words, never the sign alone."""
    yes = rx.foreach(can, lambda what: rx.el.li(icon("check-circle", filled=True), rx.el.span(what)))
    if cannot is None:
        return rx.el.ul(yes, class_name="scopes")
    no = rx.foreach(cannot, lambda what: rx.el.li(icon("no"), rx.el.span(what), class_name="no"))
    return rx.el.ul(yes, no, class_name="scopes")


def who(name: Var[str], initials: Var[str], *lines: rx.Component) -> rx.Component:
    """A face, a name, and lines about them."""
    return rx.el.div(
        face(initials, color="acting", size="lg"),
        rx.el.div(heading(name, level=3, size="xs"), *lines, class_name="grow"),
        class_name="row top0",
    )


def line(text: Var[str], class_name: str = "muted") -> rx.Component:
    """A paragraph, when there is something to say."""
    return rx.cond(text != "", paragraph(text, class_name=class_name), rx.fragment())


def confirm_box(
    title: Var[str],
    text: Var[str] | rx.Component,
    action: Callable[..., Any],
    fields: dict[str, Var[str]],
    *,
    do: Var[str],
    keep: Var[str],
    on_keep: Callable[..., Any],
    danger: bool = True,
    error: Var[str] | None = None,
) -> rx.Component:
    """What a step means, the step, and a calm way back."""
    hidden = [
        rx.el.input(type="hidden", name=name, value=value, read_only=True) for name, value in fields.items()
    ]
    return rx.el.div(
        heading(title, level=4, size="2xs", id=CONFIRM, tab_index=-1),
        text if isinstance(text, rx.Component) else paragraph(text),
        rx.fragment()
        if error is None
        else rx.cond(error != "", rx.el.p(error, class_name="ds-validation-message"), rx.fragment()),
        rx.el.form(
            composed_for(),
            *hidden,
            button(do, type="submit", color="danger" if danger else None),
            button(keep, variant="secondary", on_click=on_keep),
            on_submit=action,
            class_name="row wrap",
        ),
        role="group",
        aria_labelledby=CONFIRM,
        class_name="confirm stack",
    )


def _card(row: Var[DelegationRow], *below: rx.Component) -> rx.Component:
    return rx.el.li(
        card(
            who(row.name, row.initials, line(row.role), line(row.period), line(row.note)),
            rx.cond(
                row.ends != "", rx.el.p(icon("hourglass"), rx.el.span(row.ends), class_name="promise"), ""
            ),
            scopes(row.can, row.cannot),
            *below,
            class_name="stack",
        ),
        key=row.id,
    )


def _withdraw(row: Var[DelegationRow]) -> rx.Component:
    return confirm_box(
        t("delegations.withdraw_title", name=row.name),
        t("delegations.withdraw_text", name=row.name),
        DelegationsState.withdraw,
        {"delegation": row.id},
        do=t("delegations.withdraw_do"),
        keep=t("delegations.keep"),
        on_keep=DelegationsState.keep,
    )


def _renew(row: Var[DelegationRow]) -> rx.Component:
    return confirm_box(
        t("delegations.renew_title", name=row.name),
        t("delegations.renew_text", day=row.renewed_until),
        DelegationsState.renew,
        {"delegation": row.id, "until": row.renewed_to},
        do=t("delegations.renew"),
        keep=t("delegations.not_now"),
        on_keep=DelegationsState.keep,
        danger=False,
    )


def _renounce(row: Var[DelegationRow]) -> rx.Component:
    return confirm_box(
        t("delegations.renounce_title", name=row.name),
        t("delegations.renounce_text", name=row.name),
        DelegationsState.renounce,
        {"delegation": row.id},
        do=t("delegations.renounce_do"),
        keep=t("delegations.keep"),
        on_keep=DelegationsState.keep,
    )


def _ask(label: Var[str], row: Var[DelegationRow], step: str, color: str | None = None) -> rx.Component:
    return button(
        label, _of(row.name), variant="tertiary", color=color, on_click=DelegationsState.ask(step, row.id)
    )


def _of(name: Var[str]) -> rx.Component:
    return rx.el.span(": ", name, class_name="sr")


def _change(row_id: Var[str]) -> Var[str]:
    return Var.create(f"{routes.CHANGE}?{routes.DELEGATION_QUERY}=").to(str) + row_id
