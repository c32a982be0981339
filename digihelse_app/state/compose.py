"""Writing a new message."""

from dataclasses import dataclass
from typing import Any

import reflex as rx

from digihelse_app import routes
from digihelse_app.access.permissions import Permission
from digihelse_app.services import inbox, sending
from digihelse_app.services.inbox import Recipient
from digihelse_app.state.form import ids_of, text_of
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.state.rows import RecipientRow
from digihelse_app.text import dates, opening_hours


@dataclass(frozen=True)
class CategoryRow:
    """What a message may be about: the service's own code, and its name."""

    code: str
    name: str


class ComposeState(PersonState):
    """Who can be written to, and what to mend in what was written. Errors are text, empty for none.

    `chosen` is the recipient chosen, empty for none; what goes for it follows: its name and phone, what it
    says of emergencies, its categories, when messages are read, and the last day for an answer.
    """

    shown_for: str = "-"
    ready: bool = True
    recipients: list[RecipientRow] = []
    closed: list[RecipientRow] = []
    chosen: str = ""
    chosen_name: str = ""
    chosen_phone: str = ""
    emergency_text: str = ""
    categories: list[CategoryRow] = []
    hours: str = ""
    promise: str = ""
    recipient_error: str = ""
    category_error: str = ""
    subject_error: str = ""
    body_error: str = ""
    files_error: str = ""
    error_count: int = 0
    sent_key: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read the recipients anew."""
        self._show_errors({})
        await self._read(self.chosen)

    @rx.event
    @in_background
    async def look_again(self):
        """The same page at a later time: a service may have opened, and a promise made now is another day."""
        await self._read(self.chosen)

    @rx.event
    @signed_in
    async def choose_recipient(self, recipient_id: str):
        """Tell what goes for this service; what is not among the recipients is no choice."""
        await self._read(recipient_id)
        self.recipient_error = self.category_error = ""

    async def _read(self, chosen: str) -> None:
        acting = await self._acting()
        self.ready = Permission.WRITE_MESSAGES in acting.permissions or not acting.for_self
        language = await self._language()
        recipients = await inbox.list_recipients(acting) if self.ready else []
        being_open = [recipient for recipient in recipients if recipient.open]
        self.recipients = [RecipientRow.of(recipient, language) for recipient in being_open]
        self.closed = [RecipientRow.of(recipient, language) for recipient in recipients if not recipient.open]
        only = being_open[0] if len(being_open) == 1 else None
        self._tell(next((one for one in being_open if one.id == chosen), only), language)
        self.shown_for = self._key

    def _tell(self, recipient: Recipient | None, language: str) -> None:
        if recipient is None:
            self.chosen = self.chosen_name = self.chosen_phone = self.emergency_text = ""
            self.hours = self.promise = ""
            self.categories = []
            return
        self.chosen, self.chosen_name = recipient.id, recipient.name
        self.chosen_phone = dates.kept_together(recipient.phone)
        self.emergency_text = recipient.emergency_text
        self.categories = [CategoryRow(each["code"], each["name"]) for each in recipient.categories]
        self.hours = opening_hours.in_words(language, recipient.opening_hours)
        due_on = recipient.reply_due_on
        self.promise = dates.long_date(language, due_on) if due_on else ""

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
            category=text_of(form, "category"),
            attachments=ids_of(form, "attachments"),
        )
        sent = await sending.send_new(acting, draft)
        self._show_errors({name: await self._text(key) for name, key in sent.errors.items()})
        if sent.errors:
            return rx.set_focus("error-summary")
        self.sent_key = draft.idempotency_key
        self._tell(None, await self._language())
        return rx.redirect(routes.acting_for(self._key, routes.thread(sent.thread_id)), replace=True)

    def _show_errors(self, errors: dict[str, str]) -> None:
        self.recipient_error = errors.get("recipient", "")
        self.category_error = errors.get("category", "")
        self.subject_error = errors.get("subject", "")
        self.body_error = errors.get("body", "")
        self.files_error = errors.get("attachments", "")
        self.error_count = len(errors)
