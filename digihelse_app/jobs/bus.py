"""The bus: tells every worker that something changed, so that open tabs can look again.

It carries ids and nothing else. In one process it is a queue; with Redis it is a channel that each worker
listens to. Losing a signal loses nothing but time: tabs also look again by themselves.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

_CHANNEL = "digihelse:live"
_RECONNECT_SECONDS = 1
_PUBLISH_SECONDS = 2
"""How long the act that a signal tells of is held up by a Redis that does not answer."""


class SignalKind(StrEnum):
    """What a signal tells of."""

    PERSON_CHANGED = "person"
    SESSION_ENDED = "session"


@dataclass(frozen=True, slots=True)
class Signal:
    """`subject` is a person id or a session id, by kind."""

    kind: SignalKind
    subject: str


class Bus:
    """Signals from any worker to all; `redis_url` empty means this process is the only one."""

    def __init__(self, redis_url: str = "") -> None:
        self._redis: Redis | None = Redis.from_url(redis_url) if redis_url else None
        self._queue: asyncio.Queue[Signal] = asyncio.Queue()

    async def publish(self, signal: Signal) -> None:
        """Tell everyone who listens; never raises, since what it tells of is already committed."""
        if self._redis is None:
            self._queue.put_nowait(signal)
            return
        try:
            async with asyncio.timeout(_PUBLISH_SECONDS):
                await self._redis.publish(_CHANNEL, json.dumps(asdict(signal)))
        except (RedisError, TimeoutError):
            logger.warning("a live signal was lost: redis does not answer")

    async def people_changed(self, person_ids: set[str]) -> None:
        """A commit listener (`models.database.on_commit`)."""
        for person_id in person_ids:
            await self.publish(Signal(SignalKind.PERSON_CHANGED, person_id))

    async def sessions_ended(self, session_ids: list[str]) -> None:
        """A listener for `services.sessions.on_end`."""
        for session_id in session_ids:
            await self.publish(Signal(SignalKind.SESSION_ENDED, session_id))

    async def listen(self) -> AsyncIterator[Signal]:
        """Signals as they come, without end; reconnects to Redis when it was away."""
        while self._redis is None:
            yield await self._queue.get()
        while True:
            try:
                async for signal in self._subscribe(self._redis):
                    yield signal
            except RedisError:
                logger.warning("live signals wait for redis")
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _subscribe(self, redis: Redis) -> AsyncIterator[Signal]:
        async with redis.pubsub() as channel:
            await channel.subscribe(_CHANNEL)
            async for message in channel.listen():
                if message["type"] == "message" and (signal := _read(message["data"])):
                    yield signal

    async def close(self) -> None:
        """Let go of the connection."""
        if self._redis is not None:
            await self._redis.aclose()


def _read(data: bytes) -> Signal | None:
    """The signal in a message; None for anything else, such as what a newer version says."""
    try:
        told = json.loads(data)
        return Signal(SignalKind(told["kind"]), str(told["subject"]))
    except (ValueError, KeyError, TypeError):
        logger.warning("passed over what is no live signal")
        return None
