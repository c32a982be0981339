"""Tabs are told of what changed, and once more when that was lost on the way."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from reflex_base.event import Event

from digihelse_app.jobs.bus import Bus, Signal, SignalKind
from digihelse_app.outside import clock
from digihelse_app.services import representation
from digihelse_app.state import live, tabs
from digihelse_app.state import reflex_internals as internals

KARI = Signal(SignalKind.PERSON_CHANGED, "kari")


NO_APP: Any = None
"""For `push` alone, which these tests stand in for."""


@asynccontextmanager
async def telling(patch: pytest.MonkeyPatch, on_push: Callable[[str], None]) -> AsyncIterator[None]:
    """Her one tab is told of a change, and calls `on_push` with its token each time."""

    async def push(_app: None, token: str, _event: Event) -> bool:
        on_push(token)
        return True

    async def no_keys(_person_id: str) -> list[str]:
        return []

    patch.setattr(internals, "push", push)
    patch.setattr(representation, "keys_of", no_keys)
    patch.setattr(tabs, "PATIENCE", timedelta(milliseconds=1))
    tabs.seen("her tab", tabs.Tab("session", "kari", ""))
    bus = Bus()
    pumping = asyncio.create_task(live.pump(NO_APP, bus))
    try:
        await bus.publish(KARI)
        async with asyncio.timeout(10):
            yield
    finally:
        pumping.cancel()
        tabs.gone("her tab")


@pytest.mark.parametrize("lost", [0, 2])
async def test_a_tab_is_told_until_it_looks(monkeypatch: pytest.MonkeyPatch, lost: int) -> None:
    told: list[str] = []
    looked = asyncio.Event()

    def on_push(token: str) -> None:
        told.append(token)
        if len(told) > lost:
            tabs.looks(token, clock.now())
            looked.set()

    async with telling(monkeypatch, on_push):
        await looked.wait()
    assert told == ["her tab"] * (lost + 1)


async def test_a_tab_that_never_looks_is_told_three_times_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    given_up = asyncio.Event()
    monkeypatch.setattr(live.logger, "warning", lambda *_said: given_up.set())
    async with telling(monkeypatch, told.append):
        await given_up.wait()
    assert told == ["her tab"] * 3
