"""What ties a form to its draft: assets/drafts.js saves what is typed and offers it again."""

from typing import Any

import reflex as rx

from digihelse_app.components.links import FOR
from digihelse_app.state.language import t
from digihelse_app.state.nav import NavState


def kept_as(place: rx.Var[str] | str, sent_key: rx.Var[str]) -> dict[str, Any]:
    """`custom_attrs` for a form: its draft's place, for whom, whose; and which send was received last."""
    named = rx.Var.create(f"{rx.Var.create(place)}|{FOR}|{rx.Var.create(NavState.draft_owner)}")
    return {"data-draft": named, "data-sent-key": sent_key}


def draft_note() -> rx.Component:
    """Says quietly that what is written is kept, and where; and how a send goes that takes time."""
    return rx.el.p(
        role="status",
        class_name="muted draft-note",
        custom_attrs={
            "data-draft-note": "true",
            "data-saved": t("draft.saved"),
            "data-here": t("draft.here"),
            "data-restored": t("draft.restored"),
            "data-sending": t("draft.sending"),
            "data-unsure": t("draft.unsure"),
        },
    )
