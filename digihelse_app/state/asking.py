"""Asking somebody for a delegation. The answer is the same whoever is asked, and nobody at all."""

from typing import Any

import reflex as rx

from digihelse_app.access.permissions import DELEGABLE, Permission
from digihelse_app.services import delegation_requests
from digihelse_app.services.delegation_requests import Asking
from digihelse_app.state.form import text_of, ticked
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in

RECEIPT, SUMMARY = "receipt-title", "error-summary"


class AskingState(PersonState):
    """What to mend in what was written, as text, empty for none; `sent` once it is on its way."""

    shown_for: str = "-"
    sent: bool = False
    name_error: str = ""
    national_id_error: str = ""
    permissions_error: str = ""
    reason_error: str = ""
    asker_error: str = ""
    error_count: int = 0

    @rx.event
    @in_background
    async def load(self):
        """A form that nothing has been written in."""
        (await self._acting()).require(Permission.HOLD_DELEGATIONS)
        self.sent = False
        self._show({})
        self.shown_for = self._key

    @rx.event
    @signed_in
    async def ask(self, form: dict[str, Any]):
        """Ask for what is ticked. The identity number is handed on and not kept here."""
        acting = await self._acting_for(text_of(form, "person"))
        wanted = Asking(
            text_of(form, "name"),
            "".join(text_of(form, "national_id").split()),
            [one for one in Permission if one in DELEGABLE and ticked(form, one.value)],
            text_of(form, "reason"),
        )
        asked = await delegation_requests.ask(acting, wanted)
        self._show({name: await self._text(key) for name, key in asked.errors.items()})
        self.sent = not asked.errors
        return rx.set_focus(RECEIPT if self.sent else SUMMARY)

    def _show(self, errors: dict[str, str]) -> None:
        self.name_error = errors.get("name", "")
        self.national_id_error = errors.get("national_id", "")
        self.permissions_error = errors.get("permissions", "")
        self.reason_error = errors.get("reason", "")
        self.asker_error = errors.get("asker", "")
        self.error_count = len(errors)
