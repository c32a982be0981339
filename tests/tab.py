"""A browser tab without a browser: speaks the event socket's own protocol, and keeps every frame it gets."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from reflex.state import BaseState, State
from wsproto import ConnectionType, WSConnection, events

from digihelse_app.state.language import LanguageState
from digihelse_app.state.reflex_internals import all_handlers
from tests.repository import modules

NAMESPACE = "/_event"
PATIENCE_SECONDS = 45
FRAMES_SHOWN, FRAME_SHOWN = 6, 1200
"""Of the newest frames, and how much of each, when what was waited for did not come."""
STATES = modules("state")
"""Imported, so that every handler is registered under the name a browser calls it by."""


class RefusedError(Exception):
    """The server would not open the socket; holds the HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def name_of(state: type[BaseState], handler: str) -> str:
    """The event name a browser calls `handler` by."""
    return f"{state.get_full_name()}.{handler}"


@dataclass
class Tab:
    """An open tab at an address. `frames` is all that it was ever sent, `state` what that adds up to."""

    token: str
    path: str
    query: Mapping[str, object]
    frames: list[str] = field(default_factory=list)
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    redirects: list[str] = field(default_factory=list)
    closed: bool = False
    _barriers: int = 0
    _socket: WSConnection = field(default_factory=lambda: WSConnection(ConnectionType.CLIENT))
    _writer: asyncio.StreamWriter | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def everything(self) -> str:
        """Every frame received so far, as one text."""
        return "\n".join(self.frames)

    @property
    def port(self) -> int:
        """The port it speaks from."""
        assert self._writer is not None
        return self._writer.get_extra_info("sockname")[1]

    def value(self, state: type[BaseState], name: str) -> Any:
        """What the page would show of a state variable; None before it was told."""
        return self.state.get(state.get_full_name(), {}).get(f"{name}_rx_state_")

    def router(self) -> dict[str, object]:
        """What a browser tells of its address with every event."""
        as_path = f"{self.path}?{urlencode(dict(self.query))}" if self.query else self.path
        return {"pathname": self.path, "asPath": as_path, "query": dict(self.query)}

    def event(self, name: str, payload: object = None, router: object = None) -> dict[str, object]:
        """An event as a browser packs it, or with anything else for payload and address."""
        return {
            "name": name,
            "payload": {} if payload is None else payload,
            "router_data": self.router() if router is None else router,
        }

    def emit(self, kind: str, *data: object) -> None:
        """Send anything at all."""
        self.write(f"42{NAMESPACE},{json.dumps([kind, *data])}")

    def write(self, text: str) -> None:
        """Send a raw text frame."""
        assert self._writer is not None
        self._writer.write(self._socket.send(events.TextMessage(data=text)))

    def call(
        self, state: type[BaseState], handler: str, payload: object = None, router: object = None
    ) -> None:
        """Call a handler as a page does."""
        self.emit("event", self.event(name_of(state, handler), payload, router))

    async def until(self, seen: Callable[["Tab"], bool]) -> None:
        """Return as soon as what has come satisfies `seen`; AssertionError when it does not in time."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not seen(self):
                    assert not self.closed, "the server closed the socket"
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            newest = "\n".join(frame[:FRAME_SHOWN] for frame in self.frames[-FRAMES_SHOWN:])
            message = f"not within {PATIENCE_SECONDS} s in {len(self.frames)} frames, the last:\n{newest}"
            raise AssertionError(message) from None

    async def alive(self) -> None:
        """Return when the page would have come to life."""
        await self.until(lambda tab: bool(tab.value(State, "is_hydrated")))

    async def settle(self, rounds: int = 3) -> None:
        """Return when all that was sent before is answered: a tab's events run one after the other.

        What a handler yields queues up behind; each round lets one more such link run.
        """
        for _ in range(rounds):
            self._barriers += 1
            wanted = ("nb", "en")[self._barriers % 2]
            self.call(LanguageState, "choose", {"language": wanted})
            await self.until(lambda tab, wanted=wanted: tab.value(LanguageState, "code") == wanted)

    async def go(self, path: str, **query: object) -> None:
        """Follow a link within the app, and wait until the new page is loaded."""
        self.path, self.query = path, query
        self.forget()
        self.emit("event", self.event(_registered("on_load_internal")))
        await self.alive()

    def forget(self) -> None:
        """Let `alive` and `value` tell of what comes from now on."""
        self.state.clear()

    async def receive(self, reader: asyncio.StreamReader) -> None:
        """Take in frames until the socket closes."""
        try:
            while data := await reader.read(65536):
                self.take(data)
        finally:
            self.closed = True
            self._news.set()

    def take(self, data: bytes) -> None:
        """Take in bytes from the socket."""
        self._socket.receive_data(data)
        self._take_events()

    def _take_events(self) -> None:
        for event in self._socket.events():
            if isinstance(event, events.RejectConnection):
                raise RefusedError(event.status_code)
            if isinstance(event, events.TextMessage):
                self._buffer += event.data
                if event.message_finished:
                    self._take_frame(self._buffer)
                    self._buffer = ""
            if isinstance(event, events.CloseConnection):
                self.closed = True
            self._news.set()

    _buffer: str = ""

    def _take_frame(self, frame: str) -> None:
        self.frames.append(frame)
        if frame == "2":
            self.write("3")
        head = f"42{NAMESPACE},"
        if not frame.startswith(head):
            return
        kind, *data = json.loads(frame.removeprefix(head))
        if kind == "new_token":
            self.token = data[0]
        if kind == "event":
            self._take_update(data[0])

    def _take_update(self, update: dict[str, Any]) -> None:
        for name, changes in (update.get("delta") or {}).items():
            self.state.setdefault(name, {}).update(changes)
        for event in update.get("events") or []:
            if event["name"] == "_redirect":
                self.redirects.append(event["payload"]["path"])

    async def connect(self, base_url: str, *, headers: Mapping[str, str]) -> asyncio.StreamReader:
        """Open the socket; RefusedError when the server will not."""
        parts = urlsplit(base_url)
        assert parts.port
        reader, self._writer = await asyncio.open_connection("127.0.0.1", parts.port)
        target = f"{NAMESPACE}/?{urlencode({'EIO': 4, 'transport': 'websocket', 'token': self.token})}"
        extra = [(name.encode(), value.encode()) for name, value in headers.items()]
        request = events.Request(host=parts.netloc, target=target, extra_headers=extra)
        self._writer.write(self._socket.send(request))
        try:
            while not self.frames:
                data = await reader.read(65536)
                assert data, "the server hung up"
                self.take(data)
        except BaseException:
            self._writer.close()
            raise
        return reader

    async def close(self) -> None:
        """Close the tab; returns when the server has let go of the socket too."""
        assert self._writer is not None
        if not self.closed:
            self._writer.write(self._socket.send(events.CloseConnection(code=1000)))
        await self.until_closed()

    async def let_go(self, receiving: "asyncio.Task[None]") -> None:
        """Close the socket, whatever the server does."""
        receiving.cancel()
        await asyncio.gather(receiving, return_exceptions=True)
        if self._writer is not None:
            self._writer.close()
            await asyncio.gather(self._writer.wait_closed(), return_exceptions=True)

    async def until_closed(self) -> None:
        """Return when the server has hung up."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not self.closed:
                self._news.clear()
                await self._news.wait()


