"""What goes wrong is told in words of ours: nothing of the exception is shown or logged."""

import logging

import pytest

from digihelse_app.access.context import AccessDeniedError, NotFoundError
from digihelse_app.outside.log import FORMAT, RedactingFormatter
from digihelse_app.services.consent import OutdatedConsentError
from digihelse_app.state.failures import FailureState, note_browser_failure, show_failure
from digihelse_app.state.inbox import InboxState
from digihelse_app.state.person import ComposedForAnotherError
from digihelse_app.state.rows import ThreadRow
from digihelse_app.text import catalogue
from tests import world

SECRET = "Nordmann 14834813638 magesmerter"

KINDS = {
    AccessDeniedError: "denied",
    NotFoundError: "not_found",
    ComposedForAnotherError: "other_person",
    OutdatedConsentError: "outdated",
}


def raised(exception: Exception) -> Exception:
    """The exception as it comes when another one led to it."""
    try:
        try:
            raise ValueError(SECRET)
        except ValueError as cause:
            raise exception from cause
    except Exception as caught:
        return caught


def kind_of(exception: Exception) -> list[str]:
    """What would be shown."""
    (shown,) = show_failure(exception)
    return [str(value) for _, value in shown.args]


@pytest.mark.parametrize(("exception", "kind"), KINDS.items(), ids=list(KINDS.values()))
def test_a_known_failure_has_its_own_text_and_is_not_logged(
    exception: type[Exception], kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert (kind_of(raised(exception(SECRET))), caplog.records) == ([f'"{kind}"'], [])


@pytest.mark.parametrize("exception", [ValueError(SECRET), KeyError(SECRET), RuntimeError([SECRET])])
def test_an_unknown_failure_is_logged_by_its_kind_and_place_alone(
    exception: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    assert kind_of(raised(exception)) == ['"unexpected"']
    (record,) = caplog.records
    line = RedactingFormatter(FORMAT).format(record)
    message = record.getMessage().partition(", ")[0]
    assert (record.levelno, message) == (logging.ERROR, f"unexpected {type(exception).__name__}")
    assert [word for word in SECRET.split() if word in line] == []
    assert line.count("in raised") == 1


def test_what_a_browser_says_is_not_quoted(caplog: pytest.LogCaptureFixture) -> None:
    note_browser_failure(ValueError(SECRET))
    assert caplog.messages == ["a browser reported an error"]


@pytest.mark.parametrize("kind", [*KINDS.values(), "unexpected"])
def test_every_failure_has_text(kind: str) -> None:
    assert catalogue.lookup("nb", f"failure.{kind}") != ""


@pytest.mark.usefixtures("clock", "sqlite_database")
@pytest.mark.parametrize(
    ("kind", "shown", "rows_left"),
    [
        ("denied", "denied", 0),
        ("not_found", "not_found", 1),
        (f"<b>{SECRET}</b>", "unexpected", 1),
        ("", "unexpected", 1),
    ],
)
async def test_a_denial_empties_the_page_and_other_failures_leave_it(
    kind: str, shown: str, rows_left: int
) -> None:
    inbox = await world.state(InboxState, await world.person())
    inbox.threads = [ThreadRow("1", "Hjemmesykepleie", False, "Nye tider", "Du: Takk", "10.00", "new")]
    failure = await inbox.get_state(FailureState)
    await failure.show(kind)
    assert (failure.kind, len(inbox.threads)) == (shown, rows_left)
    await failure.clear()
    assert failure.kind == ""
