"""A line between two programs that holds what is sent, repeats it, and lets it arrive late or unanswered."""

from collections import deque
from enum import StrEnum

import httpx
from starlette.types import ASGIApp


class Fate(StrEnum):
    """What becomes of one call."""

    ARRIVES = "arrives"
    TWICE = "arrives twice"
    LATE = "no answer, and it arrives some time later"
    UNANSWERED = "arrives, and the answer is lost"
    REPEATED_LATE = "arrives, and once more some time later"
    LOST = "never arrives"


class ShufflingWire(httpx.AsyncBaseTransport):
    """Carries calls to `app` without a socket. `fates` are of the next calls; without any, all arrive."""

    def __init__(self, app: ASGIApp) -> None:
        self.fates: deque[Fate] = deque()
        self.held: list[httpx.Request] = []
        self._app = httpx.ASGITransport(app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let one call meet its fate; raises httpx.ReadTimeout for one that gets no answer."""
        await request.aread()
        fate = self.fates.popleft() if self.fates else Fate.ARRIVES
        if fate in (Fate.LATE, Fate.REPEATED_LATE):
            self.held.append(request)
        if fate in (Fate.LATE, Fate.LOST):
            raise httpx.ReadTimeout("no answer", request=request)
        if fate is Fate.TWICE:
            await self._carry(request)
        answer = await self._carry(request)
        if fate is Fate.UNANSWERED:
            raise httpx.ReadTimeout("no answer", request=request)
        return answer

    async def let_arrive(self, place: int) -> None:
        """One of the held calls arrives now (`place` counts round); nobody waits for its answer."""
        if self.held:
            await self._carry(self.held.pop(place % len(self.held)))

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        copy = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        answer = await self._app.handle_async_request(copy)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())
