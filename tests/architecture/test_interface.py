"""What a browser can reach: handlers, state variables, storage and components."""

import ast
import dataclasses
import typing
from collections.abc import Iterator

from reflex.istate.storage import ClientStorageBase
from reflex.state import BaseState
from sqlmodel import SQLModel

from digihelse_app.state.person import PersonState
from digihelse_app.state.policy import TAGS, name_of
from digihelse_app.state.reflex_internals import all_handlers
from tests.repository import APP, dotted, modules, parsed, python_files, where

FORBIDDEN = {
    "rx.el.a": "a client-side link even to a file or a telephone: use the link builders",
    "rx.link": "brings Radix",
    "rx.toast": "runs by eval",
    "rx.call_script": "runs by eval",
    "rx.set_clipboard": "runs by eval",
    "rx.download": "runs by eval",
    "rx.html": "raw HTML",
    "rx.markdown": "raw HTML",
    "rx.upload": "has no limit and asks for no cookie",
    "rx.Cookie": "a cookie that scripts can read",
    "rx.SessionStorage": "nothing personal is kept in a browser",
}
STORED = {("LanguageState", "language"), ("ThemeState", "theme")}
"""What may be kept in a browser: how the page looks and reads."""


def _states() -> list[type[BaseState]]:
    found = {
        value
        for module in modules("state")
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, BaseState) and value.__module__.startswith(APP.name)
    }
    return sorted(found, key=lambda state: state.get_full_name())


def test_every_handler_of_ours_has_a_policy_tag() -> None:
    assert PersonState in _states()
    ours = {
        name_of(handler) for handler in all_handlers().values() if handler.__module__.startswith(APP.name)
    }
    assert sorted(ours - set(TAGS)) == []
    assert sorted(set(TAGS) - ours) == []


def _inside(annotation: object, seen: frozenset[object] = frozenset()) -> Iterator[type]:
    """Every type that a value of `annotation` can hold."""
    if annotation in seen:
        return
    seen |= {annotation}
    for argument in typing.get_args(annotation):
        yield from _inside(argument, seen)
    if isinstance(annotation, type):
        yield annotation
        if dataclasses.is_dataclass(annotation):
            for held in typing.get_type_hints(annotation).values():
                yield from _inside(held, seen)


def _public_types(state: type[BaseState]) -> Iterator[tuple[str, object]]:
    own = typing.get_type_hints(state)
    for name in [*state.base_vars, *state.computed_vars]:
        var = state.vars[name]
        yield name, own.get(name, var._var_type)


def test_no_table_row_is_in_a_state_variable() -> None:
    rows = [
        f"{state.__name__}.{name}"
        for state in _states()
        for name, annotation in _public_types(state)
        for kind in _inside(annotation)
        if issubclass(kind, SQLModel)
    ]
    assert rows == []


def test_nothing_is_kept_in_a_browser_but_language_and_theme() -> None:
    kept = {
        (state.__name__, name)
        for state in _states()
        for name, field in state.get_fields().items()
        if isinstance(field.default, ClientStorageBase) and name in state.__annotations__
    }
    assert kept <= STORED


def test_no_component_or_event_that_the_policy_forbids() -> None:
    used = [
        f"{where(file, node)}: {name} ({FORBIDDEN[name]})"
        for file in python_files("digihelse_app")
        for node in ast.walk(parsed(file))
        if (name := dotted(node)) in FORBIDDEN
    ]
    assert used == []
