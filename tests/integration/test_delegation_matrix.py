"""Every use case × role × set of scopes × standing, against a table that shares nothing with the policy."""

import inspect
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, product
from typing import Any, NoReturn

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.access.policy import permissions_for, reach_of
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.database import NotConnectedError
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from digihelse_app.services import drafts
from digihelse_app.services.representation import acting_context
from tests import world
from tests.architecture.test_use_cases import USE_CASES, UseCase
from tests.conftest import MovableClock
from tests.people import INGRID, KARI, OLA
from tests.repository import modules

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)
SCOPES = ("read_messages", "write_messages", "see_visits", "cancel_visits", "get_notices")
SUBSETS = list(chain.from_iterable(combinations(SCOPES, size) for size in range(len(SCOPES) + 1)))
LETS_ACT = {"FU": True, "TD": True, "FO": True, "VE": False}
"""By role; FO is for a child of ten."""
STANDINGS: dict[str, tuple[datetime, datetime | None, datetime | None, bool]] = {
    "active": (NOW - DAY, None, None, True),
    "begins this instant": (NOW, None, None, True),
    "ends in a moment": (NOW - DAY, NOW + MOMENT, None, True),
    "not yet": (NOW + MOMENT, None, None, False),
    "expired": (NOW - DAY, NOW, None, False),
    "withdrawn": (NOW - DAY, NOW + DAY, NOW, False),
}
"""From, until, ended, and whether it holds."""
ANY = "any"
"""Comes with every scope."""
OWN_ALONE: frozenset[str] = frozenset({"nobody but oneself"})
"""No proxy may, whatever she was given."""
BY_MODULE: dict[str, str | frozenset[str]] = {
    "access_log_reading": ANY,
    "actor": ANY,
    "archive": "read_messages",
    "attachments": "write_messages",
    "calendar_feeds": "see_visits",
    "cancellation": "cancel_visits",
    "cancellation_period": "cancel_visits",
    "circle": "read_messages",
    "circle_notes": "read_messages",
    "circle_taking": "write_messages",
    "connection": ANY,
    "consent": OWN_ALONE,
    "delegation": OWN_ALONE,
    "delegation_list": OWN_ALONE,
    "delegation_requests": OWN_ALONE,
    "devices": OWN_ALONE,
    "drafts": "write_messages",
    "export": OWN_ALONE,
    "giver": OWN_ALONE,
    "hiding": OWN_ALONE,
    "inbox": "read_messages",
    "notices": OWN_ALONE,
    "people": ANY,
    "self_use": OWN_ALONE,
    "sending": "write_messages",
    "thread_export": "read_messages",
    "visit_export": "see_visits",
    "visits": "see_visits",
}
"""What the use cases of a module take, but for those below: one scope, several, any, or more than any."""
BY_ITSELF: dict[tuple[str, str], str | frozenset[str]] = {
    ("access_log_reading", "list_people"): OWN_ALONE,
    ("attachments", "read"): "read_messages",
    ("cancellation_period", "follow_period"): frozenset({"cancel_visits", "see_visits"}),
    ("cancellation_period", "preview_period"): frozenset({"cancel_visits", "see_visits"}),
    ("circle_taking", "takings"): "read_messages",
    ("inbox", "list_recipients"): "write_messages",
    ("people", "profile"): OWN_ALONE,
}
NO_USE_CASES = {
    "access_log": "notes what a use case does",
    "access_log_choice": "conditions for a query",
    "access_log_reading": "everything: what open_download gives, which asks for the right",
    "drafts": "device_key: asks for the right itself, and is tested below; owner: says nothing of anyone",
    "export_care": "parts that export_job reads with the right of each",
    "search": "conditions for a query",
    "send_keys": "keys_of: names what a use case sends",
    "thread_list": "queries",
    "visible": "conditions for a query",
    "visit_list": "queries",
}
"""Modules whose plain functions and generators take an acting context, and what they are."""


class TouchedError(Exception):
    """Someone looked at an argument."""


class Argument:
    """Stands for any argument: whatever is done with it shows that the use case went on to it."""

    def _touched(self, *_: object, **__: object) -> NoReturn:
        raise TouchedError

    def __getattr__(self, name: str) -> NoReturn:
        raise TouchedError

    __bool__ = __call__ = __contains__ = __eq__ = __ge__ = __getitem__ = _touched  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]
    __gt__ = __hash__ = __iter__ = __le__ = __len__ = __lt__ = __str__ = _touched  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride]


def context(role: str, scopes: tuple[str, ...], standing: str) -> ActingContext:
    """What the policy makes of the row."""
    valid_from, valid_until, ended_at, _ = STANDINGS[standing]
    row = Representation(
        actor_id="actor",
        represented_id="represented",
        role=RepresentationRole(role),
        scopes={scope: [EVERY_SERVICE] for scope in scopes},
        valid_from=valid_from,
        valid_until=valid_until,
        ended_at=ended_at,
    )
    held = permissions_for(row, NOW, living=True, consented=True, age=10)
    return ActingContext("actor", "represented", row.role, row.id, held, reach_of(row, 10))


