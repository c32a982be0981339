"""The notice that words which sound like an emergency raise; it never stops anyone from sending."""

from typing import Any

import reflex as rx

from digihelse_app.components.contact import phone_link
from digihelse_app.state.language import t


def watched(notice_id: str) -> dict[str, Any]:
    """`custom_attrs` for a field: assets/urgent-words.js looks for the words in it, in the browser alone."""
    return {"data-urgent-notice": notice_id}


def urgent_notice(notice_id: str) -> rx.Component:
    """Hidden until a word in a `watched` field raises it; then an announced sentence, and whom to call."""
    return rx.el.div(
        rx.el.p(role="alert", class_name="ds-paragraph"),
        rx.el.ul(
            rx.el.li(phone_link("113", rx.el.b("113"), rx.el.span(t("frame.urgent_113")))),
            rx.el.li(
                phone_link("116\u00a0117", rx.el.b("116\u00a0117"), rx.el.span(t("frame.urgent_116117")))
            ),
        ),
        id=notice_id,
        class_name="urgent raised",
        custom_attrs={"data-sentence": t("urgent.sentence"), "data-raised": "false"},
    )
