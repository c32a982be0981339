"""The frame of every page: skip link, header, navigation, the band of whom one acts for, content, footer."""

from collections.abc import Sequence
from typing import Any, Literal

import reflex as rx
from reflex_base.vars.base import Var
from reflex_components_core.base.error_boundary import ErrorBoundary

from digihelse_app import routes
from digihelse_app.components.connection import connection_banner
from digihelse_app.components.designsystemet.actions import button_anchor, skip_link
from digihelse_app.components.designsystemet.text import data, heading, paragraph
from digihelse_app.components.focus import LateElements, PageLanguage, RouteFocus
from digihelse_app.components.head import head
from digihelse_app.components.icons import icon, mark
from digihelse_app.components.links import FOR, person_link
from digihelse_app.state.language import LanguageState, t
from digihelse_app.state.nav import HelplineState

Layout = Literal["page", "page tight", "page front", "split"]
TITLE = "page-title"
"""Id of the page's `h1`."""
LANGUAGES = ("nb", "nn", "en")
"""Languages offered; each is complete."""

_PLACES = (
    ("home", routes.HOME, "house"),
    ("inbox", routes.INBOX, "envelope"),
    ("visits", routes.VISITS, "calendar"),
    ("delegations", routes.DELEGATIONS, "handshake"),
    ("profile", routes.PROFILE, "person"),
)


def page(
    title: str | Var[str],
    *content: rx.Component,
    active: str | None = None,
    navigation: bool = True,
    back: tuple[str, str] | None = None,
    above: rx.Component | None = None,
    lead: rx.Component | None = None,
    top: rx.Component | None = None,
    layout: Layout = "page",
    band: rx.Component | None = None,
    tools: Sequence[rx.Component] = (),
    unread: Var[int] | int | None = None,
    acting: Var[bool] = FOR != "",  # pyright: ignore[reportArgumentType]
    hidden_places: dict[str, Var[bool]] | None = None,
    way_in: Var[bool] | None = None,
    announce: Var[str] | None = None,
    footer: bool = True,
) -> rx.Component:
    """A whole page. Its single `h1` takes the focus after navigation.

    Args:
        title: the heading: a key of the catalogue, or a Var for one with a name in it.
        content: what follows the heading.
        active: address of the place in the navigation that this page belongs to.
        navigation: False on pages for people who are not signed in.
        back: address and catalogue key of the page one came from, as a link above the heading.
        above: a line between back link and heading, such as today's date.
        lead: a paragraph under the heading.
        top: what replaces back link, heading and lead; must then hold the `h1` (see `title_heading`).
        layout: width and columns of the content.
        band: `person.acting_band`, shown while `acting`.
        tools: more links in the header, before "Hjelp".
        unread: number of unread conversations, beside "Innboks".
        acting: whether one acts for someone; unless told otherwise, when the address names someone.
        hidden_places: places of the navigation, by address, that are hidden while their Var is true.
        way_in: whether there is anywhere to go for whom the address names; the navigation is hidden unless.
        announce: said politely to screen readers when it changes.
        footer: False where the content fills the screen.
    """
    header = top if top is not None else _page_header(title, back, above, lead)
    return rx.el.div(
        skip_link(t("frame.skip")),
        _top(tools, _navigation(active, unread, hidden_places or {}, way_in) if navigation else None),
        rx.fragment() if band is None else rx.cond(acting, band, rx.fragment()),
        rx.el.main(header, *content, id="main", tab_index=-1, class_name=layout),
        _footer() if footer else rx.fragment(),
        live_region(announce) if announce is not None else rx.fragment(),
        class_name="frame with-nav" if navigation else "frame",
        custom_attrs=data(color=rx.cond(acting, "acting", "accent")),
    )


def title_heading(title: str | Var[str], *, size: Literal["md", "lg"] = "lg") -> rx.Component:
    """The page's `h1`, for a page that sets its own `top`."""
    words = t(title) if isinstance(title, str) else title
    return heading(words, level=1, size=size, id=TITLE, tab_index=-1)


def live_region(text: Var[str]) -> rx.Component:
    """Says `text` to screen readers when it changes, without moving anything."""
    return rx.el.p(text, role="status", aria_live="polite", class_name="sr")


def back_link(to: str, key: str) -> rx.Component:
    """To the page above this one, keeping whom one acts for."""
    return person_link(icon("chevron-left"), t(key), to=to, class_name="back")


