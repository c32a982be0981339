"""People who write at the same time, each in a tab, and send again by the same key what was not received."""

from dataclasses import dataclass, field
from random import Random

from digihelse_app import routes
from digihelse_app.state.compose import ComposeState
from digihelse_app.state.thread import ThreadState
from tests.persistent import Persistent
from tests.tab import Tab

SENDS_OF_A_THREAD = 5


@dataclass
class Writer(Persistent):
    """Someone who is signed in by `secret` and sends so many messages. What was received is in `texts`."""

    address = routes.COMPOSE
    name: str
    secret: str
    sends: int
    chance: Random
    threads: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    repeated: int = 0

    @property
    def done(self) -> bool:
        """Whether all is sent."""
        return len(self.texts) == self.sends

    async def ready(self, page: Tab) -> None:
        """There is someone to write to."""
        await page.until(lambda tab: bool(tab.value(ComposeState, "recipients")))

    async def act(self, page: Tab, key: str) -> None:
        """Send the next message, now and then a conversation's first."""
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
