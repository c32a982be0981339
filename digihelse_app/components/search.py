"""What narrows the list of conversations: words, a view, a service."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx

from digihelse_app.components.designsystemet.actions import button, chip_radio
from digihelse_app.components.designsystemet.forms import field, select
from digihelse_app.components.links import FOR
from digihelse_app.services.thread_list import View
from digihelse_app.state.inbox import SEARCH_ID, SEARCH_LIMIT, InboxState
from digihelse_app.state.language import t

# What is chosen shows at once; drawn anew when the server chose, or read for another person.
_BEGUN_ANEW = FOR + "|" + InboxState.shown_for + "|" + InboxState.search_round.to(str)


def inbox_search() -> rx.Component:
    """Words to search for; Enter searches, Escape and the cross empty it (assets/inbox.js)."""
    return rx.el.form(
        rx.el.label(t("inbox.search"), html_for=SEARCH_ID, class_name="sr"),
        rx.el.div(
            rx.el.input(
                id=SEARCH_ID,
                name="text",
                type="search",
                class_name="ds-input",
                placeholder=t("inbox.search"),
                max_length=SEARCH_LIMIT,
                auto_complete="off",
                enter_key_hint="search",
            ),
            rx.el.button(
                type="reset",
                class_name="ds-button",
                on_click=InboxState.clear_search,
                custom_attrs={
                    "data-variant": "tertiary",
                    "data-icon": "true",
                    "aria-label": t("inbox.search_clear"),
                },
            ),
            button(t("inbox.search_button"), type="submit", variant="secondary"),
            class_name="ds-search",
        ),
        on_submit=InboxState.search,
        role="search",
        class_name="inbox-search",
        key=_BEGUN_ANEW,
    )


def view_chips() -> rx.Component:
    """Which conversations are shown: one of four."""
    return rx.el.fieldset(
        rx.el.legend(t("inbox.filter"), class_name="sr"),
        *(
            chip_radio(
                t(f"inbox.view_{view.value}"),
                name="view",
                value=view.value,
                default_checked=InboxState.view == view.value,
                on_change=InboxState.choose_view(view.value),
            )
            for view in View
        ),
        class_name="filters",
        key=_BEGUN_ANEW,
    )


def service_choice() -> rx.Component:
    """One service's conversations or all, for those who have more than one."""
    options = rx.foreach(InboxState.services, lambda one: rx.el.option(one.name, value=one.id))
    choice = field(
        select(
            rx.el.option(t("inbox.every_service"), value=""),
            options,
            id="inbox-service",
            default_value=InboxState.service,
            on_change=InboxState.choose_service,
        ),
        id="inbox-service",
        label=t("inbox.service"),
    )
    # The key is on the div: with a state in its own properties ds-field is compiled under a name with a dash.
    wrapped = rx.el.div(choice, class_name="service-choice", key=_BEGUN_ANEW)
    return rx.cond(InboxState.services.length() > 1, wrapped, rx.fragment())