def _page_header(
    title: str | Var[str],
    back: tuple[str, str] | None,
    above: rx.Component | None,
    lead: rx.Component | None,
) -> rx.Component:
    parts = [back_link(*back) if back else None, above, title_heading(title), lead]
    return rx.el.header(*(part for part in parts if part is not None))


def _top(tools: Sequence[rx.Component], navigation: rx.Component | None) -> rx.Component:
    home = routes.FRONT if navigation is None else routes.HOME
    return rx.el.header(
        rx.el.div(
            person_link(mark(), rx.el.span(t("frame.brand")), to=home, class_name="brand"),
            navigation if navigation is not None else rx.fragment(),
            *tools,
            person_link(icon("phone", small=True), t("frame.help"), to=routes.HELP, class_name="tool"),
            class_name="top",
        ),
        class_name="bar",
    )


def _navigation(
    active: str | None,
    unread: Var[int] | int | None,
    hidden: dict[str, Var[bool]],
    way_in: Var[bool] | None,
) -> rx.Component:
    places: list[rx.Component] = []
    for name, to, symbol in _PLACES:
        place = _place(name, to, symbol, active, unread)
        places.append(rx.cond(hidden[to], rx.fragment(), place) if to in hidden else place)
    bar = rx.el.nav(rx.el.ul(*places), class_name="nav", aria_label=t("nav.label"))
    return bar if way_in is None else rx.cond(way_in, bar, rx.fragment())


def _place(
    name: str, to: str, symbol: str, active: str | None, unread: Var[int] | int | None
) -> rx.Component:
    here = to == active
    count = _count(unread) if name == "inbox" and unread is not None else rx.fragment()
    return rx.el.li(
        person_link(
            icon(symbol, filled=here),
            t(f"nav.{name}"),
            count,
            to=to,
            custom_attrs={"aria-current": "page"} if here else {},
        )
    )


def _count(unread: Var[int] | int) -> rx.Component:
    number_unread = Var.create(unread).to(int)
    shown = rx.cond(number_unread > 99, "99+", number_unread.to(str))
    words = rx.cond(number_unread == 1, t("nav.unread_one"), t("nav.unread", n=number_unread))
    hidden = rx.el.span(words, class_name="sr")
    number = rx.el.span(shown, aria_hidden=True)
    return rx.cond(number_unread > 0, rx.el.span(number, hidden, class_name="count"), rx.fragment())


def _footer() -> rx.Component:
    return rx.el.footer(
        rx.el.div(
            person_link(t("frame.privacy"), to=routes.PRIVACY),
            person_link(t("frame.accessibility"), to=routes.ACCESSIBILITY),
            *(_language(code) for code in LANGUAGES),
            class_name="uline",
        ),
        class_name="feet",
    )


def _language(code: str) -> rx.Component:
    name = t(f"frame.language_{code}")
    choice = rx.el.button(name, type="button", lang=code, on_click=LanguageState.choose(code))
    return rx.cond(LanguageState.code == code, rx.fragment(), choice)


def failure_page() -> rx.Component:
    """Shown in place of a page that broke, without what broke it."""
    return rx.el.div(
        rx.el.main(
            heading(t("error_page.title"), level=1),
            paragraph(t("error_page.text")),
            button_anchor(t("error_page.retry"), href="", size="lg"),
            paragraph(t("error_page.call", phone=HelplineState.number)),
            class_name="page",
            id="main",
        ),
        class_name="frame",
        custom_attrs=data(color="accent"),
    )


def app_look() -> dict[str, Any]:
    """Keyword arguments for `rx.App`: language, head, wraps, and none of Reflex's own toasts and resets."""
    return {
        "toaster": None,
        "reset_style": False,
        "html_lang": "nb",
        "html_custom_attrs": {"data-color-scheme": "auto"},
        "head_components": head(),
        "app_wraps": {
            # A component, not a function: wrapped once more by Reflex, a function would give a blank page.
            (55, "ErrorBoundary"): lambda _: ErrorBoundary.create(fallback_render=Var.create(failure_page())),
            (8, "LateElements"): lambda _: LateElements.create(),
            (7, "PageLanguage"): lambda _: PageLanguage.create(code=LanguageState.code),
            (6, "RouteFocus"): lambda _: RouteFocus.create(),
            (5, "Connection"): lambda _: connection_banner(),
        },
    }
