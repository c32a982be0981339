"""Tabs are told of what changed, and once more when that was lost on the way."""

import asyncio
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


@pytest.mark.parametrize("lost", [0, 2])
async def test_a_tab_is_told_until_it_looks(monkeypatch: pytest.MonkeyPatch, lost: int) -> None:
    told: list[str] = []
    looked = asyncio.Event()

    async def push(_app: None, token: str, _event: Event) -> bool:
        told.append(token)
        if len(told) > lost:
            tabs.looks(token, clock.now())
            looked.set()
        return True

    async def no_keys(_person_id: str) -> list[str]:
        return []

    monkeypatch.setattr(internals, "push", push)
    monkeypatch.setattr(representation, "keys_of", no_keys)
    monkeypatch.setattr(tabs, "PATIENCE", timedelta(milliseconds=1))
    tabs.seen("her tab", tabs.Tab("session", "kari", ""))
    bus = Bus()
    no_app: Any = None  # for `push` alone
    telling = asyncio.create_task(live.pump(no_app, bus))
    try:
        await bus.publish(KARI)
        async with asyncio.timeout(10):
            await looked.wait()
        assert told == ["her tab"] * (lost + 1)
    finally:
        telling.cancel()
        tabs.gone("her tab")
