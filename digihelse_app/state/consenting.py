"""The guided first use: read the terms, then the consent, one step at a time."""

from typing import Any

import reflex as rx

from digihelse_app import routes
from digihelse_app.models.codes import ConsentKind
from digihelse_app.services import consent
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in


class ConsentState(PersonState):
    """The step one is at: a ConsentKind and its version, both empty until read."""

    shown_for: str = "-"
    kind: str = ""
    version: str = ""
    paragraphs: list[str] = []
    not_ticked: bool = False

    @rx.event
    @in_background
    async def load(self):
        """Find the next text to accept; home when there is none."""
        return await self._next_step()

    @rx.event
    @signed_in
    async def accept(self, form: dict[str, Any]):
        """Accept the text on the page, in the version that was read."""
        acting = await self._acting_for(form.get("person", ""))
        # An unticked box that has an id is sent as False, a ticked one as its value or as True.
        self.not_ticked = form.get("accept") not in ("yes", True)
        if self.not_ticked:
            return rx.set_focus("error-summary")
        await consent.give(acting, ConsentKind(str(form.get("kind"))), str(form.get("version")))
        # The button that was pressed stands far down: the next text is read from its top.
        return await self._next_step() or rx.set_focus("consent-title")

    async def _next_step(self):
        acting = await self._acting()
        remaining = await consent.still_to_accept(acting)
        self.shown_for, self.not_ticked = self._key, False
        self.kind = remaining[0] if remaining else ""
        self.version = consent.CURRENT_VERSIONS[remaining[0]] if remaining else ""
        self.paragraphs = await self._words() if remaining else []
        return None if remaining else rx.redirect(routes.acting_for(self._key, routes.HOME))

    async def _words(self) -> list[str]:
        text = await self._text(f"consent.{self.kind}.{self.version}.body")
        return text.strip().split("\n\n")
