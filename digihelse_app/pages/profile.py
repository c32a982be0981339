"""The person's own page: particulars, notices, language, consents, signing out."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.designsystemet.actions import button, button_link
from digihelse_app.components.designsystemet.feedback import alert, card, details, skeleton_rows, tag
from digihelse_app.components.designsystemet.text import bullets, heading, paragraph
from digihelse_app.components.devices import devices
from digihelse_app.components.export import export
from digihelse_app.components.frame import LANGUAGES
from digihelse_app.components.icons import icon
from digihelse_app.components.links import plain_form
from digihelse_app.components.notices import notice_settings
from digihelse_app.components.self_use import self_use
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.state.devices import DeviceState
from digihelse_app.state.export import ExportState
from digihelse_app.state.language import LanguageState, t
from digihelse_app.state.nav import NavState
from digihelse_app.state.notices import NoticeState
from digihelse_app.state.profile import CONSENTS_ID, ConsentRow, ProfileState
from digihelse_app.state.self_use import SelfUseState

CONSEQUENCES = ("access", "notices", "kept", "told", "again")
"""What follows from withdrawing a consent, in the order it is told; keys of the catalogue."""

ON_LOAD = on_load(ProfileState.load, NoticeState.load, ExportState.load, DeviceState.load, SelfUseState.load)


def profile() -> rx.Component:
    """Everything about oneself that is not health."""
    parts = (_person(), notice_settings(), _language(), _log(), export(), devices(), _consents(), self_use())
    own = rx.el.div(*parts, class_name="stack l")
    content = rx.cond(ProfileState.own, own, _of_another())
    return signed_in_page(
        "profile.title",
        shown(ProfileState.shown_for, content, skeleton_rows(t("profile.loading"))),
        plain_form(
            button(icon("sign-out"), t("profile.sign_out"), type="submit", variant="secondary", size="lg"),
            action=routes.LOGOUT,
            class_name="stack",
        ),
        active=routes.PROFILE,
    )


def _person() -> rx.Component:
    return card(
        heading(t("profile.person"), level=2, size="xs"),
        rx.el.dl(
            rx.el.div(rx.el.dt(t("profile.name")), rx.el.dd(ProfileState.name)),
            rx.el.div(
                rx.el.dt(t("profile.national_id")),
                rx.el.dd(ProfileState.masked_national_id, class_name="num"),
            ),
            class_name="facts",
        ),
        paragraph(t("profile.from_register"), class_name="muted"),
        class_name="stack",
    )


def _language() -> rx.Component:
    return card(
        heading(t("profile.language"), level=2, size="xs"),
        rx.el.div(*(_language_choice(code) for code in LANGUAGES), class_name="filters"),
        class_name="stack",
    )


def _log() -> rx.Component:
    return card(
        heading(t("log.title"), level=2, size="xs"),
        paragraph(t("log.about_link")),
        button_link(icon("eye"), t("log.open"), to=routes.LOG, variant="secondary"),
        class_name="stack",
    )


def _of_another() -> rx.Component:
    """While one acts for somebody: her profile is hers alone, but what one did for her can be seen."""
    return card(
        paragraph(t("profile.of_another", name=NavState.acting_name)),
        button_link(icon("eye"), t("log.open"), to=routes.LOG, variant="secondary"),
        class_name="stack",
    )


def _language_choice(code: str) -> rx.Component:
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="language",
            value=code,
            checked=LanguageState.code == code,
            on_change=[LanguageState.choose(code), ProfileState.load],
            class_name="ds-input",
        ),
        rx.el.span(t(f"frame.language_{code}"), lang=code),
        class_name="ds-chip",
    )


def _consents() -> rx.Component:
    rows = rx.el.ul(rx.foreach(ProfileState.consents, _consent), class_name="stack")
    none = paragraph(t("profile.no_consents"))
    return rx.el.section(
        heading(t("profile.consents"), level=2, size="xs", id=CONSENTS_ID, tab_index=-1),
        rx.cond(ProfileState.withdrawing != "", _confirm(), rx.fragment()),
        rx.cond(ProfileState.consents.length() > 0, rows, none),
        class_name="stack",
    )


def _consent(row: rx.Var[ConsentRow]) -> rx.Component:
    state = rx.cond(
        row.withdrawn == "",
        tag(t("profile.in_force"), symbol="check", color="success"),
        tag(t("profile.not_in_force")),
    )
    withdraw = button(
        t("profile.withdraw"),
        rx.el.span(": ", row.name, class_name="sr"),
        variant="tertiary",
        color="danger",
        on_click=ProfileState.ask_withdraw(row.kind),
    )
    return rx.el.li(
        card(
            rx.el.div(heading(row.name, level=3, size="2xs"), state, class_name="row wrap"),
            paragraph(row.version, " · ", row.given, class_name="muted"),
            rx.cond(row.withdrawn != "", paragraph(row.withdrawn, class_name="muted"), rx.fragment()),
            # In a box of its own: a card with details straight inside gives up its padding.
            rx.el.div(details(t("profile.read"), rx.foreach(row.paragraphs, lambda words: paragraph(words)))),
            rx.cond(row.withdrawn == "", withdraw, rx.fragment()),
            class_name="stack s",
        ),
        key=row.id,
    )


def _confirm() -> rx.Component:
    return alert(
        heading(
            t("profile.withdraw_title", name=ProfileState.withdrawing_name),
            level=3,
            size="xs",
            id="withdraw-title",
            tab_index=-1,
        ),
        bullets(*(t(f"profile.withdraw_{name}") for name in CONSEQUENCES)),
        rx.el.div(
            button(
                t("profile.withdraw_confirm"),
                color="danger",
                on_click=ProfileState.withdraw(ProfileState.withdrawing),
            ),
            button(t("profile.withdraw_keep"), variant="secondary", on_click=ProfileState.keep),
            class_name="row wrap",
        ),
        color="warning",
        class_name="stack",
    )
