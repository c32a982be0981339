"""What a person reads of a promise: by when, how long that is, and that it has passed from midnight on."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from digihelse_app.models.conversation import Thread
from digihelse_app.models.organisation import CareService
from digihelse_app.services.inbox import ThreadSummary
from digihelse_app.state.promises import Promise, promise_of
from digihelse_app.state.rows import ThreadRow
from digihelse_app.text import opening_hours

DUE = date(2026, 11, 24)
MIDNIGHT = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
"""In Oslo the day after the promise begins."""
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_nothing_promised_says_nothing() -> None:
    assert promise_of(None, "nb", NOW) == Promise()


@pytest.mark.parametrize(
    ("language", "day", "left"),
    [
        ("nb", "tirsdag 24.\N{NO-BREAK SPACE}november", "1\N{NO-BREAK SPACE}virkedag igjen"),
        ("nn", "tysdag 24.\N{NO-BREAK SPACE}november", "1\N{NO-BREAK SPACE}virkedag igjen"),
        ("en", "Tuesday 24\N{NO-BREAK SPACE}November", "1\N{NO-BREAK SPACE}working day left"),
    ],
)
def test_promise_is_a_date_and_a_count(language: str, day: str, left: str) -> None:
    assert promise_of(DUE, language, NOW) == Promise(day, left)


def test_weekend_does_not_count() -> None:
    friday = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    assert promise_of(DUE, "nb", friday).left == "2\N{NO-BREAK SPACE}virkedager igjen"


def test_promise_lasts_its_day_out_in_oslo() -> None:
    just_before = promise_of(DUE, "nb", MIDNIGHT - timedelta(seconds=1))
    just_after = promise_of(DUE, "nb", MIDNIGHT)
    assert (just_before.left, just_before.passed) == ("i dag", "")
    assert (just_after.day, just_after.left) == ("", "")
    assert just_after.passed == "Svaret skulle ha kommet tirsdag 24.\N{NO-BREAK SPACE}november."


def row(now: datetime, phone: str = "62 48 90 00", **changes: Any) -> ThreadRow:
    """Kari's question of this morning as the list shows it."""
    thread = Thread(
        person_id="kari",
        service_id="care",
        subject="Emne",
        reply_due_on=DUE,
        created_at=NOW,
        last_message_at=NOW,
        last_from_citizen_at=NOW,
    ).model_copy(update=changes)
    service = CareService(
        organisation_id="alvdal", external_id="care", name="Hjemmebasert omsorg", phone=phone
    )
    return ThreadRow.of(ThreadSummary(thread, service, unread=False), "nb", now)


def test_row_counts_down_and_turns_at_midnight_in_oslo() -> None:
    before, after = row(MIDNIGHT - timedelta(seconds=1)), row(MIDNIGHT)
    assert (before.promise, before.promise_left, before.promise_passed) == (
        "tirsdag 24.\N{NO-BREAK SPACE}november",
        "I dag",
        "",
    )
    passed = "Svaret skulle ha kommet tirsdag 24. november. Ring 62 48 90 00."
    assert (after.promise, after.promise_left) == ("", "")
    assert after.promise_passed.replace("\N{NO-BREAK SPACE}", " ") == passed


def test_row_of_a_service_without_a_phone_says_only_that_it_has_passed() -> None:
    passed = "Svaret skulle ha kommet tirsdag 24. november."
    assert row(MIDNIGHT, "").promise_passed.replace("\N{NO-BREAK SPACE}", " ") == passed


@pytest.mark.parametrize("changes", [{"closed_at": NOW}, {"last_from_service_at": NOW + timedelta(hours=1)}])
def test_row_that_waits_for_nothing_shows_no_promise(changes: dict[str, Any]) -> None:
    shown = row(MIDNIGHT, **changes)
    assert (shown.promise, shown.promise_passed) == ("", "")


ALL = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ([], ""),
        ([(ALL[:5], "08:00", "15:30")], "på hverdager kl. 08.00–15.30"),
        ([(ALL, "07:00", "22:00")], "alle dager kl. 07.00–22.00"),
        ([(ALL, "00:00", "24:00")], "alle dager hele døgnet"),
        ([(ALL[:4], "08:00", "15:30")], "mandag–torsdag kl. 08.00–15.30"),
        ([(["mon", "fri"], "08:00", "12:00")], "mandag og fredag kl. 08.00–12.00"),
        (
            [(["fri"], "08:00", "14:00"), (ALL[:4], "08:00", "15:30")],
            "mandag–torsdag kl. 08.00–15.30 og fredag kl. 08.00–14.00",
        ),
        (
            [(ALL[:5], "08:00", "11:00"), (ALL[:5], "12:00", "15:00"), (ALL[5:], "10:00", "12:00")],
            "på hverdager kl. 08.00–11.00 og kl. 12.00–15.00 og i helgene kl. 10.00–12.00",
        ),
    ],
)
def test_opening_hours_are_told_in_plain_words(hours: list[tuple], words: str) -> None:
    given = [{"days": days, "from": start, "to": end} for days, start, end in hours]
    assert opening_hours.in_words("nb", given).replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("nn", "på kvardagar kl. 08.00–15.30"), ("en", "on weekdays at 08:00–15:30")],
)
def test_opening_hours_are_told_in_the_readers_language(language: str, words: str) -> None:
    given = [{"days": ALL[:5], "from": "08:00", "to": "15:30"}]
    assert opening_hours.in_words(language, given).replace("\N{NO-BREAK SPACE}", " ") == words
