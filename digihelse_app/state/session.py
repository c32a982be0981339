"""How long this tab's session still lasts, and the warning before it ends."""

import reflex as rx

from digihelse_app.services import sessions
from digihelse_app.state.language import LanguageState
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.text import dates

WARNING_SECONDS = 120


class SessionState(rx.State):
    """Seconds left when last told (`left`, as of `told`, a counter), and whether to warn.

    The browser counts down by itself and asks again when the time comes: another tab may have kept the
    session awake meanwhile (WCAG 2.2.1: warned, and extended by one tap). `over_at` is the clock time when it
    is over whatever is done, empty while it can be extended; that is said once: `heard` when it has been.
    """

    left: int = 0
    told: int = 0
    warn: bool = False
    over_at: str = ""
    heard: bool = False

    def _keep(self, seconds: int) -> None:
        """An act has kept the session awake for `seconds`; nothing done puts off its last end."""
        if not self.over_at:
            self.left, self.told, self.warn = seconds, self.told + 1, False

    @rx.event
    @in_background
    async def check(self):
        """Ask how long is left. The gate sends the person out when it is nothing."""
        person, language = await self.get_state(PersonState), await self.get_state(LanguageState)
        left = await sessions.time_left(person._bound)
        self.left, self.told = left.seconds, self.told + 1
        self.over_at = dates.at_time(language.code, left.over_at) if left.over_at else ""
        self.warn = self.left <= WARNING_SECONDS and not (self.over_at and self.heard)

    @rx.event
    @signed_in
    async def extend(self):
        """Stay signed in: being an act, the call itself has kept the session awake."""
        self.warn = False

    @rx.event
    @signed_in
    async def close(self):
        """She has read when it is over, and finishes what she is doing: nothing comes over it again."""
        self.warn, self.heard = False, True
