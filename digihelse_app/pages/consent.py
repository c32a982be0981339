"""The guided first use: one text, one box to tick, one button; then the next."""

# A State's attribute is a Var when read from the class, which its annotation does not say.
# pyright: reportArgumentType=false, reportAttributeAccessIssue=false, reportOperatorIssue=false

import reflex as rx

from digihelse_app import routes
from digihelse_app.components.designsystemet.actions import button
from digihelse_app.components.designsystemet.feedback import skeleton_rows
from digihelse_app.components.designsystemet.forms import choice, error_summary
from digihelse_app.components.designsystemet.text import heading, paragraph
from digihelse_app.components.links import FOR, plain_form
from digihelse_app.components.sending import composed_for
from digihelse_app.components.signed_in import on_load, shown, signed_in_page
from digihelse_app.models.codes import ConsentKind
from digihelse_app.services.consent import CURRENT_VERSIONS
from digihelse_app.state.consenting import ConsentState
from digihelse_app.state.language import t

ON_LOAD = on_load(ConsentState.load)


def consent() -> rx.Component:
    """The text to accept next."""
    steps = rx.match(
        ConsentState.kind,
        (ConsentKind.TERMS.value, _step(ConsentKind.TERMS, "1")),
        (ConsentKind.DIALOGUE.value, _step(ConsentKind.DIALOGUE, "2")),
        rx.fragment(),
    )
    return signed_in_page(
        "consent.page_title",
        shown(ConsentState.shown_for, steps, skeleton_rows(t("home.loading"))),
        plain_form(action=routes.LOGOUT, id="sign-out"),
        navigation=False,
    )


def _step(kind: ConsentKind, number: str) -> rx.Component:
    version = CURRENT_VERSIONS[kind]
    return rx.el.form(
        rx.cond(
            ConsentState.not_ticked,
            rx.el.div(
                error_summary(t("consent.error_summary"), ("accept", t("consent.error_not_ticked"))),
                id="error-summary",
                tab_index=-1,
            ),
            rx.fragment(),
        ),
        paragraph(
            t("consent.step", n=number), " · ", t("consent.version", version=version), class_name="muted"
        ),
        heading(t(f"consent.{kind}.{version}.title"), level=2, id="consent-title", tab_index=-1),
        rx.el.div(rx.foreach(ConsentState.paragraphs, lambda words: paragraph(words)), class_name="stack"),
        composed_for(),
        rx.el.input(type="hidden", name="kind", value=kind.value, read_only=True),
        rx.el.input(type="hidden", name="version", value=version, read_only=True),
        choice(kind="checkbox", id="accept", name="accept", value="yes", label=t(f"consent.accept_{kind}")),
        rx.cond(
            ConsentState.not_ticked,
            rx.el.p(t("consent.error_not_ticked"), class_name="ds-validation-message"),
            rx.fragment(),
        ),
        button(t(f"consent.button_{kind}"), type="submit", size="lg"),
        paragraph(
            t("consent.next_step" if kind is ConsentKind.TERMS else "consent.last_step"), class_name="muted"
        ),
        _not_now(),
        on_submit=ConsentState.accept,
        class_name="stack l",
        key=f"{kind}|" + FOR,
        id=f"consent-{kind}",
        no_validate=True,
    )


def _not_now() -> rx.Component:
    """A button for another form, since forms do not nest."""
    return rx.el.button(
        t("consent.not_now"),
        type="submit",
        class_name="ds-button",
        custom_attrs={"data-variant": "tertiary", "formaction": routes.LOGOUT, "form": "sign-out"},
    )
