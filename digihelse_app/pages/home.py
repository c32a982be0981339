"""The home page: the one thing that waits, or how far the setting up has come."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx
from reflex_base.vars.base import Var

from digihelse_app import routes
from digihelse_app.components.choose_person import you_can_help
from digihelse_app.components.contact import help_line, phone_link
from digihelse_app.components.designsystemet.actions import button_link
from digihelse_app.components.designsystemet.feedback import alert, card, skeleton_rows
from digihelse_app.components.designsystemet.text import heading, link, paragraph
from digihelse_app.components.frame import live_region
from digihelse_app.components.icons import icon
from digihelse_app.components.links import FOR, person_link
from digihelse_app.components.self_use import start_again
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.components.threads import thread_item
from digihelse_app.components.visits import exception_list, visit_item
from digihelse_app.models.codes import NoticeChannel
from digihelse_app.services.connection import SetupState
from digihelse_app.state.ahead import AheadState
from digihelse_app.state.home import HomeState
from digihelse_app.state.language import t
from digihelse_app.state.nav import HelplineState, NavState
from digihelse_app.state.persons import PersonsState

ON_LOAD = on_load(HomeState.load, PersonsState.load_home)


def home() -> rx.Component:
    """By set-up state: what waits, or why nothing can be written yet and what to do meanwhile."""
    content = rx.match(
        HomeState.setup,
        (SetupState.READY.value, _ready()),
        (SetupState.TONIGHT.value, _tonight()),
        (
            SetupState.OPENS_LATER.value,
            _told(HomeState.opens_title, HomeState.opens_text, t("setup.opens_next")),
        ),
        (SetupState.NOT_CONSENTED.value, _not_consented()),
        (SetupState.LEFT_TO_PROXIES.value, start_again()),
        (SetupState.FAILED.value, _failed()),
        (SetupState.NO_SERVICE.value, _no_service()),
        rx.fragment(),
    )
    # Who has nothing of her own here came to help.
    own_first = (HomeState.setup != SetupState.NOT_CONSENTED) & (HomeState.setup != SetupState.NO_SERVICE)
    return signed_in_page(
        rx.cond(HomeState.greeting != "", HomeState.greeting, t("home.page_title")),
        rx.cond((FOR == "") & ~own_first, you_can_help(), rx.fragment()),
        shown(HomeState.shown_for, content, skeleton_rows(t("home.loading"))),
        rx.cond((FOR == "") & own_first, you_can_help(), rx.fragment()),
        help_line(HelplineState.number, HelplineState.text, is_open=HelplineState.open),
        live_region(HomeState.announcement),
        live_region(AheadState.announcement),
        above=paragraph(HomeState.today, class_name="muted"),
        active=routes.HOME,
    )


def _ready() -> rx.Component:
    waiting = rx.el.section(
        heading(t("home.waiting"), level=2, size="xs"),
        rx.el.ul(rx.foreach(HomeState.waiting, lambda row: thread_item(row)), class_name="rows"),
        class_name="stack",
    )
    nothing = card(heading(t("setup.ready_title"), level=2, size="xs"), paragraph(HomeState.services))
    unwritten = (HomeState.unread.length() == 0) & (HomeState.waiting.length() == 0)
    quiet = unwritten & (AheadState.next.length() == 0)
    write = button_link(
        icon("write"), t("home.write"), to=routes.COMPOSE, variant=_filled_if(quiet), size="lg"
    )
    return rx.el.div(
        rx.cond(NavState.may != "", paragraph(NavState.may), rx.fragment()),
        exception_list(AheadState.exceptions),
        rx.cond(HomeState.unread.length() > 0, _hero(), rx.fragment()),
        rx.cond(AheadState.next.length() > 0, _next_visit(), rx.fragment()),
        rx.cond(HomeState.waiting.length() > 0, waiting, rx.fragment()),
        rx.cond(unwritten & NavState.writes, nothing, rx.fragment()),
        rx.cond(NavState.writes, write, rx.fragment()),
        class_name="stack l",
    )


def _next_visit() -> rx.Component:
    return rx.el.section(
        heading(t("visits.next"), level=2, size="xs"),
        rx.el.ul(
            rx.foreach(AheadState.next, lambda row: visit_item(row, AheadState.next_day)), class_name="rows"
        ),
        rx.el.p(link(t("visits.see_all"), to=routes.VISITS), class_name="uline"),
        class_name="stack s",
    )


def _filled_if(alone: Var[bool]) -> Var[str]:
    """One filled button a page: the hero has it, unless there is none."""
    return rx.cond(alone, "primary", "secondary")


def _hero() -> rx.Component:
    row = HomeState.unread[0]
    return rx.el.section(
        rx.el.p(icon("envelope", filled=True), HomeState.unread_when, class_name="eyebrow"),
        heading(HomeState.unread_title, level=2),
        paragraph("«", row.preview, "»"),
        rx.cond(
            NavState.unread > 1,
            paragraph(t("home.more_unread", n=NavState.unread)),
            rx.fragment(),
        ),
        person_link(
            t("home.read_answer"),
            icon("arrow-right"),
            to=routes.INBOX + f"?{routes.THREAD_QUERY}=" + row.id,
            class_name="go",
        ),
        class_name="hero",
    )


def _tonight() -> rx.Component:
    return rx.el.div(
        card(
            rx.el.div(
                heading(t("setup.tonight_title"), level=2, size="xs"),
                paragraph(t("setup.tonight_text")),
                class_name="stack s",
            ),
            rx.el.ol(
                _step("done", icon("check-heavy"), t("setup.signed_in")),
                _step("done", icon("check-heavy"), t("setup.consented")),
                _step("now", icon("moon", filled=True), t("setup.tonight"), HomeState.run_at),
                _step("", icon("house"), t("setup.ready"), HomeState.ready_from),
                class_name="steps",
            ),
            rx.el.p(icon("bell"), rx.el.span(_told_how()), class_name="promise box"),
            class_name="stack l",
        ),
        _before(),
        class_name="stack l",
    )


def _told_how() -> Var[str] | rx.Component:
    by_notice = [(way.value, t(f"setup.tonight_{way}")) for way in (NoticeChannel.SMS, NoticeChannel.EMAIL)]
    return rx.match(HomeState.told_by, *by_notice, t("setup.tonight_live"))


def _step(state: str, sign: rx.Component, name: Var[str], detail: Var[str] | None = None) -> rx.Component:
    said = {"done": t("setup.done"), "now": t("setup.now")}.get(state)
    hidden = rx.el.span(" (", said, ")", class_name="sr") if said is not None else rx.fragment()
    return rx.el.li(
        rx.el.i(sign, aria_hidden=True),
        rx.el.div(rx.el.b(name, hidden), rx.el.p(detail) if detail is not None else rx.fragment()),
        custom_attrs={"data-s": state} if state else {},
    )


def _before() -> rx.Component:
    return rx.el.section(
        heading(t("setup.before_title"), level=2, size="xs"),
        paragraph(t("setup.before_text")),
        _municipality(),
        class_name="stack s",
    )


def _municipality() -> rx.Component:
    call = phone_link(
        HomeState.municipality_phone,
        icon("phone", small=True),
        t("setup.call_municipality", name=HomeState.municipality),
        ", ",
        HomeState.municipality_phone,
        class_name="ds-link",
    )
    return rx.cond(HomeState.municipality_phone != "", rx.el.p(call, class_name="uline"), rx.fragment())


def _told(title: Var[str], text: Var[str], after: Var[str]) -> rx.Component:
    return card(
        heading(title, level=2, size="xs"),
        paragraph(text),
        paragraph(after),
        _municipality(),
        class_name="stack s",
    )


def _no_service() -> rx.Component:
    return _told(t("setup.no_service_title"), t("setup.no_service_text"), t("setup.no_service_next"))


def _failed() -> rx.Component:
    return alert(
        heading(t("setup.failed_title"), level=2, size="xs"),
        paragraph(rx.cond(HomeState.municipality_told, t("setup.failed_text"), t("setup.failed_late"))),
        paragraph(t("setup.failed_next")),
        _municipality(),
        color="warning",
    )


def _not_consented() -> rx.Component:
    return card(
        heading(t("setup.not_consented_title"), level=2, size="xs"),
        paragraph(t("setup.not_consented_text")),
        button_link(t("setup.not_consented_button"), to=routes.CONSENT, size="lg"),
        class_name="stack",
    )