def _registered(handler: str) -> str:
    return next(name for name in all_handlers() if name.endswith(f".{handler}"))


@asynccontextmanager
async def tab(
    base_url: str,
    path: str,
    *,
    cookie: str = "",
    token: str = "",
    origin: str | None = "",
    query: Mapping[str, object] | None = None,
    boot: object = None,
    headers: Mapping[str, str] | None = None,
) -> AsyncIterator[Tab]:
    """A tab at `path` that has connected and asked for its state, as a browser does.

    Args:
        base_url: the app's address, also the `Origin` unless `origin` says otherwise (None sends none).
        path: the page.
        cookie: the session cookie's secret; empty for a browser that is not signed in.
        token: the tab's token; a new one unless given.
        origin: see `base_url`.
        query: what stands behind the `?` in the address.
        boot: what to send instead of the browser's first event; False for nothing.
        headers: more headers of the handshake.
    """
    opened = Tab(token or str(uuid4()), path, query or {})
    sent = {} if origin is None else {"Origin": origin or base_url}
    if cookie:
        sent["Cookie"] = f"digihelse={cookie}"
    reader = await opened.connect(base_url, headers={**sent, **(headers or {})})
    receiving = asyncio.create_task(opened.receive(reader))
    try:
        first = opened.event(name_of(State, "hydrate_and_load")) if boot is None else boot
        opened.write(f"40{NAMESPACE},{json.dumps({'event': first})}" if first else f"40{NAMESPACE},")
        yield opened
    finally:
        try:
            if not receiving.done():
                await opened.close()
        finally:  # a server that does not hang up fails this test alone
            await opened.let_go(receiving)
