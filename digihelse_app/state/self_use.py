"""Leaving Digihelse to those who act for one, and starting again."""

import reflex as rx

from digihelse_app.services import self_use
from digihelse_app.state.home import HomeState
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.text import dates

OFFER_ID, STOPPED_ID, NOBODY_ID = "self-use-title", "self-use-stopped", "self-use-nobody"
"""Where the focus goes when what was pressed is gone: to the offer's heading, or to what came of it."""


class SelfUseState(PersonState):
    """`offered`: there is somebody to leave it to, named in `proxies`. `asking`: about to stop."""

    shown_for: str = "-"
    stopped: bool = False
    offered: bool = False
    proxies: str = ""
    asking: bool = False
    nobody: bool = False

    @rx.event
    @in_background
    async def load(self):
        """Read how it is."""
        self.asking = self.nobody = False
        await self._read()

    @rx.event
    @signed_in
    async def ask_stop(self):
        """Explain what stopping means before it is done."""
        self.asking = self.offered
        return rx.set_focus("stop-title") if self.asking else None

    @rx.event
    @signed_in
    async def keep(self):
        """Change one's mind: nothing is changed."""
        self.asking = False
        return rx.set_focus(OFFER_ID)

    @rx.event
    @signed_in
    async def stop(self, person: str):
        """Leave it to the others; `person` is whom the page was drawn for."""
        self.nobody = not await self_use.stop(await self._acting_for(person))
        self.asking = False
        await self._read()
        return rx.set_focus(NOBODY_ID if self.nobody else STOPPED_ID)

    @rx.event
    @signed_in
    async def start(self, person: str):
        """Use it oneself again; `person` is whom the page was drawn for."""
        await self_use.start(await self._acting_for(person))
        await self._read()
        return [HomeState.load, rx.set_focus("page-title")]

    async def _read(self) -> None:
        acting = await self._acting()
        if acting.for_self:
            found = await self_use.status(acting)
            self.stopped = found.stopped
            self.offered = found.consented and not found.stopped and bool(found.proxies)
            self.proxies = dates.listed(await self._language(), found.proxies)
        self.shown_for = self._key
