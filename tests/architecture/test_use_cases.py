"""Every use case asks for its right before it does anything else."""

import inspect
from collections.abc import Callable, Coroutine, Iterable
from types import ModuleType
from typing import Any

import pytest
from sqlmodel.ext.asyncio.session import AsyncSession

from digihelse_app.access.context import AccessDeniedError, ActingContext
from digihelse_app.jobs.upkeep import upkeep
from digihelse_app.models.codes import RepresentationRole
from tests.repository import modules

UseCase = Callable[..., Coroutine[Any, Any, object]]

NOBODY = ActingContext("actor", "represented", RepresentationRole.SELF, None, frozenset())

SCHEDULED = {
    "activity_watch": {"announce_by_the_clock"},
    "attachments": {"purge_unsent"},
    "delegation_ending": {"remind"},
    "delegation_requests": {"expire_unanswered"},
    "devices": {"forget_old"},
    "export_job": {"purge"},
    "notices": {"notify_opened"},
    "record_files": {"purge_unnamed"},
    "register_ties": {"read_again"},
    "sessions": {"end_timed_out"},
    "visit_watch": {"find_late"},
}
"""Use cases that nobody calls but the schedule, by module."""

EXEMPT = {
    "attachments": ("work beside the event loop", {"in_thread"}),
    "calendar_feeds": ("makes the acting context itself, of the address that is read", {"read"}),
    "care_relations": ("a record system calls, within its own organisation", {"note_failure"}),
    "delegation": ("a part that asks the register alone", {"registered"}),
    "delegation_keeping": ("a record system calls; a part that asks the register alone", {"ask_register"}),
    "delivery": (
        "the dispatcher or an operator calls, and no person",
        {
            "claim_due",
            "complete",
            "retry_later",
            "give_up",
            "let_go",
            "dead_items",
            "revive",
        },
    ),
    "devices": ("the one signing in, nobody's represented yet", {"recognise"}),
    "digital_activity": ("a record system calls, about those who consented", {"changes", "check"}),
    "export_job": ("the worker's own", {"make_next", "claim"}),
    "logins": ("nobody is signed in yet", {"begin_login", "take_login"}),
    "notice_sending": ("the dispatcher or an operator calls, and no person", {"due", "begin", "suppress"}),
    "organisations": ("the root calls as it starts", {"register"}),
    "outgoing_cancellations": ("the dispatcher hands over", {"receive", "leave_to_service"}),
    "record_files": (
        "the dispatcher hands over; a record system reads, within its own organisation",
        {"undelivered", "content", "mark_delivered", "read"},
    ),
    "record_keeping": (
        "a record system calls, within its own organisation",
        {"organisation_by_her_id", "put", "put_all"},
    ),
    "record_reading": (
        "a record system calls, within its own organisation",
        {"person_id_of", "read", "search"},
    ),
    "representation": ("makes the acting context itself", {"acting_context", "context_by", "keys_of"}),
    "register_ties": ("the register's own word, when one signs in", {"ask", "follow"}),
    "sessions": (
        "concerns the browser that is signed in, whoever is represented",
        {
            "open_session",
            "find",
            "time_left",
            "touch",
            "end",
            "end_for_browser",
            "end_by_provider_sid",
        },
    ),
    "stopped_deliveries": ("a record system calls, within its own organisation", {"stopped", "retry"}),
    "sign_in": ("nobody is signed in yet", {"sign_in"}),
}
"""Use cases without a represented person, by module: why, and which."""


def _short(module: ModuleType) -> str:
    return module.__name__.rpartition(".services.")[2]


def _coroutines() -> dict[tuple[str, str], UseCase]:
    return {
        (_short(module), name): function
        for module in modules("services")
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }


def _first(function: UseCase) -> type | None:
    parameters = list(inspect.get_annotations(function, eval_str=True).values())
    return parameters[0] if parameters else None


USE_CASES = {key: function for key, function in _coroutines().items() if _first(function) is ActingContext}
# What takes an open session is a part of a use case: nothing above the services opens one (see below).
PARTS = {key: function for key, function in _coroutines().items() if _first(function) is AsyncSession}


@pytest.mark.parametrize("use_case", USE_CASES.values(), ids=[".".join(key) for key in USE_CASES])
async def test_use_case_refuses_one_without_rights_before_any_input_or_output(use_case: UseCase) -> None:
    needed = [
        parameter
        for parameter in list(inspect.signature(use_case).parameters.values())[1:]
        if parameter.default is inspect.Parameter.empty
    ]
    # No database is connected and the arguments are nothing at all: touching either raises another error.
    arguments = [None for parameter in needed if parameter.kind is not inspect.Parameter.KEYWORD_ONLY]
    named = {p.name: None for p in needed if p.kind is inspect.Parameter.KEYWORD_ONLY}
    with pytest.raises(AccessDeniedError):
        await use_case(NOBODY, *arguments, **named)


def _pairs(names: Iterable[tuple[str, set[str]]]) -> set[tuple[str, str]]:
    return {(module, name) for module, listed in names for name in listed}


def test_every_other_coroutine_is_a_part_or_exempt_for_a_reason() -> None:
    others = set(_coroutines()) - set(USE_CASES) - set(PARTS)
    exempt = _pairs((module, names) for module, (_, names) in EXEMPT.items())
    assert others == exempt | _pairs(SCHEDULED.items())


def test_what_only_the_schedule_calls_is_in_the_schedule() -> None:
    jobs = {job.run for job in upkeep()}
    run = {key for key, function in _coroutines().items() if function in jobs}
    assert run == _pairs(SCHEDULED.items())
    assert [module for module, (reason, _) in EXEMPT.items() if "schedule" in reason] == []
