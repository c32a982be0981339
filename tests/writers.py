"""People who write at the same time, each in a tab, and send again by the same key what was not received."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from digihelse_app import routes
from digihelse_app.models.database import new_id
from digihelse_app.state.compose import ComposeState
from digihelse_app.state.thread import ThreadState
from tests.mortal import Counter
from tests.tab import RefusedError, Tab, tab

LOST = (OSError, RefusedError, AssertionError, TimeoutError)
"""How a tab notices that the line or the server is gone."""
SENDS_OF_A_THREAD = 5


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


@dataclass
class Writer:
    """Someone who is signed in by `secret` and sends so many messages. What was received is in `texts`."""

    name: str
    secret: str
    sends: int
    chance: Random
    threads: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    repeated: int = 0

    async def write(self, app: Reachable, received: Counter) -> None:
        """Send everything, in whatever number of connections it takes; the tab's token stays the same."""
        token, key = new_id(), new_id()
        while len(self.texts) < self.sends:
            await app.up.wait()
            try:
                async with tab(app.base_url, routes.COMPOSE, cookie=self.secret, token=token) as page:
                    await page.until(lambda tab: bool(tab.value(ComposeState, "recipients")))
                    while len(self.texts) < self.sends:
                        await self._send(page, key)
                        key = new_id()
                        await received.add()
            except LOST:
                # The form still has its key: the next try is the same send.
                self.repeated += 1

    async def _send(self, page: Tab, key: str) -> None:
        number = len(self.texts)
        text = f"Melding {number} fra {self.name} – «æøå» 💊\n{key}"
        form = {"body": text, "key": key, "person": ""}
        if number % SENDS_OF_A_THREAD == 0:
            await self._begin(page, form, number)
        else:
            page.call(ThreadState, "reply", {"form": {**form, "thread": self.threads[-1]}})
            await page.until(lambda tab: tab.value(ThreadState, "sent_key") == key)
        self.texts[key] = text

    async def _begin(self, page: Tab, form: dict[str, str], number: int) -> None:
        recipient = self.chance.choice(page.value(ComposeState, "recipients"))["id"]
        been = len(page.redirects)
        new = {**form, "recipient": recipient, "subject": f"Emne {number} fra {self.name}"}
        page.call(ComposeState, "send", {"form": new})
        await page.until(lambda tab: len(tab.redirects) > been)
        self.threads.append(page.redirects[-1].rpartition("=")[2])
