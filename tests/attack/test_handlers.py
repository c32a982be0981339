"""Every handler a browser can name, called by whoever wants and with whatever they like."""

import inspect
import json
from collections.abc import Iterator

import pytest
from reflex.state import FrontendEventExceptionState, State, UpdateVarsInternalState

from digihelse_app import routes
from digihelse_app.state.failures import FailureState
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.language import LanguageState
from digihelse_app.state.person import PersonState
from digihelse_app.state.reflex_internals import all_handlers
from digihelse_app.state.thread import ThreadState
from tests.attacked import Belongings, leaks_of
from tests.people import OLA
from tests.servers import RunningApp
from tests.tab import name_of, tab

WRITTEN = "Jeg har vondt i hofta"
"""What a person could write: may end in no log and in no answer but the page's own."""


def deep(levels: int) -> object:
    """`WRITTEN` below so many levels of lists and objects."""
    value: object = WRITTEN
    for level in range(levels):
        value = [value] if level % 2 else {WRITTEN: value}
    return value


WRONG = [7, -1.5, True, None, [WRITTEN], {WRITTEN: WRITTEN}, deep(60), WRITTEN * 4700, OLA.national_id]


NO_HANDLERS = [
    "",
    WRITTEN,
    "_redirect",
    "_call_function",
    name_of(PersonState, "_acting"),
    name_of(PersonState, "get_state"),
    name_of(PersonState, "reset"),
    name_of(InboxState, "_rows"),
    name_of(InboxState, "__init__"),
    name_of(InboxState, "hydrate"),
    f"{WRITTEN}\nERROR forged",
]
NO_EVENTS = [
    f'42/_event,["event",{json.dumps(WRITTEN)}]',
    f'42/_event,["event",[{json.dumps(WRITTEN)}]]',
    '42/_event,["event",7]',
    '42/_event,["event"]',
    f'42/_event,["event",{{"payload":{json.dumps(WRITTEN)}}}]',
    f'42/_event,["event",{{"name":{{}},"payload":{json.dumps(WRITTEN)}}}]',
    f'42/_event,["event",{{"name":"x","router_data":{json.dumps(WRITTEN)}}}]',
    f'42/_event,["event",{{"name":"x","router_data":{{"pathname":[],"query":{json.dumps(WRITTEN)}}}}}]',
    f'42/_event,["{WRITTEN}",1]',
    '42/_event,["client_error",1]',
    f"42/_event,[{WRITTEN}",
    f"42/other,{json.dumps([WRITTEN])}",
    f"40/_event,{json.dumps({'event': WRITTEN})}",
    "451-/_event,[]",
    "9",
    WRITTEN,
]


def payloads(parameters: list[str]) -> Iterator[object]:
    """Every wrong value for every parameter; too few and too many; and what is no set of arguments at all."""
    if parameters:
        yield from (dict.fromkeys(parameters, value) for value in WRONG)
    yield from ({}, {WRITTEN: WRITTEN}, [WRITTEN], WRITTEN, 7)


async def still_serves(url: str, kari: str, karis: Belongings) -> None:
    """The worker is up, and Kari sees what is hers."""
    async with tab(url, routes.INBOX, cookie=kari) as page:
        await page.alive()
        assert [row["id"] for row in page.value(InboxState, "threads")] == [row.id for row in karis.threads]


@pytest.mark.parametrize("caller", ["nobody", "ola"])
async def test_no_handler_gives_or_logs_anything_for_wrong_arguments(
    attacked: RunningApp, url: str, kari: str, ola: str, karis: Belongings, caller: str
) -> None:
    cookie = {"nobody": "", "ola": ola}[caller]
    async with tab(url, routes.INBOX, cookie=cookie) as page:
        for name, handler in all_handlers().items():
            for payload in payloads(list(inspect.signature(handler).parameters)[1:]):
                page.emit("event", {**page.event(name), "payload": payload})
            await page.settle(1)
        await page.settle()
        assert leaks_of(karis, page) == []
        found = [text for text in (WRITTEN, "Traceback", OLA.national_id) if text in page.everything]
        assert found == []
    log = attacked.log.read_text()
    assert [text for text in (WRITTEN, OLA.national_id) if text in log] == []
    await still_serves(url, kari, karis)


@pytest.mark.parametrize("name", NO_HANDLERS, ids=range(len(NO_HANDLERS)))
async def test_name_that_is_no_handler_does_nothing(
    attacked: RunningApp, url: str, kari: str, name: str
) -> None:
    async with tab(url, routes.HOME, cookie=kari) as page:
        await page.alive()
        before = len(page.frames)
        page.emit("event", page.event(name))
        await page.settle(1)
        assert len(page.frames) == before + 1
    assert WRITTEN not in attacked.log.read_text()


