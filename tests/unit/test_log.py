"""Log lines: with a correlation id, and without what people wrote or who they are."""

import logging

import pytest

from digihelse_app.outside.log import FORMAT, RedactingFormatter, correlated
from digihelse_app.settings import SettingsError
from tests.people import KARI

WRITTEN = "Jeg har vondt i hofta"


def line(logger: str, message: str, failure: Exception | None = None) -> str:
    """What is written for a record of `logger`, raised as far away as this."""
    exc_info = (type(failure), failure, failure.__traceback__) if failure else None
    record = logging.LogRecord(
        logger, logging.ERROR, "/somewhere/router.py", 42, message, (), exc_info, "route"
    )
    return RedactingFormatter(FORMAT).format(record)


def raised(failure: Exception) -> Exception:
    """`failure` with the place where it was raised, and what led to it."""
    try:
        try:
            raise ValueError(WRITTEN)
        except ValueError as cause:
            raise failure from cause
    except type(failure) as caught:
        return caught


@pytest.mark.parametrize(
    "logger",
    ["reflex.app", "reflex_base.event.processor", "asyncio", "engineio.server", "_granian.asgi"],
)
def test_library_between_tells_the_place_and_not_what_a_browser_sent(logger: str) -> None:
    told = line(logger, f"Failed to read {WRITTEN}", raised(KeyError(WRITTEN)))
    assert WRITTEN not in told
    assert "router.route:42" in told
    assert told.endswith("RuntimeError: KeyError")


def test_own_failure_says_what_is_wrong_also_through_the_server() -> None:
    told = line("_granian.asgi", "Application callable raised", raised(SettingsError("the port is taken")))
    assert told.endswith("RuntimeError: SettingsError: the port is taken")
    assert WRITTEN not in told


def test_own_message_is_written_as_it_is_but_for_identity_numbers() -> None:
    told = line("digihelse_app.jobs.outbox", f"delivered 3 of {KARI.national_id}")
    assert told.endswith("delivered 3 of [national-id]")


def test_line_carries_the_id_of_the_request_under_way() -> None:
    with correlated() as number:
        assert f"[{number}]" in line("digihelse_app.web", "done")
    assert "[-]" in line("digihelse_app.web", "done")


@pytest.mark.parametrize("secret", ["Wk2-" + "a_9" * 13, "kort", "%57k2"])
def test_no_private_address_is_written(secret: str) -> None:
    told = line("digihelse_app.web", f'GET "https://digihelse.example/kalender/{secret}.ics" failed')
    assert secret not in told
    assert told.endswith('GET "https://digihelse.example/kalender/***.ics" failed')
