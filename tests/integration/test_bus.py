"""The bus on a real Redis: every worker hears every signal, and Redis may go away and come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis

from digihelse_app.jobs.bus import Bus, Signal, SignalKind

CHANNEL = "digihelse:live"
KARI = Signal(SignalKind.PERSON_CHANGED, "kari")
OLA = Signal(SignalKind.PERSON_CHANGED, "ola")
SESSION = Signal(SignalKind.SESSION_ENDED, "session")


class Line:
    """The line to Redis, which can be cut and mended; a silent one takes what is said and answers nothing."""

    def __init__(self, redis_url: str) -> None:
        self._redis_port = urlsplit(redis_url).port or 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.silent = False

    @property
    def url(self) -> str:
        """Redis, by this line."""
        return f"redis://127.0.0.1:{self.port}/0"

    async def mend(self) -> None:
        """Let it be reached."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """End every connection, and take no new one."""
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for writer in self._open), return_exceptions=True)
        self._open.clear()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        if self.silent:
            return
        from_redis, to_redis = await asyncio.open_connection("127.0.0.1", self._redis_port)
        self._open.add(to_redis)
        await asyncio.gather(_carry(reader, to_redis), _carry(from_redis, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(4096):
            writer.write(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


@pytest.fixture
async def line(redis_url: str) -> AsyncIterator[Line]:
    """A line to Redis, whole to begin with."""
    made = Line(redis_url)
    await made.mend()
    yield made
    await made.cut()


@asynccontextmanager
async def listening(bus: Bus) -> AsyncIterator[asyncio.Queue[Signal]]:
    """What the bus hears, as it hears it."""
    heard: asyncio.Queue[Signal] = asyncio.Queue()

    async def listen() -> None:
        async for signal in bus.listen():
            heard.put_nowait(signal)

    task = asyncio.create_task(listen())
    try:
        yield heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await bus.close()


async def until_listeners(redis_url: str, count: int) -> None:
    """Return when Redis has so many listeners."""
    async with asyncio.timeout(20), Redis.from_url(redis_url) as redis:
        while (await redis.pubsub_numsub(CHANNEL))[0][1] != count:
            continue


async def taken(heard: asyncio.Queue[Signal], count: int) -> list[Signal]:
    """The next signals."""
    async with asyncio.timeout(20):
        return [await heard.get() for _ in range(count)]


async def test_every_worker_hears_every_signal_in_order(redis_url: str) -> None:
    one, other = Bus(redis_url), Bus(redis_url)
    async with listening(one) as heard, listening(other) as heard_elsewhere:
        await until_listeners(redis_url, 2)
        for signal in (KARI, SESSION, OLA):
            await one.publish(signal)
        assert await taken(heard, 3) == [KARI, SESSION, OLA]
        assert await taken(heard_elsewhere, 3) == [KARI, SESSION, OLA]


async def test_without_redis_a_worker_hears_itself() -> None:
    bus = Bus()
    async with listening(bus) as heard:
        await bus.people_changed({"kari"})
        await bus.sessions_ended(["session"])
        assert await taken(heard, 2) == [KARI, SESSION]


async def test_a_signal_carries_an_id_and_its_kind_alone(redis_url: str) -> None:
    bus = Bus(redis_url)
    async with Redis.from_url(redis_url) as redis, redis.pubsub() as channel:
        await channel.subscribe(CHANNEL)
        await bus.publish(KARI)
        messages = [message async for message in _first(channel.listen(), 2)]
    await bus.close()
    assert messages[-1]["data"] == b'{"kind": "person", "subject": "kari"}'


async def _first(found: AsyncIterator[dict[str, bytes]], count: int) -> AsyncIterator[dict[str, bytes]]:
    for _ in range(count):
        yield await anext(found)


async def test_a_signal_while_redis_is_away_is_lost_in_silence(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    bus = Bus(line.url)
    await bus.publish(KARI)
    await line.cut()
    await bus.publish(KARI)
    await bus.close()
    assert caplog.messages == ["a live signal was lost: redis does not answer"]


async def test_a_redis_that_says_nothing_holds_nobody_up(
    line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    line.silent = True
    bus = Bus(line.url)
    async with asyncio.timeout(20):
        await bus.publish(KARI)
    await bus.close()
    assert caplog.messages == ["a live signal was lost: redis does not answer"]


async def test_signals_are_heard_again_when_redis_is_back(line: Line, redis_url: str) -> None:
    far, near = Bus(line.url), Bus(redis_url)
    async with listening(far) as heard:
        await until_listeners(redis_url, 1)
        await near.publish(KARI)
        assert await taken(heard, 1) == [KARI]
        await line.cut()
        await until_listeners(redis_url, 0)
        await near.publish(SESSION)
        await line.mend()
        await until_listeners(redis_url, 1)
        await far.publish(OLA)
        assert await taken(heard, 1) == [OLA]
    await near.close()


@pytest.mark.parametrize("noise", ["", "[]", "{}", '{"kind": "other", "subject": "x"}', "\udcff"])
async def test_what_is_no_signal_is_passed_over(redis_url: str, noise: str) -> None:
    bus = Bus(redis_url)
    async with listening(bus) as heard, Redis.from_url(redis_url) as redis:
        await until_listeners(redis_url, 1)
        await redis.publish(CHANNEL, noise.encode(errors="surrogateescape"))
        await bus.publish(KARI)
        assert await taken(heard, 1) == [KARI]
