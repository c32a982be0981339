"""What leans on the private names of Reflex 0.10.1, in one place.

tests/integration/test_reflex_internals.py holds it to them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import reflex as rx
from reflex.state import BaseState, StateUpdate
from reflex_base.event import Event
from reflex_base.registry import RegistrationContext
from starlette.requests import cookie_parser

HYDRATING = frozenset({"hydrate", "hydrate_and_load"})
INTERNAL = HYDRATING | {"set_is_hydrated", "on_load_internal", "update_vars_internal"}
"""The framework's own events that must pass for a page to come alive."""
BROWSER_ERROR = "handle_frontend_exception"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where an event comes from: the tab's token, its cookies at the handshake, and its address."""

    token: str
    cookies: dict[str, str]
    query: dict[str, str]
    path: str

    @property
    def address(self) -> str:
        """Path and query, as a link would have them."""
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path


def arrival(state: BaseState) -> Arrival | None:
    """Read from the stored router data, since chained and pushed events carry none; None if forgotten."""
    data = state.router_data
    token = data.get("token")
    if not token:
        return None
    query = {name: value for name, value in (data.get("query") or {}).items() if isinstance(value, str)}
    headers = data.get("headers") or {}
    path = str(data.get("pathname") or "/").rstrip("/") or "/"
    return Arrival(token, cookie_parser(headers.get("cookie", "")), query, "/" if path == "/index" else path)


def short_name(event: Event) -> str:
    """The handler's own name, without its state's."""
    return event.name.rpartition(".")[2]


def is_forged(event: Event) -> bool:
    """Whether one of the framework's own events carries what no page sends: it would be kept as it is."""
    is_flag = event.payload in ({"value": True}, {"value": False})
    return short_name(event) == "set_is_hydrated" and not is_flag


def handler_of(event: Event) -> Callable[..., object] | None:
    """The function an event would run, if it is registered."""
    registered = RegistrationContext.get().event_handlers.get(event.name)
    return registered.handler.fn if registered else None


def all_handlers() -> dict[str, Callable[..., object]]:
    """Every function a browser can name, by event name."""
    return {name: entry.handler.fn for name, entry in RegistrationContext.get().event_handlers.items()}


async def refusal(state: BaseState, redirect_to: str | None) -> StateUpdate:
    """An answer that runs nothing: what emptying changed (no delta is sent by itself), and where to."""
    root = state._get_root_state()
    delta = await root._get_resolved_delta()
    root._clean()
    events = Event.from_event_type(rx.redirect(redirect_to, replace=True)) if redirect_to else []
    return StateUpdate(delta=delta, events=events)


def reset_tree(state: BaseState) -> None:
    """Reset every loaded state of the tab; at hydrate that is the whole tree."""
    state._get_root_state().reset()


def event_named(state: type[BaseState], handler: str) -> Event:
    """An event to push to a tab."""
    return Event(name=f"{state.get_full_name()}.{handler}", payload={})


async def push(app: rx.App, token: str, event: Event) -> bool:
    """Queue `event` for another tab; False when no socket has that token any more.

    Only from a task that runs in no event of its own: from inside a handler the other tab's state would be
    given the pusher's cookie and address.
    """
    namespace, processor = app.event_namespace, app.event_processor
    if namespace is None or not await namespace._token_manager.is_token_connected(token):
        return False
    await processor.enqueue(token, event)
    return True


def query_of(state: BaseState) -> dict[str, str]:
    """The query of the tab's address, text values only; what the browser claims, and no more."""
    found = arrival(state)
    return found.query if found else {}
