"""The table of pages: address, page, title, what is read when it is opened."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.pages import (
    ask_delegation,
    away,
    choose_person,
    compose,
    consent,
    delegations,
    front,
    give_delegation,
    home,
    inbox,
    information,
    log,
    paper_form,
    profile,
    visits,
)
from digihelse_app.state.language import t
from digihelse_app.state.nav import NavState


def add_pages(app: rx.App) -> None:
    """Add every page to the app."""
    pages = (
        (routes.FRONT, front.front, "front.page_title", front.ON_LOAD),
        (routes.CONSENT, consent.consent, "consent.page_title", consent.ON_LOAD),
        (routes.HOME, home.home, "home.page_title", home.ON_LOAD),
        (routes.INBOX, inbox.inbox, "inbox.page_title", inbox.ON_LOAD),
        (routes.COMPOSE, compose.compose, "compose.page_title", compose.ON_LOAD),
        (routes.VISITS, visits.visits, "visits.page_title", visits.ON_LOAD),
        (routes.AWAY, away.away, "away.page_title", away.ON_LOAD),
        (routes.DELEGATIONS, delegations.delegations, "delegations.page_title", delegations.ON_LOAD),
        (routes.GIVE, give_delegation.give, "giving.page_title", give_delegation.ON_LOAD),
        (routes.CHANGE, give_delegation.change, "giving.change_page_title", give_delegation.ON_LOAD_CHANGE),
        (routes.ASK, ask_delegation.ask, "asking.page_title", ask_delegation.ON_LOAD),
        (routes.PAPER_FORM, paper_form.paper_form, "paper.page_title", paper_form.ON_LOAD),
        (routes.CHOOSE_PERSON, choose_person.choose_person, "persons.page_title", choose_person.ON_LOAD),
        (routes.PROFILE, profile.profile, "profile.page_title", profile.ON_LOAD),
        (routes.LOG, log.log, "log.page_title", log.ON_LOAD),
        (routes.HELP, information.help_page, "help.page_title", information.ON_LOAD),
        (routes.PRIVACY, information.privacy, "privacy.page_title", information.ON_LOAD),
        (routes.ACCESSIBILITY, information.accessibility, "accessibility.page_title", information.ON_LOAD),
        (routes.SIGNED_OUT, information.signed_out, "signed_out.page_title", information.ON_LOAD),
        ("404", information.not_found, "not_found.page_title", []),
    )
    for route, page, title, reads in pages:
        unread = _unread() if route in routes.SIGNED_IN_PAGES else ""
        app.add_page(page, route=route, title=unread + t(title) + " – Digihelse", on_load=reads)


def _unread() -> rx.Var[str]:
    """The number of unread conversations before the title, where it is seen among other tabs."""
    number = rx.cond(NavState.unread > 99, "99+", NavState.unread.to(str))
    return rx.cond(NavState.unread > 0, rx.Var.create(f"({number}) "), "").to(str)
