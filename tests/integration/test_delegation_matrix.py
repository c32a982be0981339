"""Every use case × role × set of scopes × standing, against a table that shares nothing with the policy."""

import inspect
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from typing import Any

import pytest

from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.access.policy import permissions_for, reach_of
from digihelse_app.models.codes import RepresentationRole
from digihelse_app.models.database import NotConnectedError
from digihelse_app.models.representation import EVERY_SERVICE, Representation
from tests.architecture.test_use_cases import USE_CASES, UseCase

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
OWN_ALONE = {
    "consent",
    "delegation",
    "delegation_list",
    "delegation_requests",
    "devices",
    "notices",
    "self_use",
}
"""Modules of which a proxy may nothing at all, whatever she was given."""
BY_SCOPE = {
    "archive": "read_messages",
    "attachments": "write_messages",
    "calendar_feeds": "see_visits",
    "cancellation": "cancel_visits",
    "drafts": "write_messages",
    "inbox": "read_messages",
    "sending": "write_messages",
    "thread_export": "read_messages",
    "visit_export": "see_visits",
    "visits": "see_visits",
}
"""What the use cases of a module take, but for those below."""
BY_ITSELF = {
    ("attachments", "read"): "read_messages",
    ("inbox", "list_recipients"): "write_messages",
}


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


async def is_let_in(use_case: UseCase, acting: ActingContext) -> bool:
    """Whether the use case goes on past its first line; nothing is connected, and there it fails."""
    parameters = list(inspect.signature(use_case).parameters.values())[1:]
    needed = [one for one in parameters if one.default is inspect.Parameter.empty]
    named: dict[str, Any] = {one.name: None for one in needed if one.kind is inspect.Parameter.KEYWORD_ONLY}
    try:
        await use_case(acting, *[None] * (len(needed) - len(named)), **named)
    except AccessDeniedError:
        return False
    except (NotConnectedError, AttributeError, TypeError):  # what it needed next: it was let in
        return True
    return True


KNOWN = [key for key in USE_CASES if key[0] in OWN_ALONE or key[0] in BY_SCOPE]


@pytest.mark.parametrize("key", KNOWN, ids=[".".join(key) for key in KNOWN])
async def test_a_use_case_lets_in_exactly_those_the_table_says(key: tuple[str, str]) -> None:
    needed = BY_ITSELF.get(key) or BY_SCOPE.get(key[0])
    wrong: list[tuple[str, tuple[str, ...], str]] = []
    for role, lets_act in LETS_ACT.items():
        for standing, (*_, holds) in STANDINGS.items():
            for scopes in SUBSETS:
                may = lets_act and holds and needed in scopes
                if await is_let_in(USE_CASES[key], context(role, scopes, standing)) is not may:
                    wrong.append((role, scopes, standing))
    assert wrong == []


def test_every_scope_is_taken_by_some_use_case_but_notices() -> None:
    assert {BY_SCOPE[module] for module, _ in KNOWN if module in BY_SCOPE} == set(SCOPES) - {"get_notices"}
