"""How long this tab's session still lasts, and the warning before it ends."""

import reflex as rx

from digihelse_app.services import sessions
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in

WARNING_SECONDS = 120


class SessionState(rx.State):
    """Seconds left when last told (`left`, as of `told`, a counter), and whether to warn.

    The browser counts down by itself and asks again when the time comes: another tab may have kept the
    session awake meanwhile (WCAG 2.2.1: warned, and extended by one tap).
    """

    left: int = 0
    told: int = 0
    warn: bool = False

    def _restart(self, seconds: int) -> None:
        self.left, self.told, self.warn = seconds, self.told + 1, False

    @rx.event
    @in_background
    async def check(self):
        """Ask how long is left. The gate sends the person out when it is nothing."""
        person = await self.get_state(PersonState)
        self.left, self.told = await sessions.seconds_left(person._bound), self.told + 1
        self.warn = self.left <= WARNING_SECONDS

    @rx.event
    @signed_in
    async def extend(self):
        """Stay signed in: being an act, the call itself has kept the session awake."""
        self.warn = False
