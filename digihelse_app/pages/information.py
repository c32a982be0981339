"""Pages of plain information: help, privacy, accessibility, signed out, and an address that is not there."""

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.contact import help_line, urgent
from digihelse_app.components.designsystemet.actions import button_anchor, button_link
from digihelse_app.components.designsystemet.text import bullets, heading, paragraph
from digihelse_app.components.frame import page
from digihelse_app.components.icons import icon
from digihelse_app.components.links import NEXT
from digihelse_app.state.language import t
from digihelse_app.state.nav import HelplineState

ON_LOAD = [HelplineState.load]

KEPT = (
    "profile",
    "services",
    "consents",
    "conversations",
    "drafts",
    "visits",
    "delegations",
    "notes",
    "notices",
    "devices",
    "calendar",
    "log",
)
"""What is kept of a person, in the order it is told; keys of the catalogue."""


def _sections(page_key: str, *names: str) -> list[rx.Component]:
    return [
        rx.el.section(
            heading(t(f"{page_key}.{name}_title"), level=2, size="xs"),
            paragraph(t(f"{page_key}.{name}_text")),
            class_name="stack s",
        )
        for name in names
    ]


def _help_line() -> rx.Component:
    return help_line(HelplineState.number, HelplineState.text, is_open=HelplineState.open)


def help_page() -> rx.Component:
    """How to reach someone, and answers to what is asked most."""
    return page(
        "help.title",
        rx.el.section(
            heading(t("help.call_title"), level=2, size="xs"),
            paragraph(t("help.call_text"), " ", t("helpline.hours"), "."),
            _help_line(),
            class_name="stack s",
        ),
        urgent(),
        *_sections("help", "write", "recipient", "night", "safe"),
        navigation=False,
        back=(routes.HOME, "nav.home"),
    )


def privacy() -> rx.Component:
    """Who is responsible, what is kept, cookies, rights."""
    return page(
        "privacy.title",
        *_sections("privacy", "controller"),
        rx.el.section(
            heading(t("privacy.what_title"), level=2, size="xs"),
            bullets(*(t(f"privacy.what_{name}") for name in KEPT)),
            class_name="stack s",
        ),
        *_sections("privacy", "cookies", "rights"),
        _help_line(),
        navigation=False,
        back=(routes.HOME, "nav.home"),
    )


def accessibility() -> rx.Component:
    """What can be expected, and whom to tell when it does not hold."""
    return page(
        "accessibility.title",
        paragraph(t("accessibility.text")),
        paragraph(t("accessibility.means")),
        *_sections("accessibility", "report"),
        _help_line(),
        navigation=False,
        back=(routes.HOME, "nav.home"),
    )


def signed_out() -> rx.Component:
    """What has happened, and the way back in."""
    return page(
        "signed_out.title",
        button_anchor(icon("lock"), t("signed_out.again"), href=_sign_in(), size="lg"),
        button_anchor(t("signed_out.front"), href=routes.FRONT, variant="tertiary"),
        _help_line(),
        lead=paragraph(t("signed_out.text"), size="lg"),
        navigation=False,
    )


def _sign_in() -> rx.Var[str]:
    """Back to what was asked for; the server takes only its own pages (web.auth)."""
    encoded = rx.Var(f"encodeURIComponent({NEXT!s})").to(str)
    return rx.cond(NEXT != "", rx.Var.create(f"{routes.LOGIN}?next={encoded}"), routes.LOGIN).to(str)


def not_found() -> rx.Component:
    """An address that leads nowhere."""
    return page(
        "not_found.title",
        paragraph(t("not_found.text")),
        button_link(t("not_found.home"), to=routes.FRONT),
        navigation=False,
    )
