"""«Everything about me» on one's own page: asking for it, how far it has come, and fetching it."""

import reflex as rx

from digihelse_app import routes
from digihelse_app.models.codes import ExportStatus
from digihelse_app.outside import clock
from digihelse_app.services import export
from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import in_background, signed_in
from digihelse_app.text import dates

_MEGABYTE = 1024 * 1024


class ExportState(PersonState):
    """`status` is an ExportStatus, empty when nothing was asked for; `address` leads to what is ready."""

    shown_for: str = "-"
    status: str = ""
    progress: str = ""
    step: int = 0
    steps: int = 1
    ready: str = ""
    address: str = ""

    @rx.event
    @in_background
    async def load(self):
        """Read how far it has come; of whom one acts for there is nothing to see."""
        await self._read()

    @rx.event
    @signed_in
    async def ask(self, person: str):
        """Have it made; `person` is whom the page was drawn for."""
        await export.ask(await self._acting_for(person), await self._language())
        await self._read()

    async def _read(self) -> None:
        acting = await self._acting()
        found = await export.newest(acting) if acting.for_self else None
        self.status = found.status if found else ""
        self.address = self.progress = self.ready = ""
        if found and found.status is ExportStatus.WAITING:
            self.step, self.steps = found.step, found.steps
            self.progress = await self._text("export.progress", done=found.step, all=found.steps)
        if found and found.status is ExportStatus.READY and found.expires_at:
            when = dates.day_and_time(await self._language(), found.expires_at, clock.now())
            size = f"{max(found.size / _MEGABYTE, 0.1):.1f}".replace(".", ",")
            self.ready = await self._text("export.ready", size=size, when=when)
            self.address = routes.export(found.id)
        self.shown_for = self._key
