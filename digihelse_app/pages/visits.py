"""Visits: the agenda, and in the same page the visit that is opened from it and the step to cancel it."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.calendar_feeds import calendar_section
from digihelse_app.components.cancel_step import GIVEN_NAME, confirm_page
from digihelse_app.components.designsystemet.actions import button, button_link, chip_radio
from digihelse_app.components.designsystemet.feedback import skeleton_rows
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.frame import back_link, live_region, title_heading
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR, STEP, VISIT
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.components.visit_facts import result
from digihelse_app.components.visit_page import visit_missing, visit_page
from digihelse_app.components.visits import coming_day, exception_list, past_day
from digihelse_app.state.calendar_feeds import CalendarState
from digihelse_app.state.cancelling import CancellingState
from digihelse_app.state.language import t
from digihelse_app.state.nav import NavState
from digihelse_app.state.visit import VisitState
from digihelse_app.state.visits import COMING, PAST, VisitsState

ON_LOAD = on_load(CancellingState.begin, VisitState.load, VisitsState.load, CalendarState.load)


def visits() -> rx.Component:
    """The agenda, or the visit in the address."""
    return signed_in_page(
        "visits.title",
        rx.cond(VISIT != "", _opened(), _agenda()),
        live_region(VisitsState.announcement),
        live_region(VisitState.announcement),
        _paper(),
        top=rx.el.header(
            rx.cond(VISIT != "", back_link(routes.VISITS, "visit.back"), title_heading("visits.title"))
        ),
        active=routes.VISITS,
    )


def _opened() -> rx.Component:
    waits = skeleton_rows(t("visit.loading"))
    found = rx.cond(STEP == routes.CANCEL_STEP, confirm_page(), visit_page())
    # In one place for both, so that it is there when the one gives way to the other.
    there = rx.cond(VisitState.visit_id == VISIT, rx.el.div(result(), found, class_name="opened"), waits)
    return shown(VisitState.shown_for, rx.cond(VisitState.missing, visit_missing(), there), waits)


def _agenda() -> rx.Component:
    agenda = rx.cond(VisitsState.shows, _shown(), _none_shown())
    content = rx.cond(VisitsState.ready, agenda, _not_ready())
    return rx.el.div(
        shown(VisitsState.shown_for, content, skeleton_rows(t("visits.loading"), 3)),
        # Nobody sees it; assets/pulse.js presses it when something new has come into view.
        rx.el.button(
            id="pulse-seen",
            type="button",
            hidden=True,
            on_click=VisitsState.looked_at,
            custom_attrs={"data-unseen": VisitsState.unseen},
        ),
    )


def _shown() -> rx.Component:
    return rx.el.div(
        exception_list(VisitsState.exceptions),
        _views(),
        rx.cond(VisitsState.services.length() > 1, _services(), rx.fragment()),
        rx.cond(
            (VisitsState.continuity != "") & (VisitsState.service == ""),
            paragraph(VisitsState.continuity),
            rx.fragment(),
        ),
        rx.cond(VisitsState.days.length() > 0, _days(), _empty()),
        _tools(),
        calendar_section(),
        rx.cond(VisitsState.silent != "", paragraph(VisitsState.silent, class_name="muted"), rx.fragment()),
        class_name="stack l",
    )


def _views() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend(t("visits.view"), class_name="sr"),
        *(
            rx.el.label(
                rx.el.input(
                    type="radio",
                    name="view",
                    value=view,
                    default_checked=VisitsState.view == view,
                    on_change=VisitsState.choose_view(view),
                ),
                t(f"visits.view_{view}"),
            )
            for view in (COMING, PAST)
        ),
        class_name="views",
        key=FOR + "|" + VisitsState.shown_for,
    )


def _services() -> rx.Component:
    def chip(name: rx.Var[str], value: rx.Var[str] | str) -> rx.Component:
        return chip_radio(
            name,
            name="service",
            value=value,
            default_checked=VisitsState.service == value,
            on_change=VisitsState.choose_service(value),
        )

    return rx.el.fieldset(
        rx.el.legend(t("visits.service"), class_name="sr"),
        chip(t("visits.every_service"), ""),
        rx.foreach(VisitsState.services, lambda one: chip(one.name, one.id)),
        class_name="filters",
        key=FOR + "|" + VisitsState.shown_for,
    )


def _days() -> rx.Component:
    days = rx.cond(
        VisitsState.view == PAST,
        rx.fragment(rx.foreach(VisitsState.days, past_day)),
        rx.fragment(rx.foreach(VisitsState.days, coming_day)),
    )
    more = button(t("visits.more"), variant="secondary", on_click=VisitsState.show_more, id="older-threads")
    return rx.el.div(days, rx.cond(VisitsState.has_more, more, rx.fragment()), class_name="agenda")


def _tools() -> rx.Component:
    words = rx.cond(_acts_for_other(), t("away.for.title", name=GIVEN_NAME), t("visits.away"))
    away = button_link(icon("away"), words, to=routes.AWAY, variant="secondary", size="lg")
    return rx.el.div(
        rx.cond(VisitsState.may_cancel, away, rx.fragment()),
        rx.el.div(
            rx.el.button(icon("printer"), t("visits.print"), type="button", on_click=VisitsState.print_week),
            class_name="uline",
        ),
        class_name="stack visit-tools",
    )


def _acts_for_other() -> Var[bool]:
    return (FOR != "") & (NavState.acting_name != "")


def _empty() -> rx.Component:
    past = VisitsState.view == PAST
    return rx.el.div(
        rx.el.span(icon("calendar"), class_name="pic"),
        heading(
            rx.cond(past, t("visits.none_past_title"), t("visits.none_coming_title")), level=2, size="xs"
        ),
        paragraph(rx.cond(past, t("visits.none_past_text"), t("visits.none_coming_text"))),
        class_name="empty",
    )


def _none_shown() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("calendar"), class_name="pic"),
        heading(t("visits.empty_title"), level=2, size="xs"),
        paragraph(t("visits.empty_text")),
        class_name="empty",
    )


def _not_ready() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("hourglass"), class_name="pic"),
        heading(t("visits.not_ready_title"), level=2, size="xs"),
        paragraph(t("inbox.not_ready_text")),
        button_link(t("inbox.not_ready_link"), to=routes.HOME, variant="secondary"),
        class_name="empty",
    )


def _paper() -> rx.Component:
    """What goes on paper when the week is asked for; assets/inbox.js prints when the number goes up."""
    week = rx.el.div(
        heading(VisitsState.week_title, level=2),
        rx.cond(_acts_for_other(), paragraph(rx.el.b(NavState.acting_name)), rx.fragment()),
        rx.el.div(rx.foreach(VisitsState.week, coming_day), class_name="agenda"),
        rx.cond(VisitsState.week.length() == 0, paragraph(t("visits.none_coming_title")), rx.fragment()),
        class_name="paper",
    )
    return rx.el.div(
        rx.cond(VisitsState.week_title != "", week, rx.fragment()),
        custom_attrs={"data-prints": VisitsState.prints.to(str)},
    )
