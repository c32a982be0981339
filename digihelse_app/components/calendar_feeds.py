"""One's visits in a calendar of one's own: as a file, or by a private address that can be turned off."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.designsystemet.actions import button, button_anchor
from digihelse_app.components.designsystemet.feedback import alert, card
from digihelse_app.components.designsystemet.forms import field, text_input
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR
from digihelse_app.state.calendar_feeds import TITLE_ID, CalendarState, FeedRow
from digihelse_app.state.language import LanguageState, t


def calendar_link(visit_id: Var[str]) -> rx.Component:
    """Downloads one visit for the calendar on this device."""
    before, after = routes.VISIT_ICS.split("{visit_id}")
    query = f"?{routes.LANGUAGE_QUERY}=" + LanguageState.code
    person = rx.cond(FOR != "", f"&{routes.FOR_QUERY}=" + FOR, "").to(str)
    return button_anchor(
        icon("calendar"),
        t("calendar.add"),
        href=before + visit_id + after + query + person,
        variant="tertiary",
    )


def calendar_section() -> rx.Component:
    """The section for the foot of the agenda. The page reads `CalendarState.load` when it is opened."""
    content = card(
        heading(t("calendar.title"), level=2, size="xs", id=TITLE_ID, tab_index=-1),
        # Both regions are always there, so that what comes into them is announced.
        rx.el.div(
            paragraph(t("calendar.about")),
            rx.el.div(_done(CalendarState.revoked, t("calendar.revoked")), role="status"),
            rx.el.div(_error(), role="alert"),
        ),
        rx.cond(CalendarState.address != "", _ready(), _create()),
        rx.cond(CalendarState.revoking != "", _confirm(), rx.fragment()),
        rx.cond(CalendarState.feeds.length() > 0, _existing(), rx.fragment()),
        class_name="stack",
    )
    section = rx.el.section(content, aria_labelledby=TITLE_ID, class_name="calendar")
    shown = CalendarState.available & (CalendarState.shown_for == FOR)
    return rx.cond(shown, section, rx.fragment())


def _done(happened: Var[bool], sentence: Var[str]) -> rx.Component:
    return rx.cond(happened, rx.el.p(icon("check", small=True), sentence, class_name="row"), rx.fragment())


def _error() -> rx.Component:
    box = alert(paragraph(CalendarState.error), color="warning")
    return rx.cond(CalendarState.error != "", box, rx.fragment())


def _create() -> rx.Component:
    return rx.el.div(
        paragraph(t("calendar.gives")),
        button(
            icon("calendar"), t("calendar.create"), variant="secondary", on_click=CalendarState.create(FOR)
        ),
        class_name="stack s",
    )


def _ready() -> rx.Component:
    """The address, this once: to open here, or to copy into a calendar elsewhere."""
    address = text_input(
        "calendar-address",
        value=CalendarState.address,
        read_only=True,
        auto_complete="off",
        spell_check=False,
    )
    copied = rx.el.div(_done(CalendarState.copied, t("calendar.copied")), role="status")
    # Pressed by assets/copy.js, when the browser has really copied it.
    note = rx.el.button(id="calendar-copied", type="button", hidden=True, on_click=CalendarState.note_copied)
    copy = button(
        t("calendar.copy"),
        variant="secondary",
        custom_attrs={"data-copies": "calendar-address", "data-copied": "calendar-copied"},
    )
    done = button(t("calendar.done"), variant="tertiary", on_click=CalendarState.hide)
    return rx.el.div(
        heading(t("calendar.ready"), level=3, size="xs", id="calendar-ready", tab_index=-1),
        paragraph(t("calendar.once")),
        button_anchor(
            icon("calendar"), t("calendar.open"), href=CalendarState.subscribe, variant="secondary"
        ),
        field(address, id="calendar-address", label=t("calendar.address"), description=t("calendar.how")),
        rx.el.div(rx.el.div(copy, done, note, class_name="row wrap"), copied),
        paragraph(t("calendar.gives"), " ", t("calendar.company")),
        class_name="stack",
    )


def _existing() -> rx.Component:
    return rx.el.div(
        heading(t("calendar.existing"), level=3, size="2xs"),
        rx.el.ul(rx.foreach(CalendarState.feeds, _feed), class_name="stack s"),
        class_name="stack s",
    )


def _feed(row: Var[FeedRow]) -> rx.Component:
    turn_off = button(
        t("calendar.revoke"),
        rx.el.span(": ", row.created, class_name="sr"),
        variant="tertiary",
        color="danger",
        on_click=CalendarState.ask_revoke(row.id),
    )
    told = rx.el.div(paragraph(row.created), paragraph(row.read, class_name="muted"))
    return rx.el.li(told, turn_off, class_name="row wrap", key=row.id)


def _confirm() -> rx.Component:
    return alert(
        heading(t("calendar.revoke_title"), level=3, size="xs", id="calendar-revoke", tab_index=-1),
        paragraph(CalendarState.revoking_created),
        paragraph(t("calendar.revoke_text")),
        rx.el.div(
            button(
                t("calendar.revoke_confirm"),
                color="danger",
                on_click=CalendarState.revoke(FOR, CalendarState.revoking),
            ),
            button(t("calendar.revoke_keep"), variant="secondary", on_click=CalendarState.keep),
            class_name="row wrap",
        ),
        color="warning",
        class_name="stack",
    )
