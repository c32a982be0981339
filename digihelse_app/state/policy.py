"""Policy tags: what the gate asks of the browser before a handler runs. No tag, no run.

A tag says who may *call*; what the call may *do* is decided by the use case it leads to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

Handler = TypeVar("Handler", bound=Callable[..., object])


class Caller(Enum):
    """Who may call a handler."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"


@dataclass(frozen=True, slots=True)
class Tag:
    """Who may call, and whether the call is an act of the person's that keeps the session awake."""

    caller: Caller
    is_act: bool


TAGS: dict[str, Tag] = {}
"""Every tagged handler by `module.qualname`."""


def _tagged(tag: Tag) -> Callable[[Handler], Handler]:
    def note(handler: Handler) -> Handler:
        TAGS[name_of(handler)] = tag
        return handler

    return note


def name_of(handler: Callable[..., object]) -> str:
    """The name a handler is tagged under."""
    return f"{handler.__module__}.{handler.__qualname__}"


anyone = _tagged(Tag(Caller.ANYONE, is_act=False))
"""May be called without being signed in: sees and changes nothing personal."""

signed_in = _tagged(Tag(Caller.SIGNED_IN, is_act=True))
"""Needs a session; counts as the person doing something. Put below `@rx.event`."""

in_background = _tagged(Tag(Caller.SIGNED_IN, is_act=False))
"""Needs a session, but does not keep it awake: refreshes and time checks."""