CONTEXTS = {
    (role, standing, scopes): context(role, scopes, standing)
    for role, standing, scopes in product(LETS_ACT, STANDINGS, SUBSETS)
}


def allowed(key: tuple[str, str], scopes: tuple[str, ...]) -> bool:
    """Whether the table lets a proxy with these scopes in."""
    needed = BY_ITSELF.get(key, BY_MODULE[key[0]])
    if needed == ANY:
        return bool(scopes)
    return ({needed} if isinstance(needed, str) else needed).issubset(scopes)


async def is_let_in(use_case: UseCase, acting: ActingContext) -> bool:
    """Whether the use case goes on past its right: to an argument, or to the database; none is connected.

    Any other failure is the test's: it would say nothing of the right.
    """
    parameters = list(inspect.signature(use_case).parameters.values())[1:]
    needed = [one for one in parameters if one.default is inspect.Parameter.empty]
    named: dict[str, Any] = {one.name: Argument() for one in needed if one.kind is one.KEYWORD_ONLY}
    try:
        await use_case(acting, *(Argument() for _ in needed[len(named) :]), **named)
    except AccessDeniedError:
        return False
    except (NotConnectedError, TouchedError):
        return True
    message = "went on to nothing"
    raise AssertionError(message)


@pytest.mark.parametrize("key", USE_CASES, ids=[".".join(key) for key in USE_CASES])
async def test_a_use_case_lets_in_exactly_those_the_table_says(key: tuple[str, str]) -> None:
    wrong: list[tuple[str, tuple[str, ...], str]] = []
    known: dict[tuple[str, frozenset[str]], bool] = {}
    for role, lets_act in LETS_ACT.items():
        for standing, (*_, holds) in STANDINGS.items():
            for scopes in SUBSETS:
                acting = CONTEXTS[role, standing, scopes]
                same = role, frozenset(acting.permissions)  # one context a role and set of rights is enough
                if same not in known:
                    known[same] = await is_let_in(USE_CASES[key], acting)
                if known[same] is not (lets_act and holds and allowed(key, scopes)):
                    wrong.append((role, scopes, standing))
    assert wrong == []


def test_every_use_case_is_in_the_table_and_no_other() -> None:
    assert {module for module, _ in USE_CASES} == set(BY_MODULE)
    assert set(BY_ITSELF) <= set(USE_CASES)


def test_everything_else_that_takes_an_acting_context_is_known() -> None:
    found = {
        module.__name__.rpartition(".")[2]
        for module in modules("services")
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and not inspect.iscoroutinefunction(function)
        and ActingContext in inspect.get_annotations(function, eval_str=True).values()
    }
    assert found == set(NO_USE_CASES)


def test_the_key_to_what_a_browser_keeps_takes_the_right_to_write() -> None:
    for scopes in SUBSETS:
        acting = CONTEXTS["FU", "active", scopes]
        if "write_messages" in scopes:
            assert len(drafts.device_key(acting)) == 32
        else:
            with pytest.raises(AccessDeniedError):
                drafts.device_key(acting)


async def test_the_gate_gives_what_the_table_says_and_the_wrong_person_nothing(
    database: AsyncEngine, clock: MovableClock
) -> None:
    kari, ingrid, ola = [await world.person(one) for one in (KARI, INGRID, OLA)]
    kari.birth_date = NOW.date() - timedelta(days=3700)
    rows: dict[tuple[str, str, tuple[str, ...]], Representation] = {}
    for role, standing, scopes in product(LETS_ACT, STANDINGS, [(), *((one,) for one in SCOPES), SCOPES]):
        row = world.representation(ingrid, kari, *scopes, role=RepresentationRole(role))
        row.valid_from, row.valid_until, row.ended_at, _ = STANDINGS[standing]
        rows[role, standing, scopes] = row
    await world.add(kari, *rows.values())
    for (role, standing, scopes), row in rows.items():
        may = LETS_ACT[role] and STANDINGS[standing][-1] and bool(scopes)
        assert await given(ingrid.id, row.key) == ({*scopes} if may else None)
        for wrong in (ola.id, kari.id, "nobody"):
            assert await given(wrong, row.key) is None
    assert await given(ingrid.id, "unknown") is None


async def given(actor_id: str, key: str) -> set[str] | None:
    """The scopes that the gate lets an actor have by a key; None when it refuses her."""
    try:
        return {str(one) for one in (await acting_context(actor_id, key)).permissions} & {*SCOPES}
    except AccessDeniedError:
        return None


def test_every_scope_is_taken_by_some_use_case_but_notices() -> None:
    taken = {one for one in [*BY_MODULE.values(), *BY_ITSELF.values()] if isinstance(one, str)}
    assert taken == {*SCOPES, ANY} - {"get_notices"}
