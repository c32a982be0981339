"""The log of use: who has looked at or done something, by day, and a way to take it away."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.contact import phone_link
from digihelse_app.components.designsystemet.actions import button, button_anchor, chip_radio
from digihelse_app.components.designsystemet.feedback import skeleton_rows
from digihelse_app.components.designsystemet.forms import field, select
from digihelse_app.components.designsystemet.text import heading, outside_link, paragraph
from digihelse_app.components.icons import icon, mark
from digihelse_app.components.links import FOR
from digihelse_app.components.person import face
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.services.access_log_choice import Kind, Span, Who
from digihelse_app.state.language import LanguageState, t
from digihelse_app.state.log import LogDay, LogLine, LogState
from digihelse_app.state.nav import HelplineState

ON_LOAD = on_load(LogState.load)

# What is chosen shows at once; drawn anew when the server chose, or read for another person.
_BEGUN_ANEW = FOR + "|" + LogState.shown_for + "|" + LogState.round.to(str)


def log() -> rx.Component:
    """Everybody's use for the person herself, and one's own for whoever acts for her."""
    return signed_in_page(
        "log.title",
        shown(LogState.shown_for, _content(), skeleton_rows(t("log.loading"), 3)),
        # For whom one acts there is no profile: home is the page above.
        back=(routes.PROFILE, "log.back"),
        active=routes.PROFILE,
    )


def _content() -> rx.Component:
    about = rx.cond(LogState.whom == "", t("log.lead"), t("log.lead_acting", name=LogState.whom))
    rows = rx.el.div(
        rx.foreach(LogState.days, _day),
        rx.cond(LogState.has_older, _older(), rx.fragment()),
        _downloads(),
        class_name="stack l",
    )
    return rx.el.div(
        paragraph(about, size="lg"),
        rx.el.div(rx.cond(LogState.sees_all, _who(), rx.fragment()), _narrow(), class_name="stack"),
        # Always there, so that it is heard when it changes.
        rx.el.p(LogState.found, role="status", class_name="muted"),
        rx.cond(LogState.days.length() > 0, rows, _none()),
        paragraph(t("log.wrong"), " ", phone_link(HelplineState.number, class_name="ds-link"), "."),
        class_name="stack l",
    )


def _who() -> rx.Component:
    chips = (
        chip_radio(
            t(f"log.who_{one.value}"),
            name="who",
            value=one.value,
            default_checked=LogState.who == one.value,
            on_change=LogState.choose_who(one.value),
        )
        for one in Who
    )
    several = (LogState.who == Who.PROXIES.value) & (LogState.people.length() > 1)
    options = rx.foreach(LogState.people, lambda one: rx.el.option(one.name, value=one.id))
    person = field(
        select(
            rx.el.option(t("log.person_all"), value=""),
            options,
            id="log-person",
            default_value=LogState.person,
            on_change=LogState.choose_person,
        ),
        id="log-person",
        label=t("log.person"),
    )
    return rx.fragment(
        rx.el.fieldset(
            rx.el.legend(t("log.who"), class_name="sr"), *chips, class_name="filters", key=_BEGUN_ANEW
        ),
        rx.cond(several, rx.el.div(person, key="person|" + _BEGUN_ANEW), rx.fragment()),
    )


def _narrow() -> rx.Component:
    return rx.el.div(
        _choice("kind", Kind, LogState.kind, LogState.choose_kind),
        _choice("span", Span, LogState.span, LogState.choose_span),
        class_name="two",
        key="narrow|" + _BEGUN_ANEW,
    )


def _choice(
    name: str, values: Iterable[StrEnum], chosen: Var[str], on_change: Callable[..., Any]
) -> rx.Component:
    options = (rx.el.option(t(f"log.{name}_{one.value}"), value=one.value) for one in values)
    return field(
        select(*options, id=f"log-{name}", default_value=chosen, on_change=on_change),
        id=f"log-{name}",
        label=t(f"log.{name}"),
    )


def _day(day: Var[LogDay]) -> rx.Component:
    return rx.el.section(
        heading(day.day, level=2, size="xs"),
        rx.el.ul(rx.foreach(day.lines, _line), class_name="rows"),
        class_name="stack s",
    )


def _line(line: Var[LogLine]) -> rx.Component:
    return rx.el.li(
        rx.match(
            line.face,
            ("self", face(line.initials)),
            ("proxy", face(line.initials, color="acting")),
            ("service", rx.el.span(icon("home-care"), class_name="mono")),
            rx.el.span(mark(), class_name="mono"),
        ),
        rx.el.div(
            rx.el.p(rx.el.strong(line.who, class_name="sub"), rx.el.time(line.time), class_name="t"),
            paragraph(line.what),
            rx.cond(line.times != "", paragraph(line.times, class_name="muted"), rx.fragment()),
            paragraph(line.ground, class_name="muted"),
        ),
        class_name="item log-line",
        key=line.id,
    )


def _older() -> rx.Component:
    return button(t("log.older"), variant="secondary", on_click=LogState.show_older)


def _none() -> rx.Component:
    return rx.el.div(
        rx.el.span(icon("search"), class_name="pic"),
        heading(t("log.none_title"), level=2, size="xs"),
        paragraph(t("log.none_text")),
        button(t("log.show_all"), variant="secondary", on_click=LogState.show_all),
        class_name="empty",
    )


def _downloads() -> rx.Component:
    return rx.el.section(
        button_anchor(
            icon("download"), t("log.download"), href=_file("csv"), variant="secondary", download=True
        ),
        paragraph(t("log.download_about"), class_name="muted"),
        paragraph(outside_link(t("log.download_json"), href=_file("json"), download=True)),
        class_name="stack s",
    )


def _file(form: str) -> Var[str]:
    """Address of the file, in the language and for whom the page is."""
    path = f"{routes.log_file(form)}?{routes.LANGUAGE_QUERY}="
    own = path + LanguageState.code
    return rx.cond(FOR != "", own + f"&{routes.FOR_QUERY}=" + FOR, own).to(str)
