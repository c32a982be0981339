"""The paper form for a delegation, filled in here and printed: for one who has no electronic ID.

What is typed stays in the browser: there is no form to send, no State, and nothing in the address.
"""

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.components.designsystemet.actions import button
from digihelse_app.components.designsystemet.forms import choice, field, fieldset, text_input
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.frame import page
from digihelse_app.components.icons import icon
from digihelse_app.state.language import t
from digihelse_app.state.nav import HelplineState

ON_LOAD = [HelplineState.load]
RIGHTS = tuple(permission for permission in Permission if permission in DELEGABLE)


def paper_form() -> rx.Component:
    """What to do, the form, and what happens then."""
    return page(
        "paper.title",
        rx.el.section(
            heading(t("paper.how_title"), level=2, size="xs"),
            rx.el.ol(
                rx.el.li(t("paper.how_1")),
                rx.el.li(t("paper.how_2")),
                rx.el.li(t("paper.how_3")),
                class_name="ds-list numbered",
            ),
            paragraph(t("paper.private")),
            class_name="stack s not-on-paper",
        ),
        rx.el.section(
            _person("giver"),
            _person("proxy"),
            fieldset(*(_right(right) for right in RIGHTS), legend=t("paper.rights")),
            _line("until", description=t("paper.until_help")),
            choice(
                kind="checkbox",
                id="paper-consent",
                name="",
                value="1",
                label=t("paper.consent"),
                auto_complete="off",
            ),
            rx.el.div(
                rx.el.p(t("paper.place_and_date")),
                rx.el.p(t("paper.signature")),
                class_name="sign only-on-paper",
            ),
            class_name="stack l paper-form",
        ),
        button(icon("printer"), t("paper.print"), type="button", size="lg", custom_attrs={"data-print": ""}),
        rx.el.section(
            heading(t("paper.then_title"), level=2, size="xs"),
            paragraph(t("paper.then")),
            paragraph(t("paper.assigned")),
            class_name="stack s not-on-paper",
        ),
        navigation=False,
        back=(routes.DELEGATIONS, "delegations.title"),
    )


def _person(who: str) -> rx.Component:
    return fieldset(
        _line(f"{who}_name", label="paper.name"),
        _line(f"{who}_number", label="paper.number", input_mode="numeric", max_length=11),
        legend=t(f"paper.{who}"),
    )


def _line(
    name: str, *, label: str = "", description: rx.Var[str] | None = None, **props: object
) -> rx.Component:
    identity = f"paper-{name.replace('_', '-')}"
    control = text_input(identity, auto_complete="off", spell_check=False, **props)  # pyright: ignore[reportArgumentType]
    return field(control, id=identity, label=t(label or f"paper.{name}"), description=description)


def _right(right: Permission) -> rx.Component:
    return choice(
        kind="checkbox",
        id=f"paper-{right.value.replace('_', '-')}",
        name="",
        value="1",
        label=t(f"paper.{right.value}"),
        auto_complete="off",
    )
