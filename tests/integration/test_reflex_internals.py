"""What state/reflex_internals.py leans on in Reflex, held to it: a version that differs fails here first."""

import inspect
from importlib.metadata import version
from typing import Any

import pytest
from reflex.app import EventNamespace
from reflex.middleware.middleware import Middleware
from reflex.state import State, StateUpdate
from reflex.utils.token_manager import TokenManager
from reflex_base import constants
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor

from digihelse_app import routes
from digihelse_app.state import reflex_internals as internals
from digihelse_app.state.gate import Gate
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.live import LiveState
from digihelse_app.state.person import PersonState, empty
from digihelse_app.state.rows import ThreadRow
from tests.tab import STATES


@pytest.fixture
def root() -> State:
    """A tab's states, as the store makes them."""
    return State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue] what the state stores do


def arrived(root: State, **changed: Any) -> State:
    """The state with router data as the event socket writes it."""
    data: dict[str, Any] = {
        constants.RouteVar.CLIENT_TOKEN: "token-1",
        constants.RouteVar.HEADERS: {"cookie": 'other={"a":1}; digihelse=secret'},
        constants.RouteVar.QUERY: {"for": "key", "forged": ["x"]},
        constants.RouteVar.PATH: "/innboks/",
    }
    root.router_data = data | changed
    return root


def rows_of(inbox: InboxState) -> None:
    """Give the inbox something to lose."""
    row: dict[str, Any] = dict.fromkeys(inspect.signature(ThreadRow).parameters, "")
    inbox.threads = [ThreadRow(**row)]
    inbox._shown = 40


def test_version_is_the_one_this_was_written_for() -> None:
    names = ("reflex", "reflex-base", "reflex-components-core")
    assert [version(name) for name in names] == ["0.10.1"] * 3


def test_framework_handlers_are_those_the_gate_knows_and_no_others() -> None:
    assert len(STATES) > 10
    framework = {
        name.rpartition(".")[2]
        for name, handler in internals.all_handlers().items()
        if handler.__module__.partition(".")[0].startswith("reflex")
    }
    assert framework == internals.INTERNAL | {internals.BROWSER_ERROR, "setvar"}


def test_handler_is_found_by_the_name_a_browser_uses() -> None:
    assert internals.handler_of(internals.event_named(InboxState, "load")) == InboxState.load.fn
    assert internals.handler_of(internals.event_named(InboxState, "_rows")) is None


def test_arrival_is_read_from_what_the_socket_wrote(root: State) -> None:
    found = internals.arrival(arrived(root))
    cookies = {"other": '{"a":1}', "digihelse": "secret"}
    assert found == internals.Arrival("token-1", cookies, {"for": "key"}, "/innboks")


@pytest.mark.parametrize(("path", "read"), [("/index", "/"), ("/", "/"), (None, "/"), ("/besok", "/besok")])
def test_front_page_has_one_path(root: State, path: str | None, read: str) -> None:
    found = internals.arrival(arrived(root, **{constants.RouteVar.PATH: path}))
    assert found is not None
    assert found.path == read


def test_tab_that_was_forgotten_has_not_arrived(root: State) -> None:
    assert internals.arrival(root) is None


async def test_refusal_tells_what_was_emptied_and_sends_the_tab_away(root: State) -> None:
    inbox = await root.get_state(InboxState)
    rows_of(inbox)
    root._clean()
    await empty(root)
    update = await internals.refusal(root, routes.SIGNED_OUT)
    (event,) = update.events
    assert update.delta[InboxState.get_full_name()]["threads_rx_state_"] == []
    assert (event.name, event.payload["path"]) == ("_redirect", routes.SIGNED_OUT)
    assert await internals.refusal(root, None) == StateUpdate()


async def test_reset_empties_the_whole_tree_and_what_no_browser_sees(root: State) -> None:
    person, inbox = await root.get_state(PersonState), await root.get_state(InboxState)
    rows_of(inbox)
    person._bound = "session"
    internals.reset_tree(inbox)
    assert (inbox.threads, inbox._shown, person._bound) == ([], 20, "")


@pytest.mark.parametrize("value", [2, "x", None, [True], {}])
def test_flag_that_no_page_sends_is_forged(value: object) -> None:
    assert internals.is_forged(
        Event(name=f"{State.get_full_name()}.set_is_hydrated", payload={"value": value})
    )


def test_flag_that_pages_send_is_not_forged() -> None:
    sent = Event(name=f"{State.get_full_name()}.set_is_hydrated", payload={"value": False})
    assert not internals.is_forged(sent)


def test_pushing_uses_names_that_are_there() -> None:
    assert inspect.iscoroutinefunction(TokenManager.is_token_connected)
    assert list(inspect.signature(BaseStateEventProcessor.enqueue).parameters)[:3] == [
        "self",
        "token",
        "event",
    ]
    assert "_token_manager" in inspect.getsource(EventNamespace.__init__)
    event = internals.event_named(LiveState, "refresh")
    assert (event.name, event.payload) == (f"{LiveState.get_full_name()}.refresh", {})


def test_gate_stands_where_the_framework_asks() -> None:
    own, asked = inspect.signature(Gate.preprocess), inspect.signature(Middleware.preprocess)
    assert list(own.parameters) == list(asked.parameters)
