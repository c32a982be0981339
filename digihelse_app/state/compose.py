"""Writing a new message."""

from typing import Any

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.permissions import Permission
from digihelse_app.services import inbox, sending
from digihelse_app.state.form import text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.rows import RecipientRow


class ComposeState(PersonState):
    """Who can be written to, and what to mend in what was written. Errors are text, empty for none."""

    shown_for: str = "-"
    ready: bool = True
    recipients: list[RecipientRow] = []
    closed: list[RecipientRow] = []
    recipient_error: str = ""
    subject_error: str = ""
    body_error: str = ""
    error_count: int = 0
    sent_key: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read the recipients anew."""
        acting = await self._acting()
        self._show_errors({})
        self.ready = Permission.WRITE_MESSAGES in acting.permissions or not acting.for_self
        language = await self._language()
        recipients = await inbox.list_recipients(acting) if self.ready else []
        self.recipients = [RecipientRow.of(recipient, language) for recipient in recipients if recipient.open]
        self.closed = [RecipientRow.of(recipient, language) for recipient in recipients if not recipient.open]
        self.shown_for = self._key

    @rx.event
    @signed_in
    async def send(self, form: dict[str, Any]):
        """Send what was written, for whom it was written; on success go to the conversation."""
        acting = await self._acting_for(form.get("person", ""))
        draft = sending.Draft(
            body=text_of(form, "body"),
            idempotency_key=text_of(form, "key"),
            recipient=text_of(form, "recipient"),
            subject=text_of(form, "subject"),
        )
        sent = await sending.send_new(acting, draft)
        self._show_errors({name: await self._text(key) for name, key in sent.errors.items()})
        if sent.errors:
            return rx.set_focus("error-summary")
        self.sent_key = draft.idempotency_key
        return rx.redirect(routes.acting_for(self._key, routes.thread(sent.thread_id)), replace=True)

    def _show_errors(self, errors: dict[str, str]) -> None:
        self.recipient_error = errors.get("recipient", "")
        self.subject_error = errors.get("subject", "")
        self.body_error = errors.get("body", "")
        self.error_count = len(errors)
