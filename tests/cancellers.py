"""People who ask for visits to be cancelled, each in a tab, and take some of it back."""

from dataclasses import dataclass, field
from random import Random

from digihelse_app import routes
from digihelse_app.models.codes import CancellationStatus
from digihelse_app.state.cancelling import CancellingState
from digihelse_app.state.visit import VisitState
from tests.persistent import Persistent
from tests.tab import Tab

REGRETS = 0.3
"""How often one who has asked takes it back."""


@dataclass
class Canceller(Persistent):
    """Someone who is signed in by `secret` and asks for each of `visits` (ids) to be cancelled, in order.

    `asked` are the visits that were received, by key. `refused` are the keys of what could not be asked for,
    since it was already; `regretted` counts what was taken back.
    """

    address = routes.VISITS
    secret: str
    visits: list[str]
    chance: Random
    asked: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    regretted: int = 0
    repeated: int = 0

    @property
    def done(self) -> bool:
        """Whether all is asked for."""
        return len(self.asked) + len(self.refused) == len(self.visits)

    async def ready(self, page: Tab) -> None:
        """The page is there."""
        await page.alive()

    async def act(self, page: Tab, key: str) -> None:
        """Ask for the next visit, and now and then take it back."""
        visit = self.visits[len(self.asked) + len(self.refused)]
        if page.value(CancellingState, "sent_key") != key:
            form = {"visit": visit, "key": key, "comment": "Jeg er bortreist.", "person": ""}
            page.call(CancellingState, "cancel", {"form": form})
            await page.until(lambda tab: tab.value(CancellingState, "sent_key") == key)
        if page.value(CancellingState, "conflict"):
            self.refused.add(key)
            return
        if self.chance.random() < REGRETS:
            await self._take_back(page, visit)
        self.asked[key] = visit

    async def _take_back(self, page: Tab, visit: str) -> None:
        await page.go(routes.VISITS, **{routes.VISIT_QUERY: visit})
        await page.until(lambda tab: tab.value(VisitState, "visit_id") == visit)
        shown = page.value(VisitState, "detail")["asked"]
        if shown["status"] == CancellationStatus.REQUESTED:
            form = {"cancellation": shown["id"], "person": ""}
            page.call(CancellingState, "take_back", {"form": form})
            await page.until(_taken_back)
            self.regretted += 1


def _taken_back(page: Tab) -> bool:
    """Something was said of it: that it is taken back, or that the service had answered."""
    return bool(page.value(CancellingState, "conflict") or page.value(CancellingState, "done"))
