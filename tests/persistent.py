"""One who does many things in a tab, and does by the same key again what was not received."""

import asyncio
from abc import ABC, abstractmethod
from typing import Protocol

from digihelse_app.models.database import new_id
from tests.mortal import Counter
from tests.tab import RefusedError, Tab, tab

LOST = (OSError, RefusedError, AssertionError, TimeoutError)
"""How a tab notices that the line or the server is gone."""


class Reachable(Protocol):
    """An app that comes and goes."""

    @property
    def up(self) -> asyncio.Event:
        """Set while it answers."""
        ...

    @property
    def base_url(self) -> str:
        """Its address."""
        ...


class Persistent(ABC):
    """Someone who is signed in by `secret` and has something to do at `address`, until it is `done`."""

    address: str
    secret: str
    repeated: int

    @property
    @abstractmethod
    def done(self) -> bool:
        """Whether everything has been received."""

    @abstractmethod
    async def ready(self, page: Tab) -> None:
        """Return when the newly opened tab shows what is needed."""

    @abstractmethod
    async def act(self, page: Tab, key: str) -> None:
        """Do the next thing under this idempotency key; returning says that it was received."""

    async def keep_at_it(self, app: Reachable, received: Counter) -> None:
        """Do everything, in whatever number of connections it takes; the tab's token stays the same."""
        token, key = new_id(), new_id()
        while not self.done:
            await app.up.wait()
            try:
                async with tab(app.base_url, self.address, cookie=self.secret, token=token) as page:
                    await self.ready(page)
                    while not self.done:
                        await self.act(page, key)
                        key = new_id()
                        await received.add()
            except LOST:
                # The form still has its key: the next try is the same act.
                self.repeated += 1
