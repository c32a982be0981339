"""Being away: the days, the visits they hit, and what was asked for."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.cancel_step import GIVEN_NAME
from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import alert, skeleton_rows
from digihelse_app.components.designsystemet.forms import (
    choice,
    counter,
    error_summary,
    field,
    fieldset,
    text_input,
    textarea,
)
from digihelse_app.components.designsystemet.text import data, heading, paragraph
from digihelse_app.components.frame import live_region
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.components.person import on_behalf
from digihelse_app.components.sending import composed_for
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.components.visits import call_line
from digihelse_app.services.cancellation import COMMENT_LIMIT
from digihelse_app.state.away import CHOICE, CHOOSE, DONE, HITS_ID, RESULT_ID, AwayState
from digihelse_app.state.away_rows import AwayRow
from digihelse_app.state.language import t
from digihelse_app.state.nav import NavState

ON_LOAD = on_load(AwayState.load)


def away() -> rx.Component:
    """One step at a time: the days, the visits, what came of it."""
    steps = rx.match(AwayState.stage, (CHOOSE, _choose()), (DONE, _outcome()), _period())
    return signed_in_page(
        _whose("title"),
        shown(
            AwayState.shown_for,
            rx.cond(AwayState.may, steps, _not_allowed()),
            skeleton_rows(t("visits.loading")),
        ),
        live_region(AwayState.announcement),
        active=routes.VISITS,
        back=(routes.VISITS, "visit.back"),
    )


def _whose(key: str) -> Var[str]:
    """The words for oneself, or those that name whom one acts for."""
    name = NavState.acting_name.to(str)
    return rx.cond((FOR != "") & (name != ""), t(f"away.for.{key}", name=GIVEN_NAME), t(f"away.{key}")).to(
        str
    )


def _not_allowed() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("calendar"), class_name="pic"),
        heading(t("away.not_allowed_title"), level=2, size="xs"),
        paragraph(t("away.not_allowed_text")),
        class_name="empty",
    )


def _period() -> rx.Component:
    return rx.el.form(
        paragraph(_whose("lead")),
        composed_for(),
        _date("first", AwayState.first, AwayState.first_error),
        _date("last", AwayState.last, AwayState.last_error),
        button(t("away.find"), type="submit", size="lg"),
        on_submit=AwayState.find,
        class_name="stack l",
        key="period|" + FOR,
        no_validate=True,
    )


def _date(name: str, value: Var[str], error: Var[str]) -> rx.Component:
    control = text_input(name, error=error, type="date", default_value=value, min=AwayState.today)
    return field(control, id=name, label=_whose(name), error=error)


def _choose() -> rx.Component:
    some = (AwayState.essential.length() > 0) | (AwayState.others.length() > 0)
    any_hit = some | (AwayState.closed.length() > 0)
    return rx.el.div(
        rx.el.div(
            heading(AwayState.span, level=2, size="sm", id=HITS_ID, tab_index=-1),
            button(t("away.change"), variant="tertiary", on_click=AwayState.change_period),
            class_name="row wrap",
        ),
        rx.cond(
            some,
            _form(),
            rx.cond(any_hit, paragraph(t("away.nothing_open")), _nothing()),
        ),
        rx.cond(AwayState.closed.length() > 0, _listed("closed", AwayState.closed), rx.fragment()),
        class_name="stack l",
    )


def _nothing() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("check-circle"), class_name="pic"),
        heading(t("away.nothing_title"), level=2, size="xs"),
        paragraph(t("away.nothing_text")),
        class_name="empty",
    )


def _form() -> rx.Component:
    whom = t("away.on_behalf", name=NavState.acting_name)
    confirm = rx.cond(FOR == "", t("cancel.confirm"), t("cancel.confirm_for", name=GIVEN_NAME))
    return rx.el.form(
        _summary(),
        composed_for(),
        rx.el.input(type="hidden", name="first", value=AwayState.first, read_only=True),
        rx.el.input(type="hidden", name="last", value=AwayState.last, read_only=True),
        rx.el.div(
            rx.cond(AwayState.essential.length() > 0, _essentials(), rx.fragment()),
            rx.cond(AwayState.others.length() > 0, _others(), rx.fragment()),
            rx.cond(AwayState.visits_error != "", _none_chosen(), rx.fragment()),
            id="visits",
            tab_index=-1,
            class_name="stack l",
        ),
        rx.cond(AwayState.may_comment, _comment(), rx.fragment()),
        paragraph(t("away.after"), class_name="muted"),
        rx.cond(FOR != "", on_behalf(NavState.acting_name, NavState.acting_initials, whom), rx.fragment()),
        rx.el.div(
            button(confirm, type="submit", color="danger", size="lg"),
            button_link(t("away.keep"), to=routes.VISITS, variant="secondary", size="lg"),
            class_name="stack",
        ),
        on_submit=AwayState.ask,
        class_name="stack l",
        key="choose|" + FOR + "|" + AwayState.span,
        no_validate=True,
        custom_attrs={"data-sent-key": AwayState.sent_key},
    )


def _summary() -> rx.Component:
    errors = (
        ("essentials", AwayState.essentials_error),
        ("visits", AwayState.visits_error),
        ("comment", AwayState.comment_error),
    )
    wrong = (
        (AwayState.essentials_error != "") | (AwayState.visits_error != "") | (AwayState.comment_error != "")
    )
    box = rx.el.div(error_summary(t("away.error_summary"), *errors), id="error-summary", tab_index=-1)
    return rx.cond(wrong, box, rx.fragment())


def _essentials() -> rx.Component:
    return rx.el.div(
        fieldset(
            paragraph(_whose("essential_text")),
            rx.foreach(AwayState.essential, _box),
            choice(
                kind="checkbox",
                id="essentials",
                name="essentials",
                value="yes",
                label=_whose("essential_confirm"),
            ),
            legend=rx.fragment(icon("warning"), _whose("essential_title")),
            error=AwayState.essentials_error,
        ),
        class_name="careful",
        custom_attrs=data(color="warning"),
    )


def _others() -> rx.Component:
    return fieldset(rx.foreach(AwayState.others, _box), legend=t("away.choose"))


def _none_chosen() -> rx.Component:
    return rx.el.p(AwayState.visits_error, class_name="ds-validation-message")


def _box(row: Var[AwayRow]) -> rx.Component:
    return choice(
        kind="checkbox",
        id=CHOICE + row.id,
        name=CHOICE + row.id,
        value="yes",
        label=row.title,
        description=rx.fragment(row.when, rx.el.br(), row.service),
        default_checked=True,
    )


def _comment() -> rx.Component:
    return field(
        textarea("comment", error=AwayState.comment_error, rows=3),
        id="comment",
        label=t("away.comment"),
        description=t("away.comment_help"),
        error=AwayState.comment_error,
        counter=counter(COMMENT_LIMIT, under=t("compose.left"), over=t("compose.over")),
    )


def _outcome() -> rx.Component:
    conflict = alert(paragraph(AwayState.conflict), color="warning", role="status")
    return rx.el.div(
        rx.el.div(
            heading(AwayState.told, level=2, size="sm", id=RESULT_ID, tab_index=-1),
            paragraph(t("away.after"), class_name="muted"),
            class_name="stack s",
        ),
        rx.cond(AwayState.conflict != "", conflict, rx.fragment()),
        rx.cond(AwayState.asked.length() > 0, _listed("asked", AwayState.asked), rx.fragment()),
        rx.cond(AwayState.refused.length() > 0, _listed("refused", AwayState.refused), rx.fragment()),
        rx.cond(AwayState.remaining.length() > 0, _listed("remaining", AwayState.remaining), rx.fragment()),
        button_link(t("away.to_visits"), to=routes.VISITS, variant="secondary", size="lg"),
        class_name="stack l",
    )


def _listed(name: str, rows: Var[list[AwayRow]]) -> rx.Component:
    row = _asked_row if name == "asked" else _closed_row
    return rx.el.section(
        heading(t(f"away.{name}"), level=2, size="xs", id=f"away-{name}"),
        rx.el.ul(rx.foreach(rows, row), class_name="rows", aria_labelledby=f"away-{name}"),
        class_name="stack s",
    )


def _what(row: Var[AwayRow]) -> list[rx.Component]:
    return [
        rx.el.b(row.title),
        rx.el.p(row.when),
        rx.el.p(row.service, class_name="muted"),
    ]


def _closed_row(row: Var[AwayRow]) -> rx.Component:
    why = rx.fragment(paragraph(row.why_not), call_line(row.call))
    return rx.el.li(
        *_what(row),
        rx.cond(row.why_not != "", why, rx.fragment()),
        class_name="away-row",
        key=row.id,
    )


def _asked_row(row: Var[AwayRow]) -> rx.Component:
    back = rx.el.form(
        composed_for(),
        rx.el.input(type="hidden", name="cancellation", value=row.cancellation, read_only=True),
        button(
            t("away.take_back"),
            rx.el.span(t("away.take_back_what", title=row.title, when=row.when), class_name="sr"),
            type="submit",
            variant="secondary",
        ),
        on_submit=AwayState.take_back,
    )
    return rx.el.li(
        *_what(row),
        paragraph(row.status, class_name="muted"),
        rx.cond(row.cancellation != "", back, rx.fragment()),
        class_name="away-row",
        key=row.id,
    )
