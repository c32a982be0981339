"""Visits in an agenda, what did not go as planned, and whom to call."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportReturnType=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.contact import phone_link
from digihelse_app.components.designsystemet.feedback import alert, tag
from digihelse_app.components.designsystemet.text import heading, link, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import person_link
from digihelse_app.services.visit_standing import Standing
from digihelse_app.state.call import CallRow
from digihelse_app.state.language import t
from digihelse_app.state.visit_exceptions import ExceptionRow
from digihelse_app.state.visit_rows import CHANGED, MOVED, DayRow, TagRow, VisitRow

_LOOKS = {
    Standing.UNDER_WAY: ("info", "clock"),
    Standing.LATE: ("warning", "clock"),
    Standing.MISSED: ("warning", "warning"),
    Standing.DONE: ("success", "check"),
    Standing.NOT_HOME: ("neutral", "house"),
    Standing.CALLED_OFF: ("danger", "no"),
    Standing.CANCELLED: ("neutral", "check"),
    Standing.REQUESTED: ("warning", "hourglass"),
    Standing.FAILED: ("danger", "warning"),
    Standing.DECLINED: ("neutral", "close"),
}


def visit_tag(row: Var[TagRow]) -> rx.Component:
    """Where a visit stands, in a word with an icon."""
    return rx.match(
        row.kind,
        *(
            (kind.value, tag(row.text, color=color, symbol=symbol))
            for kind, (color, symbol) in _LOOKS.items()
        ),
        (MOVED, tag(row.text, color="info", symbol="swap")),
        (CHANGED, tag(row.text, color="accent", symbol="bell", solid=True)),
        tag(row.text),
    )


def visit_address(visit_id: Var[str], step: str = "") -> Var[str]:
    """Address of a visit, at a step on the way."""
    rest = f"&{routes.STEP_QUERY}={step}" if step else ""
    return rx.Var.create(f"{routes.VISITS}?{routes.VISIT_QUERY}={visit_id}{rest}")


def visit_item(row: Var[VisitRow], label: Var[str] | None = None) -> rx.Component:
    """One visit as a link that opens it; `label` stands above the time."""
    old = rx.el.span(
        t("visits.before"),
        " ",
        rx.el.s(row.old),
        rx.el.span(" ", t("visits.before_over"), class_name="sr"),
        class_name="old",
    )
    foot = rx.el.span(
        rx.foreach(row.tags, lambda one: visit_tag(one)),
        rx.cond(row.note != "", rx.el.span(row.note), rx.fragment()),
        class_name="foot",
    )
    return rx.el.li(
        person_link(
            rx.el.span(
                rx.el.small(t("visits.clock") if label is None else label, " "),
                rx.el.b(row.time),
                rx.cond(row.over_night, rx.el.span(" ", t("visits.next_day"), class_name="old"), ""),
                rx.cond(row.old != "", old, rx.fragment()),
                class_name="at",
            ),
            rx.el.span(
                rx.el.span(row.title, class_name="what"),
                rx.el.span(row.service, class_name="who"),
                rx.cond(row.who != "", rx.el.span(row.who, class_name="who"), rx.fragment()),
                rx.cond((row.tags.length() > 0) | (row.note != ""), foot, rx.fragment()),
            ),
            icon("chevron-right", small=True),
            to=visit_address(row.id),
            class_name="visit",
            custom_attrs={"data-off": rx.cond(row.off, "true", rx.Var("undefined"))},
        ),
        key=row.id,
    )


def coming_day(day: Var[DayRow]) -> rx.Component:
    """A day that comes, under its heading."""
    return rx.el.section(_day_heading(day, level=2), day_rows(day), key=day.key)


def past_day(day: Var[DayRow]) -> rx.Component:
    """A day that has been, under its heading, and its month's when it is the first of it."""
    month = heading(day.month, level=2, size="sm", class_name="month")
    return rx.el.section(
        rx.cond(day.month != "", month, rx.fragment()),
        _day_heading(day, level=3),
        day_rows(day),
        key=day.key,
    )


def day_rows(day: Var[DayRow]) -> rx.Component:
    """The visits of a day."""
    return rx.el.ul(rx.foreach(day.visits, lambda row: visit_item(row)), class_name="rows")


def _day_heading(day: Var[DayRow], *, level: int) -> rx.Component:
    return heading(day.strong, " ", rx.el.span(day.rest), level=level, size="xs", class_name="day-title")


def exception_list(rows: Var[list[ExceptionRow]]) -> rx.Component:
    """What did not go as planned, each with what to do."""
    items = rx.el.ul(
        rx.foreach(rows, _exception), class_name="stack s exceptions", aria_label=t("visits.exceptions")
    )
    return rx.cond(rows.length() > 0, items, rx.fragment())


def _exception(row: Var[ExceptionRow]) -> rx.Component:
    color = rx.match(
        row.kind,
        (Standing.LATE.value, "warning"),
        (Standing.MISSED.value, "warning"),
        (Standing.CALLED_OFF.value, "danger"),
        "info",
    )
    return rx.el.li(
        alert(
            rx.el.div(
                paragraph(rx.el.strong(row.head), " ", row.text),
                rx.cond(row.calls, call_line(row.call), rx.fragment()),
                rx.el.p(
                    link(
                        t("visits.see"),
                        rx.el.span(": ", row.head, class_name="sr"),
                        to=visit_address(row.id),
                    ),
                    class_name="uline",
                ),
            ),
            color=color,
        ),
        key=row.id + row.kind,
    )


def call_line(call: Var[CallRow]) -> rx.Component:
    """The service's number as a link, and whether it is open now; nothing without a number."""
    number = phone_link(
        call.phone,
        icon("phone", small=True),
        rx.el.span(t("visits.call", service=call.service), ", ", call.phone),
        class_name="ds-link",
    )
    hours = rx.el.span(call.hours, class_name=rx.cond(call.open, "open", "muted"))
    line = rx.el.p(number, rx.cond(call.hours != "", hours, rx.fragment()), class_name="uline call")
    return rx.cond(call.phone != "", line, rx.fragment())