@pytest.mark.parametrize("frame", NO_EVENTS, ids=range(len(NO_EVENTS)))
async def test_frame_that_is_no_event_harms_nobody(
    attacked: RunningApp, url: str, kari: str, karis: Belongings, frame: str
) -> None:
    async with tab(url, routes.HOME) as page:
        page.write(frame)
    await still_serves(url, kari, karis)
    assert WRITTEN not in attacked.log.read_text()


async def test_cookie_and_token_within_an_event_are_not_believed(
    url: str, kari: str, ola: str, karis: Belongings
) -> None:
    async with (
        tab(url, routes.INBOX, cookie=kari) as owner,
        tab(url, routes.INBOX, cookie=ola) as page,
    ):
        await owner.alive()
        await page.alive()
        forged = {
            **page.router(),
            "token": owner.token,
            "headers": {"cookie": f"digihelse={kari}"},
            "sid": "x",
            "ip": "127.0.0.1",
        }
        for handler in ("load", "show_older"):
            page.emit(
                "event", {**page.event(name_of(InboxState, handler), router=forged), "token": owner.token}
            )
        page.call(ThreadState, "load", router=forged | {"query": {routes.THREAD_QUERY: karis.threads[0].id}})
        frames = len(owner.frames)
        await page.settle()
        own = karis.threads[0].id
        assert [trace for trace in leaks_of(karis, page) if trace != own] == []
        assert page.value(ThreadState, "missing") is True
        assert len(owner.frames) == frames


@pytest.mark.parametrize("value", [7, None, [WRITTEN], {WRITTEN: 1}, WRITTEN * 4700, "../en", "nb\x00"])
async def test_stored_language_that_is_none_of_ours_reads_as_bokmaal(url: str, value: object) -> None:
    async with tab(url, routes.FRONT) as page:
        variables = {f"{LanguageState.get_full_name()}.language_rx_state_": value}
        await page.alive()
        page.forget()
        page.call(State, "hydrate_and_load", {"vars": variables, "hashes": ["x", 7, None]})
        await page.alive()
        assert page.value(LanguageState, "code") == "nb"
        await page.settle(1)


async def test_only_what_browsers_keep_can_be_set_from_a_browser(
    url: str, ola: str, karis: Belongings
) -> None:
    async with tab(url, routes.INBOX, cookie=ola) as page:
        await page.alive()
        person = PersonState.get_full_name()
        for variable in ("_bound", "_actor_id", "_key", "_bound_rx_state_", "_actor_id_rx_state_"):
            page.call(
                UpdateVarsInternalState,
                "update_vars_internal",
                {"vars": {f"{person}.{variable}": karis.person_id}},
            )
        failure = {f"{FailureState.get_full_name()}.kind_rx_state_": "denied"}
        page.call(UpdateVarsInternalState, "update_vars_internal", {"vars": failure})
        page.call(InboxState, "load")
        await page.settle()
        assert leaks_of(karis, page) == []
        assert page.redirects == []
        assert page.value(FailureState, "kind") != "denied"


async def test_browser_error_is_counted_and_not_quoted(attacked: RunningApp, url: str) -> None:
    before = attacked.log.read_text().count("a browser reported an error")
    said = {"info": f"{WRITTEN}\nERROR forged line", "component_stack": WRITTEN}
    async with tab(url, routes.FRONT) as page:
        page.call(FrontendEventExceptionState, "handle_frontend_exception", said)
        forged = {"pathname": f"/{WRITTEN}\nERROR forged line", "query": {}}
        page.call(FrontendEventExceptionState, "handle_frontend_exception", said, forged)
        page.emit("client_error", {"error_type": WRITTEN, "message": WRITTEN, "substate": WRITTEN})
        await page.settle()
    log = attacked.log.read_text()
    assert log.count("a browser reported an error") == before + 3
    assert [text for text in (WRITTEN, "forged line") if text in log] == []


async def test_frontend_of_another_version_is_told_without_an_echo(attacked: RunningApp, url: str) -> None:
    async with tab(url, routes.FRONT, boot=False) as page:
        page.write(f"41/_event,{json.dumps({'state_schema': WRITTEN})}")
        page.write(f"40/_event,{json.dumps({'state_schema': WRITTEN, 'event': {'name': WRITTEN}})}")
    assert WRITTEN not in attacked.log.read_text()


def test_the_handlers_called_here_are_all_there_are() -> None:
    names = {name.rpartition(".")[2] for name in all_handlers()}
    assert {"setvar", "hydrate", "reply", "send", "accept", "withdraw", "show_older"} <= names
    assert {"cancel", "take_back", "find", "ask", "look_again", "looked_at", "print_week", "revoke"} <= names
